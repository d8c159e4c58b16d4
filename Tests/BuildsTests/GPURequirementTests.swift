import Builds
import Commands
import Diagnostics
import FileSystem
import GPUCode
import Images
import Needs
import SystemPackage
import TestSupport
import Testing

/// Recipes that require code for GPUs, built from a tarball with made libraries.
@Suite(.needs("root", if: TestEnvironment.isRoot)) struct GPURequirementTests {
  /// - Returns: the summary, and the image's path.
  private func build(
    _ gpu: String, in folder: FilePath
  ) async throws -> (BuildSummary, FilePath) {
    let root = folder.appending("root")
    let section = { (architecture: UInt32) in MadeEntry.section([[.cubin(architecture)]]) }
    try MadeLibrary.named("libcudart.so.12").write(to: root.appending("usr/lib/libcudart.so.12"))
    try MadeLibrary.named("libone.so.1", [section(80)]).write(
      to: root.appending("usr/lib/libone.so.1"))
    try MadeLibrary.named("libtwo.so.1", [MadeEntry.section([[.cubin(86), .ptx(86)]])]).write(
      to: root.appending("opt/libtwo.so.1"))
    try await Command(
      "tar", ["-C", root.string, "-cf", folder.appending("base.tar").string, "."],
      environment: ["PATH": TestEnvironment.path]
    ).run()
    let recipe = folder.appending("tiny.yaml")
    try Files.write(
      """
      recipe: 1
      name: tiny
      base: {tarball: {path: base.tar}}
      wsl: {install: [import]}
      \(gpu)

      """, to: recipe)
    let settings = BuildSettings(
      store: folder.appending("store"), jobs: 2, offline: true,
      environment: ["PATH": TestEnvironment.path, "HOME": folder.string], now: 1_700_000_000,
      progress: { _ in })
    let request = BuildRequest(
      recipe: recipe, variables: [:], output: folder.appending("images"), locked: false,
      format: .tarGzip, compression: .fast)
    let summary = try await Builder(settings, tool: "kiln test").build(request)
    return (summary, folder.appending("images/tiny.tar.gz"))
  }

  @Test func whatTheImageHasIsInItsManifestAndInItsBytes() async throws {
    try await withTemporaryFolder { folder in
      let (summary, image) = try await build(
        "gpu: {backend: cuda, require-architectures: [sm_86, sm_89]}", in: folder)
      let facts = try #require(summary.gpu)
      #expect(facts.libraries.map(\.path) == ["opt/libtwo.so.1", "usr/lib/libone.so.1"])
      #expect(facts.architectures == [GPUArchitecture(86)])
      #expect(facts.driver?.windows == "528.33")
      #expect(try Manifest.read(Manifest.path(beside: image)).gpu == facts)
      let settings = BuildSettings(
        store: folder.appending("store"), jobs: 1, offline: true, environment: [:],
        now: 1_700_000_000, progress: { _ in })
      let scan = try await Builder(settings, tool: "kiln test").gpuScan(of: image)
      #expect(scan.facts == facts)
    }
  }

  @Test func aMissingArchitectureStopsTheBuild() async throws {
    try await withTemporaryFolder { folder in
      let error = await #expect(throws: BuildError.self) {
        try await build("gpu: {backend: cuda, require-architectures: [sm_86, sm_90]}", in: folder)
      }
      #expect(error?.diagnostics.map(\.code) == ["K6505"])
      #expect(
        error?.diagnostics.first?.reason
          == "usr/lib/libone.so.1: nothing for sm_90; it has sm_80")
      #expect(!Files.exists(folder.appending("images")))
    }
  }

  @Test func nobodyLooksWhereTheRecipeIsNotAboutCUDA() async throws {
    try await withTemporaryFolder { folder in
      let (summary, image) = try await build("gpu: {backend: cpu}", in: folder)
      #expect(summary.gpu == nil)
      #expect(try Manifest.read(Manifest.path(beside: image)).gpu == nil)
    }
  }
}
