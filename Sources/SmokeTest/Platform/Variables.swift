/// Texts by name, in the order in which they came: the environment, or a program's answers.
///
/// A dictionary would bring the standard library's hashing, a twentieth of the program; there are never
/// more than some dozens of these.
public struct Variables: Sendable, ExpressibleByDictionaryLiteral {
  private var names: [String] = []
  private var values: [String] = []

  public init() {}

  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { self[name] = value }
  }

  /// Sets what is given, and leaves what is nothing.
  public subscript(name: String) -> String? {
    @inline(never)
    get { names.firstIndex(of: name).map { values[$0] } }
    @inline(never)
    set {
      guard let newValue else { return }
      if let index = names.firstIndex(of: name) {
        values[index] = newValue
      } else {
        names.append(name)
        values.append(newValue)
      }
    }
  }

  /// The value of `name`, empty where it has none.
  @inline(never)
  public func text(_ name: String) -> String { self[name] ?? "" }

  /// `NAME=value`, each as a process gets it.
  public var assignments: [String] { names.indices.map { names[$0] + "=" + values[$0] } }

  /// Takes one of those, if it is one.
  @inline(never)
  public mutating func take(_ assignment: String) {
    guard let name = assignment.before("=") else { return }
    self[name] = assignment.after(name + "=") ?? ""
  }
}
