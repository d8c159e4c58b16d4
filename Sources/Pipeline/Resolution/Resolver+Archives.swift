internal import Content
internal import Locks
internal import Recipes

extension Resolver {
  /// What the recipe's `files` take files out of: wheels by name, then the recipe's own archives.
  ///
  /// - Returns: with the date of the newest wheel's upload, 0 where there is none.
  func archives(
    of recipe: Recipe, _ packages: AptPackages, pins: [Artifact]
  ) async throws(ResolutionError) -> (artifacts: [Artifact], date: Int64) {
    let own = try await foreignArchives(recipe)
    let requirements = recipe.archiveRequirements
    guard !requirements.isEmpty else { return (own, 0) }
    let python = Recipe.Python(
      venv: "", requirements: requirements, wheels: [], index: recipe.python?.index)
    do throws(ResolutionError) {
      let wheels = try await pythonResolution(recipe, python, packages, for: .files)
        .resolve(pins: pins.filter(\.isInIndex), known: pins)
      return (wheels.artifacts + own, wheels.date)
    } catch {
      let place = error.place ?? recipe.place(ofWheelIn: error.subject + (error.reason ?? ""))
      throw ResolutionError(
        error.code, error.subject, reason: error.reason, remedy: error.remedy, place: place,
        others: error.others, causes: error.causes)
    }
  }

  func foreignArchives(_ recipe: Recipe) async throws(ResolutionError) -> [Artifact] {
    var artifacts: [Artifact] = []
    for file in recipe.archiveFiles {
      artifacts.append(try await foreignArtifact(.archive, file, recipe))
    }
    return artifacts
  }
}
