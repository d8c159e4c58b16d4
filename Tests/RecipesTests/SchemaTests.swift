import Commands
import Diagnostics
import FileSystem
import Needs
import Recipes
import SystemPackage
import TestSupport
import Testing
import YAML

/// The schema and the reader agree; Python's `jsonschema` judges for the schema.
@Suite(.needs("Python's jsonschema") { await Validator.isInstalled() })
struct SchemaTests {
  @Test func itIsASchema() async throws {
    #expect(try await Validator.refused([:]) == [])
  }

  @Test func acceptsWhatTheReaderAccepts() async throws {
    let extending =
      "recipe: 1\nname: a\nextends: b.yaml\nremove: [python.index]\npython: {wheels: []}\n"
    let good = [
      "least": minimal(), "everything": ReadingTests.everything, "extending": extending,
      "base to extend": ExtendingTests.base,
      "variables": minimal(
        "variables: {n: 1000}\nusers:\n- name: a\n  uid: ${n}\nrecommends: ${yes}\n"),
    ]
    #expect(try await Validator.refused(good) == [])
  }

  @Test func refusesWhatTheReaderRefuses() async throws {
    let bad = BadRecipe.all.filter(\.isForSchema)
    let texts = Dictionary(uniqueKeysWithValues: bad.map { ($0.name, $0.text) })
    let accepted = Set(texts.keys).subtracting(try await Validator.refused(texts))
    #expect(accepted.sorted() == [])
  }

  @Test func refusesNothingThatOnlyTheReaderCanSee() async throws {
    // Syntax errors apart, which never get as far as a schema.
    let bad = BadRecipe.all.filter { !$0.isForSchema && !$0.code.hasPrefix("K10") }
    let texts = Dictionary(uniqueKeysWithValues: bad.map { ($0.name, $0.text) })
    let refused = try await Validator.refused(texts)
    // What the schema says more simply than the reader does.
    #expect(refused == ["remove without extends"])
  }

  @Test func acceptsEveryRecipeOfTheRepository() async throws {
    var texts: [String: String] = [:]
    for path in try ShippedRecipeTests.recipes() { texts[path.string] = try Files.readText(path) }
    #expect(texts.count >= 3)
    #expect(try await Validator.refused(texts) == [])
  }
}

/// Python's `jsonschema` with the recipes' schema.
enum Validator {
  static func isInstalled() async -> Bool {
    let probe = Command(
      "python3", ["-c", "import jsonschema"], environment: ["PATH": TestEnvironment.path])
    return (try? await probe.run()) != nil
  }

  private static let program = """
    import json, jsonschema, sys
    schema, texts = json.load(sys.stdin)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    print("\\n".join(sorted(name for name, value in texts if not validator.is_valid(value))))
    """

  /// The names of the recipes that the schema refuses.
  static func refused(_ texts: [String: String]) async throws -> [String] {
    let values = try texts.sorted { $0.key < $1.key }.map { name, text in
      "[\(quoted(name)), \(json(try Node.read(Array(text.utf8), file: name)))]"
    }
    let result = try await Command(
      "python3", ["-W", "ignore", "-c", program], environment: ["PATH": TestEnvironment.path],
      input: "[\(RecipeSchema.json()), [\(values.joined(separator: ", "))]]"
    ).run()
    return result.output.split(separator: "\n").map(String.init)
  }

  private static func json(_ node: Node) -> String {
    switch node.content {
    case .sequence(let items): "[" + items.map(json).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { "\(quoted($0.key)): \(json($0.value))" }.joined(separator: ", ") + "}"
    case .scalar(let scalar):
      switch scalar.value {
      case .null: "null"
      case .boolean(let value): "\(value)"
      case .integer(let value): "\(value)"
      case .number: scalar.text
      case .text: quoted(scalar.text)
      }
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"", "\\": return "\\" + String(scalar)
      case "\u{0}"..."\u{1F}":
        let hex = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: return String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}
