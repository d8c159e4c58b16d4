import CKernels
import Foundation
import Testing

/// The PTX texts: fresh, whole in the program, and taken by NVIDIA's assembler.
@Suite struct TextTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let sources = root.appending(path: "Sources/SmokeTest/CKernels")

  static let modules = [
    (kernels_module_base, "base"), (kernels_module_wide, "wide"), (kernels_module_tensor, "tensor"),
  ]

  static func file(_ name: String) throws -> String {
    try String(contentsOf: sources.appending(path: name), encoding: .utf8)
  }

  /// Runs `command` with bash in the repository, and gives what it wrote.
  static func run(_ command: String, _ variables: [String: String] = [:]) throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  static func has(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  @Test(arguments: modules) func theProgramHasTheWholeText(module: kernels_module, name: String)
    throws
  {
    let text = try Self.file("\(name).ptx")
    let unpacked = Device.text(module)
    #expect(unpacked.count == text.utf8.count + 1)
    #expect(unpacked.last == 0)
    #expect(unpacked.dropLast().elementsEqual(text.utf8.map(CChar.init(bitPattern:))))
  }

  /// Cheap enough to run always: the text's first line has the digest of the sources.
  @Test(arguments: modules) func theTextIsOfTheseSources(module: kernels_module, name: String)
    throws
  {
    let digest = try Self.run(
      "cd '\(Self.sources.path)' && cat include/* cuda/* | sha256sum | cut -d' ' -f1")
    let first = try Self.file("\(name).ptx").prefix { $0 != "\n" }
    #expect(
      first + "\n" == "// \(name).cu \(digest.output)",
      "the kernels changed; write their PTX anew with `make kernels`")
  }

  @Test(.enabled(if: has("clang-19"), "clang-19 is not installed; `make kernels` installs it"))
  func theSameSourcesGiveTheSameBytes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "kernels-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let build = try Self.run(".ci/build-kernels '\(folder.path)'")
    #expect(build.status == 0, "\(build.output)")
    for name in ["base.ptx", "wide.ptx", "tensor.ptx", "kernels.packed"] {
      let fresh = try Data(contentsOf: folder.appending(path: name))
      #expect(fresh == (try Data(contentsOf: Self.sources.appending(path: name))), "\(name)")
    }
  }

  @Test func theTextsAskForNoMoreThanTheyShould() throws {
    let base = try Self.file("base.ptx"), wide = try Self.file("wide.ptx")
    let tensor = try Self.file("tensor.ptx")
    for text in [base, wide] { #expect(text.contains("\n.version 6.3\n.target sm_50\n")) }
    #expect(tensor.contains("\n.version 7.0\n.target sm_80\n"))
    // The driver's linker would have to supply them.
    for text in [base, wide, tensor] { #expect(!text.contains(".extern .func")) }
  }

  static let asked = ProcessInfo.processInfo.environment["KILN_E2E"] != nil

  /// NVIDIA's assembler is 100 MB on PyPI; `.ci/fetch-ptxas` keeps it in `.tools`.
  @Test(
    .enabled(if: asked, "needs NVIDIA's ptxas from PyPI; set KILN_E2E=1"),
    arguments: [
      ("base", ["sm_50", "sm_75", "sm_90", "sm_100", "sm_120"]),
      ("wide", ["sm_50", "sm_75", "sm_90", "sm_100", "sm_120"]),
      ("tensor", ["sm_80", "sm_90", "sm_100", "sm_120"]),
    ])
  func theAssemblerTakesTheTextsWithoutSpills(name: String, architectures: [String]) throws {
    let assembler = try Self.run(".ci/fetch-ptxas")
    try #require(assembler.status == 0, "\(assembler.output)")
    let ptxas = assembler.output.split(separator: "\n").last ?? ""
    for architecture in architectures {
      let result = try Self.run(
        "'\(ptxas)' -v -arch=\(architecture) '\(Self.sources.path)/\(name).ptx' -o /dev/null")
      #expect(result.status == 0, "\(result.output)")
      let frames = result.output.matches(of: /(\d+) bytes stack frame, (\d+) bytes spill stores/)
      #expect(!frames.isEmpty)
      for frame in frames where frame.1 != "0" || frame.2 != "0" {
        Issue.record("\(architecture): \(frame.0)")
      }
    }
  }
}
