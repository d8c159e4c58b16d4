internal import Images
internal import Recipes
internal import SystemPackage

extension Builder {
  /// Reads the recipes of one run before any work, and refuses two that write the same file: the
  /// later image would take the place of the earlier one.
  public static func check(_ requests: [BuildRequest]) throws(BuildError) {
    var makers: [FilePath: FilePath] = [:]
    for request in requests {
      let recipe = try recipe(request.recipe, variables: request.variables)
      let targets = targets(request, recipe)
      guard Set(targets.map(\.path)).count == targets.count else {
        throw BuildError(
          .sameName, request.recipe.string,
          "both images of the recipe would be \(recipe.name).\(request.format.rawValue)",
          reason: "the one for `wsl --install --from-file` is always a .wsl",
          remedy: "choose another --format for the one for `wsl --import`")
      }
      for (_, _, target) in targets {
        guard let other = makers.updateValue(request.recipe, forKey: target) else { continue }
        throw BuildError(
          .sameName, request.recipe.string, "two recipes of this run write \(target)",
          reason: other == request.recipe
            ? "the recipe is named twice" : "\(other) has the same `name`: \(recipe.name)",
          remedy: "change one `name`, or build them in two runs with different --output")
      }
    }
  }

  /// The files that a build writes, by the recipe's flavours.
  static func targets(
    _ request: BuildRequest, _ recipe: Recipe
  ) -> [(flavour: WSLSettings.Flavour, format: ImageFormat, path: FilePath)] {
    recipe.wsl.install.map { flavour in
      let format = request.format(of: flavour)
      return (flavour, format, request.output.appending("\(recipe.name).\(format.rawValue)"))
    }
  }
}
