import Diagnostics

/// What `${name}` stands for.
struct Variables {
  var values: [String: String] = [:]
  /// Names of which is said where they are defined that their values are none; nil where all of
  /// `variables` is none.
  var faulty: Set<String>? = []
}

/// A text with its variables filled in: `${name}` is the variable's value, `$${` is `${`.
struct Expansion {
  struct Fault {
    /// The text that is at fault, as it stands in the recipe.
    let written: String
    let message: String
    let remedy: String?
  }

  private(set) var text = ""
  private(set) var faults: [Fault] = []
  /// Whether it names a variable whose definition is at fault.
  private(set) var isDoubtful = false

  init(_ source: String, variables: Variables) {
    var rest = Substring(source)
    while let dollar = rest.firstIndex(of: "$") {
      text += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$${") {
        text += "${"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("${") {
        let end = rest.firstIndex(of: "}") ?? rest.endIndex
        let written = rest[..<end] + (end == rest.endIndex ? "" : "}")
        fill(in: rest[..<end].dropFirst(2), String(written), variables)
        rest = rest[end...].dropFirst()
      } else {
        text += "$"
        rest = rest.dropFirst()
      }
    }
    text += rest
  }

  private mutating func fill(
    in name: Substring, _ written: String, _ variables: Variables
  ) {
    if let value = variables.values[String(name)] {
      text += value
      return
    }
    if variables.faulty?.contains(String(name)) ?? Self.isName(name) {
      isDoubtful = true
      return
    }
    let escape = "for a literal `${`, as in a shell script, write `$${`"
    guard written.hasSuffix("}"), Self.isName(name) else {
      let start = written.prefix(40)
      faults.append(
        Fault(
          written: written, message: "`\(start)` is not the name of a variable", remedy: escape))
      return
    }
    let near = nearest(to: String(name), among: variables.values.keys)
    faults.append(
      Fault(
        written: written, message: "there is no variable `\(name)`",
        remedy: near.map { "did you mean `${\($0)}`? Otherwise \(escape)" }
          ?? "define it in `variables`; \(escape)"))
  }

  /// The pattern of a variable's name.
  static let name = "[A-Za-z_][A-Za-z0-9_-]*"

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.unicodeScalars.first, !("0"..."9").contains(first), first != "-" else {
      return false
    }
    return text.unicodeScalars.allSatisfy {
      $0 == "_" || $0 == "-" || ("a"..."z").contains($0) || ("A"..."Z").contains($0)
        || ("0"..."9").contains($0)
    }
  }
}
