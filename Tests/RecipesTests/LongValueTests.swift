import Diagnostics
import Recipes
import Testing

/// Matching takes memory by the length of what it reads, so long values are refused unread.
struct LongValueTests {
  /// Each refers to the variable `a`, and to `path`, for its long value.
  static let refused = [
    "description: ${a}", "architecture: ${a}", "sources: [{name: '${a}'}]",
    "sources: [{uri: 'https://${a}'}]", "sources: [{uri: 'https://a${path}'}]",
    "sources: [{suite: '${a}'}]", "sources: [{components: ['${a}']}]",
    "sources: [{key: {file: '${a}'}}]", "preferences: [{package: '${a}'}]",
    "preferences: [{pin: 'release ${a}'}]", "packages: ['${a}']", "packages: ['a=${a}']",
    "debs: [{path: 'a${path}.deb'}]", "debs: [{url: 'https://a${path}.deb'}]",
    "debs: [{sha256: '${a}'}]", "python: {venv: '${path}'}", "python: {requirements: ['${a}']}",
    "python: {requirements: ['a [${a}] <${a}']}", "python: {wheels: ['${a}-1-py3-none-any.whl']}",
    "python: {index: 'https://a${path}'}", "files: [{from: 'a${path}'}]",
    "files: [{symlink: '${path}'}]", "files: [{to: '${path}'}]", "files: [{mode: '${a}'}]",
    "files: [{owner: '${a}'}]", "users: [{name: '${a}'}]", "users: [{groups: ['${a}']}]",
    "users: [{shell: '${path}'}]", "environment: {A: '${a}'}", "timezone: ${a}", "locale: ${a}",
    "wsl: {conf: {network: {hostname: '${a}'}}}", "wsl: {conf: {boot: {command: '${a}'}}}",
    "wsl: {conf: {filesystem: {umask: '${a}'}}}",
    "wsl: {distribution: {oobe: {defaultName: '${a}'}}}",
    "run: [{name: '${a}'}]", "run: [{timeout: '${a}'}]", "run: [{inputs: ['a${path}']}]",
    "gpu: {require-architectures: ['${a}']}",
  ]

  private static let settings = [
    "a": String(repeating: "a", count: 500_000), "path": String(repeating: "/a", count: 250_000),
  ]

  @Test(arguments: refused)
  func refusesAValueOfHalfAMillionCharacters(line: String) async throws {
    let text = minimal("variables: {a: b, path: c}\n" + line + "\n")
    try await Kitchen.with(text) { kitchen in
      let complaints = kitchen.complaints(set: Self.settings).filter { $0.code == "K1106" }
      #expect(complaints.count == 1)
      let message = try #require(complaints.first?.diagnostic.message)
      #expect(message.contains("must be at most 4096 characters long, not `"))
      #expect(message.utf8.count < 200)
    }
  }

  @Test(arguments: ["\(long): b", "'a b\(long)': c"])
  func refusesALongNameOfAVariable(entry: String) async throws {
    try await Kitchen.with(minimal("environment:\n  \(entry)\n")) { kitchen in
      let complaints = kitchen.complaints()
      #expect(complaints.count == 1, "\(complaints)")
    }
  }

  private static let long = String(repeating: "a", count: 500_000)

  @Test func countsScalarsUpToTheLimit() async throws {
    let most = String(repeating: "\u{1F3FA}", count: 4096)
    try await Kitchen.with(minimal("description: \(most)\n")) { kitchen in
      let recipe = try kitchen.read()
      #expect(recipe.description == most)
    }
    try await Kitchen.with(minimal("description: \(most)a\n")) { kitchen in
      #expect(kitchen.complaints().map(\.position) == ["K1106 4:14"])
    }
  }

  @Test func takesLongScriptsAndContents() async throws {
    let line = String(repeating: "x", count: 100_000)
    let text = minimal(
      "files: [{to: /a, content: \"\(line)\\n\(line)\"}]\nrun: [{name: a, script: '\(line)\(line)'}]\n"
    )
    try await Kitchen.with(text) { kitchen in
      let recipe = try kitchen.read()
      #expect(recipe.files.first?.source == .content(line + "\n" + line))
      #expect(recipe.run.first?.script == line + line)
    }
  }
}
