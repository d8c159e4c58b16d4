import Diagnostics
import SystemPackage
import YAML

/// The state of one reading of a recipe: what was found wrong, where values stand, and what texts
/// and paths are read against.
struct Decoding {
  private(set) var diagnostics: [Diagnostic] = []
  /// Grows with each value that cannot be used, whether or not that is said at its place.
  private(set) var problems = 0
  var places = Places()
  /// The key path of the value that is being read; empty for the recipe itself.
  private(set) var path = ""
  /// Top-level keys in which something is wrong.
  private(set) var failed: Set<String> = []

  /// Values of `${name}`; nil where the text is taken as it is.
  var variables: Variables?
  /// The folder of the recipe that is read.
  let directory: FilePath
  /// The recipe's file and those that it extends, by their names in places.
  let files: [String: RecipeFile]
  private var patterns: [String: Regex<AnyRegexOutput>] = [:]

  init(directory: FilePath, files: [String: RecipeFile], variables: Variables?) {
    self.directory = directory
    self.files = files
    self.variables = variables
  }

  mutating func within(_ key: String, _ body: (inout Decoding) -> Void) {
    within(path: path.isEmpty ? key : "\(path).\(key)", body)
  }

  mutating func within(index: Int, _ body: (inout Decoding) -> Void) {
    within(path: "\(path)[\(index)]", body)
  }

  private mutating func within(path inner: String, _ body: (inout Decoding) -> Void) {
    let outer = path
    path = inner
    body(&self)
    path = outer
  }

  /// Names the value that is being read in a message.
  var subject: String { path.isEmpty ? "a recipe" : "`\(path)`" }

  mutating func report(
    _ code: RecipeError.Code, at place: Diagnostic.Place?, _ message: String,
    reason: String? = nil, remedy: String? = nil
  ) {
    noteProblem()
    diagnostics.append(
      Diagnostic(
        code: code.rawValue, message: message, place: place, reason: reason, remedy: remedy))
  }

  private mutating func noteProblem() {
    problems += 1
    failed.insert(String(path.prefix { $0 != "." && $0 != "[" }))
  }

  mutating func matches(_ text: String, _ shape: Shape.Text) -> Bool {
    guard let longest = shape.longest else { return !text.utf8.contains(0) }
    guard !isLonger(text, than: longest) else { return false }
    let pattern = shape.pattern
    if patterns[pattern] == nil {
      // Scalars, so that `\r\n` is two control characters and not one unknown one. A pattern that
      // is none matches nothing; a test compiles them all.
      patterns[pattern] = (try? Regex(pattern))?.matchingSemantics(.unicodeScalar)
    }
    guard let regex = patterns[pattern] else { return false }
    return (try? regex.wholeMatch(in: text)) != nil
  }

  private func isLonger(_ text: String, than limit: Int) -> Bool {
    text.utf8.count > limit && text.unicodeScalars.dropFirst(limit).first != nil
  }

  /// Completes "must be": what a text that does not match lacks.
  func demand(of shape: Shape.Text, on text: String) -> String {
    if let longest = shape.longest, isLonger(text, than: longest) {
      return "at most \(longest) characters long"
    }
    return shape.phrase
  }
}

extension Decoding {
  /// A text value of the given shape, variables filled in.
  mutating func text(_ node: Node, _ shape: Shape.Text) -> String? {
    guard let scalar = node.scalar else {
      reportType(of: node, .text(shape))
      return nil
    }
    guard let expanded = expand(scalar, node) else { return nil }
    guard expanded.value == .text || expanded.text != scalar.text else {
      reportType(of: node, .text(shape))
      return nil
    }
    return matching(expanded.text, node, shape)
  }

  mutating func matching(_ text: String, _ node: Node, _ shape: Shape.Text) -> String? {
    if matches(text, shape) { return text }
    reportMismatch(text, node, shape)
    return nil
  }

  mutating func reportMismatch(_ text: String, _ node: Node, _ shape: Shape.Text) {
    report(
      .badValue, at: node.place,
      "\(subject) must be \(demand(of: shape, on: text)), not \(quoted(text))",
      remedy: slip(in: text, shape))
  }

  /// What to do instead of what `text` tries.
  mutating func slip(in text: String, _ shape: Shape.Text) -> String? {
    for (pattern, remedy) in shape.slips.sorted(by: { $0.key < $1.key })
    where matches(text, .init(expected: "", pattern: pattern)) { return remedy }
    return nil
  }

  /// The scalar with its variables filled in; a plain one stays plain, so that it may become a
  /// number.
  mutating func expand(_ scalar: Scalar, _ node: Node) -> Scalar? {
    guard let variables, scalar.text.contains("${") else { return scalar }
    let expansion = Expansion(scalar.text, variables: variables)
    for fault in expansion.faults {
      report(
        .unknownVariable, at: files[node.place.file]?.place(of: fault.written, from: node.place),
        fault.message,
        remedy: fault.remedy)
    }
    // That is said once, where the variable is defined.
    if expansion.isDoubtful { noteProblem() }
    return expansion.faults.isEmpty && !expansion.isDoubtful
      ? Scalar(expansion.text, isPlain: scalar.isPlain) : nil
  }

