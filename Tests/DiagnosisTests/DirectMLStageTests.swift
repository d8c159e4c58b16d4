import Accelerators
import DriverDoubleSupport
import FoundationEssentials
import Platform
import Testing

@testable import Diagnosis

/// What stands between an image and DirectML before any library is loaded.
@Suite struct DirectMLStageTests {
  private func examine(_ root: FakeRoot, _ options: String...) throws -> Outcome {
    root.host.examineDirectML(try Settings(Options(options), root.machine))
  }

  private func text(_ outcome: Outcome, _ name: String) -> String? {
    for fact in outcome.facts where fact.name == name { return fact.value.shown }
    return nil
  }

  @Test func aRightDistributionPasses() throws {
    let root = try FakeRoot.directML()
    #expect(root.host.examineDeviceNodes(for: .directml).state == .passed)
    let outcome = try examine(root)
    #expect(outcome.state == .passed, "\(outcome)")
    #expect(text(outcome, "d3d12") == "/usr/lib/wsl/lib/libd3d12.so")
    #expect(text(outcome, "directml") == "/opt/directml/lib/libdirectml.so")
  }

  @Test func onlyWSLHasTheDoor() throws {
    let root = try FakeRoot.directML()
    try root.remove("/dev/dxg")
    // What CUDA goes by is nothing to DirectML.
    for name in ["nvidia0", "nvidiactl", "nvidia-uvm"] { try root.node("/dev/" + name) }
    root.environment["CUDA_VISIBLE_DEVICES"] = ""
    func code() -> String? { root.host.examineDeviceNodes(for: .directml).trouble?.code }
    #expect(code() == "G1011")
    try root.write("/proc/sys/kernel/osrelease", "6.1.0-13-amd64\n")
    try root.remove("/run/WSL")
    #expect(code() == "G1121")
    try root.write("/.dockerenv", "")
    #expect(code() == "G1127")
    try root.node("/dev/dxg")
    #expect(code() == nil)
  }

  @Test func theHostsLibrariesMustBeWhole() throws {
    let root = try FakeRoot.directML()
    try root.write("/usr/lib/wsl/lib/libd3d12.so", "")
    #expect(try examine(root).trouble?.code == "G1033")
    try root.remove("/usr/lib/wsl/lib/libd3d12.so")
    let outcome = try examine(root)
    #expect(outcome.state.name == "failed")
    #expect(outcome.trouble?.code == "G1122")
    #expect(outcome.trouble?.seen.contains("/usr/lib/wsl/lib/libd3d12.so") == true)
  }

