import FileSystem
import Recipes
import Sandbox
import SystemPackage
import TestSupport
import Testing

@testable import Rootfs

/// The image's own `/etc/apt`: the distribution's archive as its `apt` package shows it, and the
/// recipe's further sources with their keys.
@Suite struct AptSourceFilesTests {
  /// Runs `body` with a layer that has these files, and a recipe in an empty folder.
  private func with(
    _ files: [String: String], base: String = "debian",
    _ body: (inout Recipe, LayerStack) throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("root")
      for (path, text) in files {
        try Files.makeDirectories(root.appending(path).removingLastComponent())
        try Files.write(text, to: root.appending(path))
      }
      try Files.makeDirectories(root)
      let suite = Recipe.Suite(
        suite: "trixie", variant: .minbase, components: ["main", "contrib"])
      var recipe = Recipe(
        name: "demo", base: base == "debian" ? .debian(suite) : .ubuntu(suite), directory: folder)
      try body(&recipe, LayerStack([root]))
    }
  }

  /// Path → text; nil where the file is removed.
  private func planned(_ recipe: Recipe, _ stack: LayerStack) throws -> [String: String?] {
    let files = try AptSourceFiles(recipe, stack).planned()
    return Dictionary(
      uniqueKeysWithValues: files.map { file in
        if case .content(let bytes) = file.content {
          return (file.path, String(decoding: bytes, as: UTF8.self))
        }
        return (file.path, nil)
      })
  }

  private static let example = "usr/share/doc/apt/examples"

  @Test func stanzasOfTheExampleGetTheRecipesComponents() async throws {
    let example = """
      # See sources.list(5)
      Types: deb deb-src
      URIs: http://archive.example.org/debian
      suites: trixie
      # A folded field.
       trixie-updates
      Components: main non-free-firmware
      Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

      # Security comes from elsewhere.
      Types: deb
      URIs: http://security.example.org/debian-security
      Suites: trixie-security
      Components: main

      Types: deb
      Suites: without-an-address

      """
    try await with(["\(Self.example)/debian.sources": example]) { recipe, stack in
      let planned = try planned(recipe, stack)
      #expect(
        planned["etc/apt/sources.list.d/debian.sources"] == """
          Types: deb
          URIs: http://archive.example.org/debian
          Suites: trixie trixie-updates
          Components: main contrib
          Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

          Types: deb
          URIs: http://security.example.org/debian-security
          Suites: trixie-security
          Components: main contrib
          Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

          """)
      // apt would warn of a target that is configured twice.
      #expect(planned["etc/apt/sources.list"] == .some(nil))
      #expect(planned.count == 2)
    }
  }

  @Test func linesOfAnOldExampleAreJoinedByAddress() async throws {
    let example = """
      # See sources.list(5)
      deb http://archive.example.org/ubuntu jammy main restricted
      deb http://archive.example.org/ubuntu jammy-updates main restricted
      deb-src http://archive.example.org/ubuntu jammy main
      deb http://security.example.org/ubuntu jammy-security main
      deb http://too.short.example.org jammy

      """
    try await with(["\(Self.example)/sources.list": example], base: "ubuntu") { recipe, stack in
      let text = try #require(try planned(recipe, stack)["etc/apt/sources.list.d/ubuntu.sources"])
      let lines = (text ?? "").split(separator: "\n").filter { !$0.hasPrefix("Types") }
      #expect(
        lines == [
          "URIs: http://archive.example.org/ubuntu", "Suites: jammy jammy-updates",
          "Components: main contrib",
          "Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg",
          "URIs: http://security.example.org/ubuntu", "Suites: jammy-security",
          "Components: main contrib",
          "Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg",
        ])
    }
  }

  @Test func theStanzasWinOverTheLines() async throws {
    let files = [
      "\(Self.example)/debian.sources": "URIs: http://new.example.org\nSuites: trixie\n",
      "\(Self.example)/sources.list": "deb http://old.example.org trixie main\n",
    ]
    try await with(files) { recipe, stack in
      let text = try planned(recipe, stack)["etc/apt/sources.list.d/debian.sources"] ?? nil
      #expect(text?.contains("new.example.org") == true && text?.contains("old.") == false)
    }
  }

  @Test func withoutAnExampleTheImageKeepsWhatItHas() async throws {
    try await with(["etc/apt/sources.list": "deb http://mine.example.org x main\n"]) {
      recipe, stack in
      let debian = try planned(recipe, stack)
      recipe.base = .tarball(.init(location: .path("base.tar"), sha256: nil))
      let tarball = try planned(recipe, stack)
      #expect(debian.isEmpty && tarball.isEmpty)
    }
  }

  @Test func aKeyInTheRecipeGoesIntoTheSource() async throws {
    try await with([:]) { recipe, stack in
      let key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc=\n-----END PGP PUBLIC KEY BLOCK-----"
      recipe.sources = [
        .init(
          name: "tools", uri: "https://tools.example.org/apt", suite: "stable",
          components: ["main", "extra"], key: .inline(key))
      ]
      let planned = try planned(recipe, stack)
      #expect(
        planned == [
          "etc/apt/sources.list.d/tools.sources": """
          Types: deb
          URIs: https://tools.example.org/apt
          Suites: stable
          Components: main extra
          Signed-By:
           -----BEGIN PGP PUBLIC KEY BLOCK-----
           .
           abc=
           -----END PGP PUBLIC KEY BLOCK-----

          """
        ])
    }
  }

  @Test(arguments: [("-----BEGIN PGP", "asc"), ("\u{1}binary", "gpg")])
  func aKeyFileIsNamedAsAptTellsTheFormsApart(content: String, ending: String) async throws {
    try await with([:]) { recipe, stack in
      try Files.write(content, to: recipe.directory.appending("key"))
      recipe.sources = [
        .init(
          name: "tools", uri: "https://tools.example.org", suite: "stable", components: ["main"],
          key: .file("key"))
      ]
      let planned = try planned(recipe, stack)
      #expect(planned["etc/apt/keyrings/tools.\(ending)"] == content)
      let source = planned["etc/apt/sources.list.d/tools.sources"] ?? nil
      #expect(source?.hasSuffix("\nSigned-By: /etc/apt/keyrings/tools.\(ending)\n") == true)
      try Files.removeFile(recipe.directory.appending("key"))
      #expect(throws: RootfsError.self) { try AptSourceFiles(recipe, stack).planned() }
    }
  }
}
