import Diagnostics
import YAML

/// How a value of a recipe looks and how it is read: one definition from which the decoder, its
/// messages, the JSON Schema and the reference all come.
struct Definition<Value: Sendable>: Sendable {
  let shape: Shape
  /// Reads a node; reports what is wrong with it and returns nil then.
  let decode: @Sendable (Node, inout Decoding) -> Value?
}

/// A key of a mapping, and where its value goes.
struct Key<Owner>: Sendable {
  let shape: Shape.Key
  let decode: @Sendable (Node, inout Decoding, inout Owner) -> Void

  /// - Parameters:
  ///   - fallback: is decoded as if it stood there where the key is absent.
  ///   - computed: tells what holds then, where other values decide it.
  init<Value>(
    _ name: String, _ summary: String, _ definition: Definition<Value>, required: Bool = false,
    fallback: JSONValue? = nil, computed: String? = nil,
    set: @escaping @Sendable (inout Owner, Value) -> Void
  ) {
    shape = Shape.Key(
      name: name, summary: summary, shape: definition.shape, isRequired: required,
      fallback: fallback, computed: computed)
    decode = { node, decoding, owner in
      guard let value = definition.decode(node, &decoding) else { return }
      set(&owner, value)
    }
  }
}

extension Definition {
  /// The same shape, with one more step that may report a problem.
  func then<Result: Sendable>(
    _ transform: @escaping @Sendable (Value, Node, inout Decoding) -> Result?
  ) -> Definition<Result> {
    Definition<Result>(shape: shape) { node, decoding in
      guard let value = decode(node, &decoding) else { return nil }
      return transform(value, node, &decoding)
    }
  }

  func map<Result: Sendable>(
    _ transform: @escaping @Sendable (Value) -> Result
  ) -> Definition<Result> {
    then { value, _, _ in transform(value) }
  }

  /// A mapping with known keys.
  ///
  /// - Parameter initial: what the keys are set in; keys that are required or have a fallback
  ///   replace what it holds.
  static func object(
    _ initial: Value, example: String = "", exactlyOne: [[String]] = [],
    requires: [String: String] = [:], refused: [String: String] = [:],
    otherNames: [String: String] = [:], _ keys: [Key<Value>]
  ) -> Definition {
    let shape = Shape.Object(
      keys: keys.map(\.shape), exactlyOne: exactlyOne, requires: requires, refused: refused,
      otherNames: otherNames, example: example)
    return Definition(shape: .object(shape)) { node, decoding in
      guard let entries = node.mapping else {
        decoding.reportType(of: node, .object(shape))
        return nil
      }
      let problems = decoding.problems
      var value = initial
      decoding.checkKeys(entries, of: node, shape)
      for key in keys {
        decoding.within(key.shape.name) { decoding in
          if let entry = entries.first(where: { $0.key == key.shape.name }) {
            decoding.places[decoding.path] = entry.value.place
            key.decode(entry.value, &decoding, &value)
          } else if let fallback = key.shape.fallback {
            key.decode(Node(fallback, at: node.place), &decoding, &value)
          }
        }
      }
      // The whole recipe is looked at for contradictions even when a part of it is wrong.
      return decoding.problems == problems || decoding.path.isEmpty ? value : nil
    }
  }
}

extension Definition {
  static func list<Item>(_ item: Definition<Item>) -> Self where Value == [Item] {
    Definition(shape: .list(item.shape)) { node, decoding in
      guard let nodes = node.sequence else {
        decoding.reportType(of: node, .list(item.shape))
        return nil
      }
      var items: [Item] = []
      // After one that is wrong, the numbers fit the file and no longer the result, of which nothing is
      // looked at then.
      for (index, node) in nodes.enumerated() {
        decoding.within(index: index) { decoding in
          decoding.places[decoding.path] = node.place
          if let value = item.decode(node, &decoding) { items.append(value) }
        }
      }
      return items
    }
  }

  static func map<Item>(
    keys: Shape.Text, _ item: Definition<Item>
  ) -> Self where Value == [String: Item] {
    Definition(shape: .map(keys: keys, values: item.shape)) { node, decoding in
      guard let entries = node.mapping else {
        decoding.reportType(of: node, .map(keys: keys, values: item.shape))
        return nil
      }
      var items: [String: Item] = [:]
      for entry in entries {
        decoding.within(entry.key) { decoding in
          guard decoding.matches(entry.key, keys) else {
            decoding.report(
              .badValue, at: entry.keyPlace,
              "the key \(decoding.quoted(entry.key)) must be "
                + decoding.demand(of: keys, on: entry.key))
            return
          }
          decoding.places[decoding.path] = entry.value.place
          items[entry.key] = item.decode(entry.value, &decoding)
        }
      }
      return items
    }
  }
}

extension Node {
  /// A value of a definition as if it had been written at `place`.
  fileprivate init(_ value: JSONValue, at place: Diagnostic.Place) {
    switch value {
    case .boolean(let value):
      self.init(.scalar(Scalar("\(value)", isPlain: true)), at: place)
    case .integer(let value):
      self.init(.scalar(Scalar("\(value)", isPlain: true)), at: place)
    case .string(let text): self.init(.scalar(Scalar(text, isPlain: false)), at: place)
    case .array(let items): self.init(.sequence(items.map { Node($0, at: place) }), at: place)
    case .object(let members):
      self.init(
        .mapping(
          members.map { .init(key: $0.name, keyPlace: place, value: Node($0.value, at: place)) }),
        at: place)
    }
  }
}