  /// The program goes round it, so it only warns.
  @Test func whatHidesTheHostsLibrariesIsNamed() throws {
    let root = try FakeRoot.directML()
    try root.library("/opt/stubs/libd3d12.so")
    root.environment["LD_LIBRARY_PATH"] = "/opt/stubs"
    let hidden = try examine(root)
    #expect(hidden.state.name == "warned")
    #expect(hidden.trouble?.code == "G1123")
    #expect(
      hidden.trouble?.seen
        == "/opt/stubs/libd3d12.so, by LD_LIBRARY_PATH, hides the host's "
        + "/usr/lib/wsl/lib/libd3d12.so")
    root.environment = [:]
    try root.forgetHostsLibraries()
    #expect(try examine(root).trouble?.code == "G1039")
    #expect(try examine(root).state.name == "warned")
  }

  /// The image's own, then the Python environments', then the loader's; and whichever is named.
  @Test func directMLIsLookedForInItsPlaces() throws {
    let root = try FakeRoot.directML()
    let packages = "/opt/ml/lib/python3.9/site-packages"
    let places = [
      "\(FakeRoot.folder)/libdirectml.so",
      packages + "/tensorflow-plugins/directml/libdirectml.d44e7d42e9ad9d1d.so",
      "/home/me/venv/lib/python3.11/site-packages/torch_directml/libdirectml.so",
      packages + "/torch_directml/libdirectml.so", "/opt/directml/lib/libdirectml.so",
    ]
    try root.remove(places[4])
    let absent = try examine(root)
    #expect(absent.state.name == "failed")
    #expect(absent.trouble?.code == "G1124")
    try root.write(Settings.path, "python=/opt/ml/bin/python3\n")
    for (index, place) in places.enumerated() {
      root.environment = index == 2 ? ["CONDA_PREFIX": "/home/me/venv"] : ["VIRTUAL_ENV": ""]
      if index == 3 { try root.remove(places[1]) }
      try root.library(place)
      let found = try examine(root)
      #expect(text(found, "directml") == place)
      #expect(found.state == .passed)
    }
    let named = try examine(root, "--directml", places[0])
    #expect(text(named, "directml") == places[0])
    let nowhere = try examine(root, "--directml", "/nowhere.so")
    #expect(nowhere.trouble?.seen.hasSuffix("nowhere in this image, not even /nowhere.so") == true)
    try root.write(Settings.path, "directml=/nowhere.so\n")
    #expect(try examine(root).trouble?.code == "G1124")
  }

  @Test func autoTakesCUDAWhereItsDriverIsAndElseDirectML() throws {
    func decided(_ root: FakeRoot, _ options: String...) throws -> Settings {
      var settings = try Settings(Options(options), root.machine)
      try settings.decide(root.machine)
      return settings
    }
    let both = try FakeRoot.directML()
    #expect(try decided(both).backend == .directml)
    #expect(
      try decided(both).choice == """
        directml, since there is no NVIDIA driver, but /dev/dxg and \
        /opt/directml/lib/libdirectml.so
        """)
    try both.driver("/usr/lib/wsl/lib")
    #expect(try decided(both).backend == .cuda)
    #expect(
      try decided(both).choice
        == "cuda, since NVIDIA's driver is here: /usr/lib/wsl/lib/libcuda.so.1")
    #expect(try decided(both, "--adapter", "0").backend == .directml)
    #expect(try decided(both, "--backend", "directml").choice == nil)
    try both.write(Settings.path, "backend=directml\n")
    #expect(try decided(both).backend == .directml)
    #expect(try decided(both, "--backend", "auto").backend == .cuda)
    let neither = FakeRoot()
    #expect(try decided(neither).backend == .cuda)
    #expect(
      try decided(neither).choice == "cuda, since there is neither NVIDIA's driver nor DirectML")
    try neither.library("/opt/directml/lib/libdirectml.so")
    #expect(try decided(neither).backend == .cuda)
    #expect(try decided(FakeRoot.linux()).backend == .cuda)
  }

  @Test func theProgramStartsOnceMoreWhereTheLoaderErrs() throws {
    let root = try FakeRoot.directML()
    #expect(Relaunch.environment(root.machine) == nil)
    try root.library("/opt/stubs/libdxcore.so")
    root.environment = ["LD_LIBRARY_PATH": "/opt/stubs:/usr/local/lib", "HOME": "/root"]
    let again = try #require(Relaunch.environment(root.machine))
    #expect(again["LD_LIBRARY_PATH"] == "/usr/lib/wsl/lib:/opt/stubs:/usr/local/lib")
    #expect(Relaunch.hasHappened(again) && !Relaunch.hasHappened(root.environment))
    #expect(
      Relaunch.original(again).assignments.sorted() == root.environment.assignments.sorted())
    root.environment = [:]
    try root.forgetHostsLibraries()
    let fresh = try #require(Relaunch.environment(root.machine))
    #expect(fresh["LD_LIBRARY_PATH"] == "/usr/lib/wsl/lib")
    #expect(Relaunch.original(fresh).assignments == [])
    // Nothing to be found is nothing to go round.
    for name in Host.direct3D { try root.remove("/usr/lib/wsl/lib/" + name) }
    #expect(Relaunch.environment(root.machine) == nil)
  }

  @Test func theSelfCheckHoldsTheImagesLibraryAgainstTheImage() throws {
    let image = FakeRoot()
    try image.write("/etc/wsl-distribution.conf", "[oobe]\n")
    try image.write("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
    try image.write("/etc/ld.so.conf.d/libc.conf", "/usr/local/lib\n")
    try image.write(Settings.path, "backend=directml\n")
    func check() throws -> Outcome? {
      let settings = try Settings(Options(), image.machine)
      return SelfCheck(image.machine, settings).run(version: "1").outcomes
        .first { $0.stage == .libraries }
    }
    #expect(try check()?.trouble?.code == "G1124")
    let path = "/opt/directml/lib/libdirectml.so"
    try image.write(path, "")
    #expect(try check()?.trouble?.code == "G1033")
    try image.remove(path)
    try image.library(path)
    let needs = try #require(ELFNeeds.names(try image.machine.read(path, limit: 1 << 28)))
    #expect(needs.contains("libc.so.6"))
    for name in needs {
      let missing = try check()
      #expect(missing?.trouble?.code == "G1125")
      #expect(missing?.trouble?.seen == "\(path) needs \(name), which is not in the image")
      try image.library(FakeRoot.folder + "/" + name)
    }
    let right = try #require(try check())
    #expect(right.state == .passed)
    #expect(text(right, "directml-sha256") == Digest.ofFile(image.path + path))
    try image.library(FakeRoot.folder + "/libdxcore.so")
    #expect(try check()?.trouble?.code == "G1126")
  }

  @Test func noCutOrGarbledFileBreaksTheReaderOfNeeds() throws {
    let bytes = try FakeRoot.real.read(try DriverDouble.path, limit: 1 << 28)
    for count in stride(from: 0, to: min(bytes.count, 4096), by: 37) {
      _ = ELFNeeds.names(Array(bytes.prefix(count)))
    }
    var garbled = bytes
    for index in 24..<1024 {
      garbled[index] = 0xFF
      _ = ELFNeeds.names(garbled)
      garbled[index] = bytes[index]
    }
  }
}
