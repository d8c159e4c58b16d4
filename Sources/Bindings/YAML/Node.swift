public import Diagnostics

/// A value of a YAML document, with the place where it stands.
public struct Node: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case scalar(Scalar)
    case sequence([Node])
    case mapping([Entry])
  }

  /// One key of a mapping with its value.
  public struct Entry: Hashable, Sendable {
    public let key: String
    public let keyPlace: Diagnostic.Place
    public let value: Node

    public init(key: String, keyPlace: Diagnostic.Place, value: Node) {
      self.key = key
      self.keyPlace = keyPlace
      self.value = value
    }
  }

  public let content: Content
  /// Where the value begins; its excerpt is that line.
  public let place: Diagnostic.Place

  public init(_ content: Content, at place: Diagnostic.Place) {
    self.content = content
    self.place = place
  }
}

extension Node {
  public var scalar: Scalar? {
    guard case .scalar(let scalar) = content else { return nil }
    return scalar
  }

  public var sequence: [Node]? {
    guard case .sequence(let items) = content else { return nil }
    return items
  }

  /// The entries in the order of the file; keys are unique.
  public var mapping: [Entry]? {
    guard case .mapping(let entries) = content else { return nil }
    return entries
  }

  /// The value of a key; nil where there is none or this is no mapping.
  public subscript(key: String) -> Node? { mapping?.first { $0.key == key }?.value }
}
