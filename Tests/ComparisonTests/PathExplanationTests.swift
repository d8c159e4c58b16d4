import Content
import Images
import TestSupport
import Testing

@testable import Comparison

@Suite struct PathExplanationTests {
  private func explain(_ path: String) async throws -> PathExplanation {
    try PathExplanation(of: path, in: try await Manifest.sample())
  }

  @Test(arguments: ["/bin/bash", "usr/bin/bash", "/usr/./bin/../bin/bash"])
  func aFileIsFoundThroughLinks(path: String) async throws {
    let explanation = try await explain(path)
    #expect(explanation.path == "/usr/bin/bash" && explanation.file.size == 1000)
    #expect(explanation.origin == Origin(.package, name: "bash", version: "1"))
    #expect(explanation.component?.name == "bash")
  }

  @Test(
    arguments: [
      ("usr/lib/libc.so.6", ["python3-venv", "python3", "python3-stdlib", "libc6"], true),
      ("usr/bin/bash", ["bash"], false),
      ("usr/lib/nvidia/lib.so", ["nvidia-cublas", "nvidia-runtime"], true),
    ])
  func theChainLeadsFromTheRecipe(path: String, names: [String], isRequested: Bool) async throws {
    let wanted = try #require(try await explain(path).wanted)
    #expect(wanted.names == names && wanted.isRequested == isRequested)
  }

  @Test func packagesThatNeedOnlyEachOtherHaveAChainToo() async throws {
    let text = SampleManifest.text(files: [SampleManifest.file("a", 1, 0)])
      .replacing(
        #""name": "libc6", "version": "1"}"#, with: #""name": "lonely-b", "version": "1"}"#)
    let explanation = try PathExplanation(of: "a", in: try await Manifest.sample(text))
    #expect(explanation.wanted?.names == ["lonely-b"] && explanation.wanted?.isRequested == false)
  }

  @Test func anOlderManifestHasNoChain() async throws {
    let text = SampleManifest.text(components: [SampleManifest.component("package", "bash")])
    let manifest = try await Manifest.sample(text)
    let explanation = try PathExplanation(of: "bin/bash", in: manifest)
    #expect(explanation.component != nil && explanation.wanted == nil)
  }

  @Test(arguments: ["/.hidden", ".hidden", "/./.hidden/"])
  func aHiddenNameKeepsItsDot(path: String) async throws {
    let text = SampleManifest.text(files: [
      SampleManifest.file(".hidden", 1, 0), SampleManifest.file("hidden", 2, 0),
    ])
    let explanation = try PathExplanation(of: path, in: try await Manifest.sample(text))
    #expect(explanation.asked == "/.hidden" && explanation.path == "/.hidden")
    #expect(explanation.file.size == 1)
  }

  /// Names that look alike are two folders.
  @Test func aFolderHasWhatIsInItByItsBytes() async throws {
    let text = SampleManifest.text(files: [
      SampleManifest.file("caf\u{E9}/a", 1, 0), SampleManifest.file("cafe\u{301}/b", 2, 0),
      SampleManifest.folder("caf\u{E9}"), SampleManifest.folder("cafe\u{301}"),
    ])
    let manifest = try await Manifest.sample(text)
    #expect(try PathExplanation(of: "caf\u{E9}", in: manifest).shares.map(\.bytes) == [1])
    #expect(ManifestTree(manifest).names(in: "cafe\u{301}") == ["b"])
  }

  @Test func byteCodeHasItsSource() async throws {
    let explanation = try await explain("usr/lib/m/__pycache__/x.cpython-313.pyc")
    #expect(explanation.origin.kind == .python && explanation.component == nil)
    #expect(explanation.source == "/usr/lib/m/x.py")
    #expect(explanation.sourceOrigin?.name == "python3-stdlib")
  }

  @Test func aFolderSaysWhoHasFilesInIt() async throws {
    let explanation = try await explain("/usr")
    #expect(explanation.shares.map(\.bytes) == [4000, 2000, 1000, 30, 20])
    #expect(explanation.shares.first?.origin.name == "nvidia_runtime")
    #expect(try await explain("/").shares.count == 7)
    #expect(try await explain("/").path == "/")
  }

  @Test(
    arguments: [
      ("/bin/bahs", "did you mean /usr/bin/bash?", nil),
      ("/loop/x", nil, "it has no such folder either"),
      ("/none/none", nil, "it has no such folder either"),
      ("/usr/bin/bash/x", nil, nil),
    ] as [(String, String?, String?)])
  func whatIsNotThereIsSaid(path: String, remedy: String?, reason: String?) async throws {
    let error = await #expect(throws: ComparisonError.self) { try await explain(path) }
    #expect(error?.code == .noSuchPath && error?.subject == path)
    #expect(error?.remedy == remedy)
    #expect(error?.reason == reason)
  }
}
