import Content
import Digests
import FileSystem
import Locks
import Recipes
import Sandbox
import SystemPackage
import TestSupport
import Testing

@testable import Rootfs

/// apt's record of what came only because something else needs it.
@Suite struct ExtendedStatesTests {
  private static func stanza(_ name: String, _ fields: String...) -> String {
    let lines = ["Package: \(name)", "Status: install ok installed", "Version: 1"] + fields
    return (lines + ["", ""]).joined(separator: "\n")
  }

  private static let status = [
    stanza("apt", "Priority: important", "Architecture: amd64"),
    stanza("bash", "Essential: yes", "Priority: required", "Architecture: amd64"),
    stanza("libc6", "Priority: optional", "Architecture: amd64", "Multi-Arch: same"),
    stanza("libc6", "Priority: required", "Architecture: arm64", "Multi-Arch: same"),
    stanza("mawk", "Priority: required", "Architecture: amd64", "Provides: awk"),
    stanza("msmtp-mta", "Priority: optional", "Architecture: all", "Provides: mta (= 1), mda"),
    stanza("sudo", "Priority: optional", "Architecture: amd64"),
    stanza("tzdata", "Priority: required", "Architecture: all"),
    stanza("zlib1g", "Priority: optional", "Architecture: all"),
    "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\n\n",
  ].joined()

  /// The names that apt is told of, `name:architecture`; nil where the file is not written.
  private func automatic(
    _ packages: [String], variant: Recipe.Suite.Variant = .minbase, status: String = status,
    foreign: [String] = []
  ) async throws -> [String]? {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("var/lib/dpkg"))
      try Files.write(status, to: folder.appending("var/lib/dpkg/status"))
      let recipe = Recipe(
        name: "demo",
        base: .debian(.init(suite: "trixie", variant: variant, components: ["main"])),
        packages: packages, directory: folder)
      let digest = SHA256Digest(ofText: "")
      let lock = Lock(
        recipe: "demo", recipeDigest: digest, architecture: .amd64, date: 0,
        artifacts: foreign.map {
          Artifact(
            kind: .package, name: $0, version: "1", architecture: nil, size: 1, sha256: digest,
            source: "recipe", path: "\($0).deb")
        }, requested: [])
      let files = try ExtendedStates(recipe, lock, LayerStack([folder])).planned()
      guard let file = files.first else { return nil }
      #expect(file.path == "var/lib/apt/extended_states" && file.mode == 0o644)
      guard case .content(let bytes) = file.content else { return nil }
      let paragraphs = String(decoding: bytes, as: UTF8.self).split(separator: "\n\n")
      return try paragraphs.map { paragraph in
        let words = paragraph.split { $0 == "\n" || $0 == " " }.map(String.init)
        try #require(words.count == 6)
        #expect(
          [words[0], words[2], words[4], words[5]]
            == ["Package:", "Architecture:", "Auto-Installed:", "1"])
        return "\(words[1]):\(words[3])"
      }
    }
  }

  @Test func whatTheBaseAndTheRecipeAskForIsNotAutomatic() async throws {
    let expected = ["libc6:amd64", "libc6:arm64", "msmtp-mta:amd64", "zlib1g:amd64"]
    #expect(try await automatic(["sudo"]) == expected)
    #expect(try await automatic(["sudo=1", "zlib1g/trixie"]) == Array(expected.prefix(3)))
  }

  /// There apt is asked for what is essential, and for itself.
  @Test func theSmallestBaseBringsWhatIsRequiredAsDependencies() async throws {
    let names = try await automatic(["sudo"], variant: .essential)
    #expect(
      names == [
        "libc6:amd64", "libc6:arm64", "mawk:amd64", "msmtp-mta:amd64", "tzdata:amd64",
        "zlib1g:amd64",
      ])
  }

  @Test func oneArchitectureOfSeveralIsAskedFor() async throws {
    let names = try await automatic(["sudo", "libc6:arm64"])
    #expect(names == ["libc6:amd64", "msmtp-mta:amd64", "zlib1g:amd64"])
  }

  @Test func theProviderOfAVirtualPackageIsMeant() async throws {
    #expect(try await automatic(["sudo", "mta"])?.contains("msmtp-mta:amd64") == false)
  }

  @Test func theRecipesOwnFilesAreAskedFor() async throws {
    #expect(try await automatic(["sudo"], foreign: ["zlib1g"])?.contains("zlib1g:amd64") == false)
  }

  /// Better that apt removes nothing than what somebody asked for.
  @Test func aRequestThatCannotBeFoundLeavesEverythingAlone() async throws {
    #expect(try await automatic(["sudo", "gone"]) == nil)
    #expect(try await automatic(["task-ssh^"]) == nil)
  }

  @Test func withoutAptNobodyReadsIt() async throws {
    let status = Self.status.replacing("Package: apt\n", with: "Package: cupt\n")
    #expect(try await automatic(["sudo"], status: status) == nil)
  }
}