  /// Says that a value is of another kind than its key wants.
  mutating func reportType(
    of node: Node, _ shape: Shape, text: Scalar? = nil, remedy: String? = nil
  ) {
    let scalar = text ?? node.scalar
    var remedy = remedy
    if remedy == nil, let scalar, scalar.value == .null {
      remedy = "remove the key, or give it a value"
    }
    if remedy == nil, case .text(let wanted) = shape, let scalar, scalar.value != .text {
      if !wanted.choices.isEmpty {
        remedy = "write \(wanted.phrase)"
      } else if matches(scalar.text, wanted) {
        remedy = "put it into quotes: \"\(scalar.text)\""
      }
    }
    if remedy == nil, case .list(.text(let item)) = shape, let scalar {
      remedy = slip(in: scalar.text, item)
    }
    if remedy == nil, let example = shape.example, !path.isEmpty {
      remedy = "write `\(written(example))`"
    }
    if remedy == nil, case .list = shape, scalar != nil {
      remedy = "write `[…]`, or one `- ` a line"
    }
    report(
      .wrongType, at: node.place,
      "\(subject) must be \(shape.expected), not \(kind(of: node, scalar))", remedy: remedy)
  }

  /// An example as the value of the key that is being read; by itself as an item of a list.
  private func written(_ example: String) -> String {
    guard !path.hasSuffix("]"), let key = path.split(separator: ".").last else { return example }
    return "\(key): \(example)"
  }

  private func kind(of node: Node, _ scalar: Scalar?) -> String {
    guard let scalar else { return node.sequence == nil ? "a mapping" : "a list" }
    return switch scalar.value {
    case .null: "nothing"
    case .boolean: "the boolean `\(scalar.text)`"
    case .integer, .number: "the number \(quoted(scalar.text))"
    case .text: "the text \(quoted(scalar.text))"
    }
  }

  func quoted(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }.prefix(60)
    return "`\(line)\(line.count < text.count ? "…" : "")`"
  }

  mutating func checkKeys(_ entries: [Node.Entry], of node: Node, _ shape: Shape.Object) {
    let names = shape.keys.map(\.name)
    for entry in entries where !names.contains(entry.key) {
      within(entry.key) { $0.reportUnknown(entry, shape) }
    }
    let present = Set(entries.map(\.key))
    // A misspelt key is one mistake, and not a missing one too.
    let meant = Set(
      present.subtracting(names).subtracting(shape.refused.keys).compactMap { shape.meant(by: $0) })
    let isRefused = !present.isDisjoint(with: shape.refused.keys)
    for key in shape.keys where key.isRequired && !present.union(meant).contains(key.name) {
      reportMissing("`\(key.name)`", at: node)
    }
    for group in shape.exactlyOne {
      let found = entries.filter { group.contains($0.key) }
      let list = group.map { "`\($0)`" }.joined(separator: " or ")
      if found.isEmpty, !isRefused, meant.isDisjoint(with: group) { reportMissing(list, at: node) }
      if found.count > 1 {
        report(
          .exclusiveKeys, at: found[1].keyPlace,
          "\(subject) has \(found.map { "`\($0.key)`" }.joined(separator: " and ")), but only one "
            + "of them can hold", remedy: "keep one of \(list)")
      }
    }
    for entry in entries {
      guard let needed = shape.requires[entry.key], !present.contains(needed) else { continue }
      report(
        .missingKey, at: entry.keyPlace, "\(subject) has `\(entry.key)` but lacks `\(needed)`",
        remedy: "add `\(needed)`")
    }
  }

  private mutating func reportMissing(_ keys: String, at node: Node) {
    report(.missingKey, at: node.place, "\(subject) lacks the key \(keys)", remedy: "add \(keys)")
  }

  private mutating func reportUnknown(_ entry: Node.Entry, _ shape: Shape.Object) {
    if let refusal = shape.refused[entry.key] {
      return report(
        .refusedKey, at: entry.keyPlace, "a recipe has no key \(subject)", remedy: refusal)
    }
    report(
      .unknownKey, at: entry.keyPlace, "unknown key \(subject)",
      reason: "known here: \(shape.keys.map(\.name).joined(separator: ", "))",
      remedy: shape.meant(by: entry.key).map { "did you mean `\($0)`?" })
  }
}

extension Shape.Object {
  /// The key that an unknown one most likely stands for.
  fileprivate func meant(by name: String) -> String? {
    otherNames[name] ?? nearest(to: name, among: keys.map(\.name))
  }
}
