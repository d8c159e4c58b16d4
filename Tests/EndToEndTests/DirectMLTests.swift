import Accelerators
import Commands
import FileSystem
import Needs
import Platform
import SystemPackage
import TestSupport
import Testing

@testable import Diagnosis

/// The DirectML recipes from the real archive and index, on a machine that has no GPU: what their
/// frameworks say then, and that nobody takes it for a GPU.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot))
struct DirectMLTests {
  private let kiln = KilnProgram.shared()

  private func recipe(_ name: String) -> String {
    KilnProgram.package.appending("Recipes/\(name).yaml").string
  }

  private func run(
    _ name: String, _ command: [String], accepted: Set<Int32> = [0]
  ) async throws -> CommandResult {
    try await kiln.command(
      ["shell", recipe(name), "--progress", "none", "--"] + command, accepted: accepted
    ).run()
  }

  private func python(_ name: String, _ script: String) async throws -> CommandResult {
    try await run(name, ["/opt/ml/bin/python3", "-c", script])
  }

  @Test(arguments: ["tensorflow-directml-wsl", "pytorch-directml-wsl"])
  func theImageIsSound(name: String) async throws {
    try await withTemporaryFolder { folder in
      let report = try await kiln.json(
        ["build", recipe(name), "--locked", "--output", folder.string], as: BuildReport.self)
      let images = try #require(report.builds.first?.images)
      #expect(images.map(\.flavour).sorted() == ["from-file", "import"])
      let image = try #require(images.first { $0.flavour == "from-file" })
      try await kiln.command(["verify", "--strict", image.path, "--progress", "none"]).run()
    }
  }

  @Test(arguments: ["tensorflow-directml-wsl", "pytorch-directml-wsl"])
  func directMLIsThereAndNoStandInIsFound(name: String) async throws {
    let library = try await run(
      name, ["/bin/sh", "-c", "head -c 4 /opt/directml/lib/libdirectml.so"])
    #expect(library.output.hasPrefix("\u{7F}ELF"))
    let found = try await run(name, ["/sbin/ldconfig", "-p"]).output
    #expect(found.contains("libc.so.6"))
    for name in ["libd3d12", "libdxcore", "libdirectml"] { #expect(!found.contains(name)) }
  }

  @Test func tensorFlowSaysThatThereIsNoDevice() async throws {
    let result = try await python(
      "tensorflow-directml-wsl",
      """
      import tensorflow as tf
      print(tf.__version__, tf.config.list_physical_devices("GPU"))
      print(tf.add([1.0, 2.0], [3.0, 4.0]))
      """)
    #expect(result.output == "2.10.0 []\ntf.Tensor([4. 6.], shape=(2,), dtype=float32)\n")
    let log = result.errors.split(separator: "\n").filter { $0.contains("DirectML") }
      .map { $0.drop { $0 != "]" }.dropFirst(2) }
    #expect(
      log == [
        "Could not load DirectML.", "DirectML device enumeration: found 0 compatible adapters.",
      ])
  }

  @Test func pyTorchTrainsOnTheCPUAndHasNoDirectML() async throws {
    let result = try await python(
      "pytorch-directml-wsl",
      """
      import torch, torchvision
      model = torch.nn.Linear(2, 1)
      model(torch.ones(3, 2)).sum().backward()
      print(torch.__version__, torchvision.__version__, model.weight.grad.tolist())
      try:
          import torch_directml
      except OSError as error:
          print(error)
      """)
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == "2.4.1+cu121 0.19.1+cu121 [[3.0, 3.0]]")
    #expect(lines.last?.hasPrefix("libd3d12.so: cannot open shared object file") == true)
  }

  @Test(arguments: [("tensorflow-directml-wsl", "tensorflow"), ("pytorch-directml-wsl", "pytorch")])
  func theSmokeTestSkips(name: String, framework: String) async throws {
    let result = try await run(
      name, ["/usr/bin/gpu-smoke-test", "--framework", framework], accepted: [3])
    #expect(result.output.contains("SKIPPED: "))
    #expect(!result.output.contains("PASS"))
  }

  /// The framework's part alone, as if everything before it had found a GPU.
  @Test(arguments: [
    ("tensorflow-directml-wsl", Framework.tensorflow, "G1094", "libd3d12.so: cannot open"),
    ("pytorch-directml-wsl", .pytorch, "G1086", "libd3d12.so: cannot open"),
  ])
  func theFrameworksCheckFails(
    name: String, framework: Framework, code: String, words: String
  ) async throws {
    let shell = kiln.command(["shell", recipe(name), "--progress", "none", "--"])
    try await withTemporaryFolder { folder in
      let interpreter = folder.appending("python3")
      let start = ([shell.executable] + shell.arguments).map { "'\($0)'" }.joined(separator: " ")
      try Files.write(
        "#!/bin/sh\nexec \(start) /opt/ml/bin/python3 \"$@\"\n", to: interpreter,
        permissions: 0o755)
      var variables = Variables()
      for (name, value) in shell.environment { variables[name] = value }
      let outcome = FrameworkCheck(
        framework: framework, backend: .directml, machine: Machine(environment: variables),
        python: interpreter.string, limit: 600_000_000_000
      ).run()
      let trouble = try #require(outcome.trouble)
      #expect(trouble.code == code && trouble.seen.contains(words), "\(trouble)")
    }
  }
}
