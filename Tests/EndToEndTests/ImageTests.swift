import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// Real packages and wheels: build, verify as WSL would, boot, and build again.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot))
struct ImageTests {
  private struct Verification: Decodable {
    struct Report: Decodable {
      struct Finding: Decodable {
        let severity: String
        let code: String
        let message: String
      }

      let findings: [Finding]
    }

    let reports: [Report]
  }

  /// - Parameter allowed: severities of findings that the recipe may have.
  private func buildVerifyRepeat(
    _ recipe: FilePath, allowed: Set<String> = ["note"]
  ) async throws {
    let kiln = KilnProgram.shared()
    try await withTemporaryFolder { folder in
      let first = try await kiln.json(
        ["build", recipe.string, "--output", folder.appending("1").string], as: BuildReport.self)
      let images = try #require(first.builds.first?.images)
      #expect(images.map(\.flavour).contains("import"))
      let verification = try await kiln.json(
        ["verify", "--boot"] + images.map(\.path), as: Verification.self)
      for finding in verification.reports.flatMap(\.findings)
      where !allowed.contains(finding.severity) {
        Issue.record("\(finding.severity) \(finding.code): \(finding.message)")
      }
      if await Validators.areThere() {
        let bills = images.map { FilePath($0.path) }
        #expect(try await Validators.complaints(about: bills) == [])
      }
      try await expectSameBytes(images, from: recipe, kiln, in: folder)
    }
  }

  /// A store with the artifacts only: everything is unpacked, configured and compressed anew.
  private func expectSameBytes(
    _ images: [BuildReport.Image], from recipe: FilePath, _ kiln: KilnProgram, in folder: FilePath
  ) async throws {
    let fresh = KilnProgram(store: folder.appending("store"), home: kiln.home)
    try Files.makeDirectories(fresh.store)
    try await kiln.copyArtifacts(to: fresh.store)
    let again = try await fresh.json(
      [
        "build", recipe.string, "--locked", "--offline", "--jobs", "1", "--output",
        folder.appending("2").string,
      ], as: BuildReport.self)
    #expect(again.builds.first?.images.map(\.sha256) == images.map(\.sha256))
  }

  @Test func trixieDefaultRecipe() async throws {
    try await buildVerifyRepeat(KilnProgram.package.appending("Recipes/cuda-wsl.yaml"))
  }

  @Test func bookworm() async throws {
    // It has no icon, which Microsoft's rules warn of.
    try await buildVerifyRepeat(
      KilnProgram.recipes.appending("bookworm.yaml"), allowed: ["note", "warning"])
  }

  @Test func bullseye() async throws {
    try await buildVerifyRepeat(KilnProgram.recipes.appending("bullseye.yaml"))
  }
}
