/// The tables of the recipe reference, `docs/recipe-reference.md`.
public enum RecipeReference {
  /// One section a mapping, with a table of its keys, in Markdown.
  public static var tables: String {
    guard case .object(let root) = Recipe.definition.shape else { return "" }
    return sections(of: root, path: "").joined(separator: "\n\n")
  }

  private static func sections(of object: Shape.Object, path: String) -> [String] {
    [section(of: object, path: path)]
      + object.keys.flatMap { key in
        below(key.shape, path: path.isEmpty ? key.name : "\(path).\(key.name)")
      }
  }

  private static func below(_ shape: Shape, path: String) -> [String] {
    switch shape {
    case .object(let object): sections(of: object, path: path)
    case .list(let item): below(item, path: path + "[]")
    case .map(_, let values): below(values, path: path + ".*")
    case .text, .spelling, .integer, .boolean: []
    }
  }

  private static func section(of object: Shape.Object, path: String) -> String {
    var lines = [path.isEmpty ? "### The recipe" : "### `\(path)`", ""]
    for group in object.exactlyOne {
      let names = group.map { "`\($0)`" }.joined(separator: ", ")
      lines += ["Exactly one of \(names) is required.", ""]
    }
    lines += ["| key | value | default | what it is for |", "|---|---|---|---|"]
    lines += object.keys.map { key in
      let absent =
        key.isRequired
        ? "required" : key.fallback.map { "`\($0.compact)`" } ?? key.computed ?? "none"
      return "| `\(key.name)` | \(cell(value(of: key.shape))) | \(cell(absent)) | "
        + "\(cell(key.summary)) |"
    }
    return lines.joined(separator: "\n")
  }

  private static func value(of shape: Shape) -> String {
    switch shape {
    case .object: "a mapping"
    case .list(let item): isMapping(item) ? "a list of mappings" : "a list: \(value(of: item))"
    case .map(let keys, let values): "a mapping from \(keys.phrase) to \(value(of: values))"
    case .text, .spelling, .integer, .boolean: shape.expected
    }
  }

  private static func isMapping(_ shape: Shape) -> Bool {
    if case .object = shape { return true }
    return false
  }

  private static func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
