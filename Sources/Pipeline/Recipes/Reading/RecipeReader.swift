import Diagnostics
public import SystemPackage
import YAML

/// Reads recipe files.
public struct RecipeReader: Sendable {
  private let settings: [String: String]

  /// - Parameter set: values of variables, that replace those in the recipe.
  public init(set settings: [String: String] = [:]) { self.settings = settings }

  /// Reads a recipe with all that it extends.
  ///
  /// - Throws: ``RecipeError`` with everything that is wrong in its files.
  public func read(_ path: FilePath) throws(RecipeError) -> Recipe {
    let folder = path.removingLastComponent()
    var loading = Loading(directory: folder.isEmpty ? "." : folder)
    guard let tree = loading.load(path, folder: "", extending: []) else {
      throw RecipeError(loading.diagnostics)
    }
    var decoding = Decoding(directory: loading.directory, files: loading.files, variables: nil)
    decoding.variables = variables(of: tree, path, &decoding)
    let recipe = Recipe.definition.decode(tree.without(["variables"]), &decoding)
    if let recipe { decoding.checkContradictions(recipe) }
    let diagnostics = loading.diagnostics + decoding.diagnostics
    guard var recipe, diagnostics.isEmpty else {
      throw RecipeError(diagnostics.inOrderOfPlaces(of: path.string))
    }
    recipe.directory = loading.directory
    recipe.places = decoding.places
    recipe.places.digests = loading.files.mapValues(\.digest)
    return recipe
  }

  private func variables(
    of tree: Node, _ path: FilePath, _ decoding: inout Decoding
  ) -> Variables {
    var variables = Variables()
    if let node = tree["variables"] {
      decoding.within("variables") {
        variables.values = Recipe.variables.decode(node, &$0) ?? [:]
      }
      variables.faulty = node.mapping.map {
        Set($0.map(\.key)).subtracting(variables.values.keys)
      }
    }
    let names = variables.values.keys.sorted()
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      if variables.values[name] == nil, variables.faulty?.contains(name) == false {
        let near = nearest(to: name, among: names)
        decoding.report(
          .unknownSetting, at: .init(file: path.string),
          "the recipe has no variable `\(name)` to set",
          reason: names.isEmpty
            ? "it has no `variables`" : "it has: " + names.joined(separator: ", "),
          remedy: near.map { "did you mean `--set \($0)=…`?" })
      }
      variables.values[name] = value
    }
    return variables
  }
}

extension [Diagnostic] {
  /// Sorted as one reads: the file itself first, then those that it extends, each from its top.
  fileprivate func inOrderOfPlaces(of file: String) -> [Diagnostic] {
    func position(_ diagnostic: Diagnostic) -> (Int, String, Int, Int) {
      let place = diagnostic.place
      return (
        place?.file == file ? 0 : 1, place?.file ?? "", place?.line ?? 0, place?.column ?? 0
      )
    }
    // The sort is stable only by the offset.
    return enumerated().sorted {
      let (left, right) = (position($0.element), position($1.element))
      return left == right ? $0.offset < $1.offset : left < right
    }.map(\.element)
  }
}
