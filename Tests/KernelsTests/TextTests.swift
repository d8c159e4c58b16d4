import CKernels
import Foundation
import Needs
import Testing

/// The PTX texts: fresh, whole in the program, and taken by NVIDIA's assembler.
@Suite struct TextTests {
  static let sources = Repository.root.appending(path: "Sources/SmokeTest/CKernels")

  static let modules = [
    (kernels_module_base, "base"), (kernels_module_wide, "wide"), (kernels_module_tensor, "tensor"),
  ]

  static func file(_ name: String) throws -> String {
    try String(contentsOf: sources.appending(path: name), encoding: .utf8)
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
    let digest = try Repository.run(
      "cd '\(Self.sources.path)' && cat include/* cuda/* | sha256sum | cut -d' ' -f1")
    let first = try Self.file("\(name).ptx").prefix { $0 != "\n" }
    #expect(
      first + "\n" == "// \(name).cu \(digest.output)",
      "the kernels changed; write their PTX anew with `make kernels`")
  }

  @Test(.needs(program: "clang-19"))
  func theSameSourcesGiveTheSameBytes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "kernels-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let build = try Repository.run(".ci/build-kernels '\(folder.path)'")
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

  /// NVIDIA's assemblers of CUDA 11, 12 and 13, as drivers have them too: each takes the text as it is,
  /// for the oldest GPUs that it knows and the newest.
  @Test(
    .needs("KILN_E2E=1, to fetch NVIDIA's ptxas", if: !Needs.variable("KILN_E2E").isEmpty),
    arguments: [
      ("nvidia-cuda-nvcc-cu11", "11.7.99", [50, 75, 80, 86]),
      ("nvidia-cuda-nvcc-cu12", "12.9.86", [50, 75, 80, 90, 100, 120]),
      ("nvidia-cuda-nvcc", "13.3.73", [75, 80, 90, 100, 121]),
    ])
  func theAssemblerTakesTheTextsWithoutSpills(
    package: String, version: String, capabilities: [Int]
  ) throws {
    let folder = try Repository.place(".ci/fetch-nvidia \(package) \(version)")
    let ptxas = try Repository.place(
      "find '\(folder.path)' -name ptxas -type f -exec chmod +x {} + -print")
    for (_, name) in Self.modules {
      for capability in capabilities where name != "tensor" || capability >= 80 {
        let result = try Repository.run(
          "'\(ptxas.path)' -v -arch=sm_\(capability) '\(Self.sources.path)/\(name).ptx' -o /dev/null"
        )
        #expect(result.status == 0, "\(result.output)")
        let frames = result.output.matches(of: /(\d+) bytes stack frame, (\d+) bytes spill stores/)
        #expect(!frames.isEmpty)
        for frame in frames where frame.1 != "0" || frame.2 != "0" {
          Issue.record("\(version), sm_\(capability): \(frame.0)")
        }
      }
    }
  }
}
