import Accelerators
import Platform
import Testing

@testable import Diagnosis

@Suite struct OptionsTests {
  @Test func everyOptionIsRead() throws {
    let options = try Options([
      "--backend", "cuda", "--level=full", "--framework", "pytorch", "--json", "--junit=a=b.xml",
      "--timeout", "0.25", "--device", "3", "--root", "/tmp",
    ])
    #expect(options.backend == .cuda)
    #expect(options.level == .full)
    #expect(options.framework == .pytorch)
    #expect(options.json)
    #expect(options.junit == "a=b.xml")
    #expect(options.timeout == 250_000_000)
    #expect(options.device == 3)
    #expect(options.root == "/tmp")
    let adapter = try Options(["--adapter", "Radeon", "--directml", "/opt/libdirectml.so"])
    #expect(adapter.adapter == "Radeon")
    #expect(adapter.backend == .directml && adapter.isBackendChosen)
    #expect(adapter.directML == "/opt/libdirectml.so")
    #expect(try Options(["--adapter", "1"]).device == 1)
    #expect(try Options(["--backend=directml", "--adapter=1"]).adapter == nil)
    #expect(try Options(["--self-check"]).task == .selfCheck)
    #expect(try Options(["-h"]).task == .help)
    #expect(try Options(["--version"]).task == .version)
  }

  @Test func theHelpNamesEveryOption() {
    for option in Option.allCases { #expect(Help.text.contains(option.rawValue)) }
    for line in Help.text.split(separator: "\n") { #expect(line.count <= 100) }
  }

  @Test(arguments: [
    (["--bakend", "cuda"], "there is no option '--bakend'; did you mean --backend?"),
    (["--self_check"], "there is no option '--self_check'; did you mean --self-check?"),
    (["--quux"], "there is no option '--quux'"),
    (["cuda"], "there is nothing to do with 'cuda'"),
    (["--level", "ful"], "--level is quick|full, not 'ful'; did you mean full?"),
    (["--backend", "rocm"], "--backend is auto|cuda|directml|cpu, not 'rocm'"),
    (["--junit"], "--junit needs a value: --junit FILE"),
    (["--json=yes"], "--json takes no value"),
    (["--device", "-1"], "--device needs the number of a GPU, from 0, not '-1'"),
    (["--adapter", " "], "--adapter needs a number or a part of a name"),
    (
      ["--backend", "cuda", "--adapter", "1"],
      "--adapter is for DirectML; --device picks one of CUDA's GPUs"
    ),
    (["--directml", "libdirectml.so"], "--directml needs an absolute path"),
    (["--root", "tmp"], "--root needs an absolute path"),
    (["\u{1B}[2J"], "there is nothing to do with '[2J'"),
  ])
  func wrongUseIsExplained(_ arguments: [String], _ message: String) {
    #expect(throws: WrongUse(message)) { try Options(arguments) }
  }

  @Test(arguments: [
    "", "0", "0.01", "1e3", "-1", ".5", "5.", "1.2.3", "86401", "99999999999999999999",
  ])
  func timesThatMakeNoSenseAreRefused(_ text: String) {
    #expect(throws: WrongUse.self) { try Options(["--timeout", text]) }
  }

  /// The image's framework is left out where it would train on another adapter; one that is asked for is
  /// refused.
  @Test func anAdapterAndAFrameworkDoNotGoTogether() throws {
    let root = FakeRoot()
    try root.write(Settings.path, "framework=pytorch\n")
    func framework(_ arguments: [String]) throws -> Framework? {
      var settings = try Settings(Options(arguments), root.machine)
      try settings.decide(root.machine)
      return settings.framework
    }
    #expect(try framework(["--adapter", "1"]) == nil)
    #expect(try framework(["--backend", "directml"]) == .pytorch)
    #expect(try framework(["--device", "1", "--framework", "pytorch"]) == .pytorch)
    #expect(throws: WrongUse.self) {
      try framework(["--adapter", "amd", "--framework", "pytorch"])
    }
  }

  @Test func theImagesSettingsStandBehindTheOptions() throws {
    let root = FakeRoot()
    #expect(try Settings(Options(), root.machine).level == .quick)
    try root.write(
      Settings.path, "# made by kiln\nbackend=cuda\n level = full \n\npython=/opt/ml/bin/python3\n")
    let settings = try Settings(Options(), root.machine)
    #expect(settings.backend == .cuda)
    #expect(settings.level == .full)
    #expect(settings.timeout == 600_000_000_000)
    #expect(settings.python == "/opt/ml/bin/python3")
    let asked = try Settings(Options(["--backend", "cpu", "--level", "quick"]), root.machine)
    #expect(asked.backend == .cpu)
    #expect(asked.level == .quick)
    #expect(try Settings(Options(["--backend", "auto"]), root.machine).backend == nil)
    for line in ["backend=rocm", "colour=green", "level", "python=python3", "directml=x"] {
      try root.write(Settings.path, line + "\n")
      #expect(throws: WrongUse.self) { try Settings(Options(), root.machine) }
    }
  }
}
