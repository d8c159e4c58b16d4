/// The JSON Schema of recipes, for editors: draft 2020-12.
///
/// It says all that can be said of one file without looking at others and without comparing
/// values; the reader alone knows files, variables, duplicates and contradictions.
public enum RecipeSchema {
  /// The schema as JSON text, with a line break at its end.
  ///
  /// - Parameter identifier: its `$id`; none where it is nil.
  public static func json(identifier: String? = nil) -> String {
    var members: [JSONValue.Member] = [
      .init(name: "$schema", value: "https://json-schema.org/draft/2020-12/schema")
    ]
    if let identifier { members.append(.init(name: "$id", value: .string(identifier))) }
    members += [
      .init(name: "title", value: "kiln recipe"),
      .init(name: "description", value: "What goes into a WSL 2 distribution; kiln builds it."),
    ]
    if case .object(let object) = Recipe.definition.shape {
      members += object.properties(inItem: false)
      members += object.demandsOfARecipe
    }
    members.append(.init(name: "$defs", value: ["variable": variable]))
    return JSONValue.object(members).pretty() + "\n"
  }

  /// What may stand in place of any value that is more than free text.
  private static let variable: JSONValue = [
    "type": "string", "description": "A text with variables.",
    "pattern": .string("\\$\\{\(Expansion.name)\\}"),
  ]

  static func orVariable(_ schema: [JSONValue.Member]) -> [JSONValue.Member] {
    [
      .init(
        name: "anyOf", value: [.object(schema), ["$ref": "#/$defs/variable"]])
    ]
  }
}

extension Shape {
  /// - Parameter inItem: within an item of a list, which no extended recipe can complete.
  fileprivate func schema(inItem: Bool) -> [JSONValue.Member] {
    switch self {
    case .text(let text): text.schema(types: "string")
    case .spelling(let text): text.schema(types: ["string", "number", "boolean"])
    case .integer(let range):
      RecipeSchema.orVariable([
        .init(name: "type", value: "integer"),
        .init(name: "minimum", value: .integer(range.lowerBound)),
        .init(name: "maximum", value: .integer(range.upperBound)),
      ])
    case .boolean: RecipeSchema.orVariable([.init(name: "type", value: "boolean")])
    case .list(let item):
      [
        .init(name: "type", value: "array"),
        .init(name: "items", value: .object(item.schema(inItem: true))),
      ]
    case .map(let keys, let values):
      [
        .init(name: "type", value: "object"),
        .init(name: "propertyNames", value: .object(keys.limits)),
        .init(name: "additionalProperties", value: .object(values.schema(inItem: inItem))),
      ]
    case .object(let object): object.properties(inItem: inItem) + (inItem ? object.demands : [])
    }
  }
}

extension Shape.Text {
  fileprivate var limits: [JSONValue.Member] {
    var members = [JSONValue.Member(name: "pattern", value: .string("^(?:\(pattern))$"))]
    if let longest { members.append(.init(name: "maxLength", value: .integer(longest))) }
    return members
  }

  fileprivate func schema(types: JSONValue) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [.init(name: "type", value: types)]
    if choices.isEmpty {
      members += limits
    } else {
      members.append(.init(name: "enum", value: .array(choices.map(JSONValue.string))))
    }
    return isConstrained ? RecipeSchema.orVariable(members) : members
  }
}

extension Shape.Object {
  fileprivate func properties(inItem: Bool) -> [JSONValue.Member] {
    let properties = keys.map { key in
      var members: [JSONValue.Member] = [
        .init(name: "description", value: .string(key.summary))
      ]
      members += key.shape.schema(inItem: inItem)
      if let fallback = key.fallback { members.append(.init(name: "default", value: fallback)) }
      return JSONValue.Member(name: key.name, value: .object(members))
    }
    return [
      .init(name: "type", value: "object"),
      .init(name: "properties", value: .object(properties)),
      .init(name: "additionalProperties", value: false),
    ]
  }

  /// Which keys must be there, apart from what they hold.
  fileprivate var demands: [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    let required = keys.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { members.append(.init(name: "required", value: .array(required))) }
    let alternatives = exactlyOne.map { group in
      JSONValue.object([
        .init(name: "oneOf", value: .array(group.map { ["required": [.string($0)]] }))
      ])
    }
    if let only = alternatives.first, alternatives.count == 1, case .object(let oneOf) = only {
      members += oneOf
    } else if !alternatives.isEmpty {
      members.append(.init(name: "allOf", value: .array(alternatives)))
    }
    if !requires.isEmpty {
      let needs = requires.sorted { $0.key < $1.key }.map {
        JSONValue.Member(name: $0.key, value: [.string($0.value)])
      }
      members.append(.init(name: "dependentRequired", value: .object(needs)))
    }
    return members
  }

  /// The same with that of the mappings below, lists apart.
  private var allDemands: [JSONValue.Member] {
    let below = keys.compactMap { key -> JSONValue.Member? in
      guard case .object(let object) = key.shape else { return nil }
      let demands = object.allDemands
      return demands.isEmpty ? nil : .init(name: key.name, value: .object(demands))
    }
    return demands + (below.isEmpty ? [] : [.init(name: "properties", value: .object(below))])
  }

  /// A recipe that extends another may leave to it whatever does not name the recipe itself.
  fileprivate var demandsOfARecipe: [JSONValue.Member] {
    [
      .init(name: "required", value: ["recipe", "name"]),
      .init(name: "if", value: ["not": ["required": ["extends"]]]),
      .init(name: "then", value: .object(allDemands)),
      .init(name: "dependentRequired", value: ["remove": ["extends"]]),
    ]
  }
}
