import Diagnostics
import Digests
import Recipes
import SystemPackage
import Testing

struct ResolutionDigestTests {
  private static let text = minimal(
    """
    packages: [nano, less]
    sources: [{name: v, uri: 'http://a', suite: b, key: {file: keys/vendor.asc}}]
    debs: [{path: debs/a.deb}]
    python: {venv: /v, requirements: [a, b], wheels: [wheels/clay-1.0-py3-none-any.whl]}

    """)

  /// Every committed lock holds such a digest: a change here makes them all stale.
  private static let known = "f9c8a21b8652633408398e106f813dae1a14247f378f3fd82b9a649074ff93d6"

  private func digest(
    _ text: String, file: String? = nil, set: [String: String] = [:]
  ) async throws -> String {
    try await Kitchen.with(text) { kitchen in
      if let file { try kitchen.write(file, "changed\n") }
      return try kitchen.read(set: set).resolutionDigests.whole.hex
    }
  }

  @Test func isTheSameOnEveryMachineAndInEveryVersion() async throws {
    let digest = try await digest(Self.text)
    #expect(digest == Self.known)
  }

  @Test(arguments: [
    "description: other\n", "environment: {A: b}\n", "files: [{content: x, to: /a}]\n",
    "users: [{name: a}]\n", "run: [{name: a, script: b}]\n", "locale: C.UTF-8\n",
    "wsl: {install: [import]}\n", "gpu: {backend: cuda}\n",
  ])
  func doesNotChangeWithWhatResolutionDoesNotRead(more: String) async throws {
    #expect(try await digest(Self.text + more) == Self.known)
  }

  @Test(arguments: [
    ("[nano, less]", "[nano]"), ("[a, b]", "[a, b, c]"), ("trixie", "sid"),
    ("suite: b", "suite: c"),
    ("'http://a'", "'http://b'"), ("recipe: 1", "recipe: 1\nrecommends: true"),
    ("recipe: 1", "recipe: 1\narchitecture: arm64"), ("venv: /v", "venv: /v, index: 'http://a'"),
    ("venv: /v", "venv: /v, exclude: [c]"),
    ("recipe: 1", "recipe: 1\nfiles: [{wheel: c==1, member: d, to: /d}]"),
    ("recipe: 1", "recipe: 1\nfiles: [{archive: {path: debs/a.deb}, member: d, to: /d}]"),
    ("recipe: 1", "recipe: 1\npreferences: [{package: a, pin: release a=b, priority: 1}]"),
  ])
  func changesWithWhatResolutionReads(old: String, new: String) async throws {
    let changed = Self.text.replacing(old, with: new)
    #expect(changed != Self.text)
    #expect(try await digest(changed) != Self.known)
  }

  @Test func countsAnArchiveAndNotWhatIsTakenOutOfIt() async throws {
    let recipe = { (files: String) in Self.text + "files: [\(files)]\n" }
    let one = try await digest(recipe("{wheel: c==1, member: d, to: /d}"))
    #expect(
      try await digest(
        recipe("{wheel: c==1, member: e, to: /e}, {wheel: c==1, member: d, to: /d}")) == one)
    #expect(try await digest(recipe("{wheel: c==2, member: d, to: /d}")) != one)
    let own = recipe("{archive: {path: files/a.txt}, member: d, to: /d}")
    #expect(try await digest(own) != digest(own, file: "files/a.txt"))
  }

  @Test(arguments: [
    "keys/vendor.asc", "debs/a.deb", "wheels/clay-1.0-py3-none-any.whl",
  ])
  func changesWithTheFilesThatResolutionReads(file: String) async throws {
    #expect(try await digest(Self.text, file: file) != Self.known)
  }

  @Test func doesNotDependOnOrder() async throws {
    let other = Self.text.replacing("[nano, less]", with: "[less, nano]")
      .replacing("[a, b]", with: "[b, a]")
    #expect(try await digest(other) == Self.known)
  }

  @Test func aFileThatHasGoneIsAnError() async throws {
    try await Kitchen.with(Self.text) { kitchen in
      var recipe = try kitchen.read()
      recipe.directory = "/nonexistent"
      #expect(throws: RecipeError.self) { try recipe.resolutionDigests.whole }
    }
  }
}
