public import Comparison
internal import Content
internal import FileSystem
public import Images
internal import Locks
internal import Recipes
public import Rootfs
public import SystemPackage

/// What the next build of a recipe makes, and why.
public struct RecipeExplanation: Hashable, Codable, Sendable {
  public let recipe: String
  /// In the order of the build.
  public let layers: [LayerExplanation]

  public init(recipe: String, layers: [LayerExplanation]) {
    self.recipe = recipe
    self.layers = layers
  }
}

extension Builder {
  /// Says of each layer of a recipe whether the next build makes it, and what changed; resolves where
  /// the lock is absent or stale, and writes nothing.
  public func explain(
    recipe path: FilePath, variables: [String: String]
  ) async throws(BuildError) -> RecipeExplanation {
    let recipe = try read(path, variables: variables, progress: settings.progress)
    let lock = try await plannedLock(path, recipe)
    let planner = try rootfsBuilder(recipe, lock) { _ in }
    let layers = try await staged(recipe.name) { () async throws(RootfsError) in
      try await planner.explain(recipe, lock: lock, artifacts: held(lock))
    }
    return RecipeExplanation(recipe: recipe.name, layers: layers)
  }
}

extension ImageInspection {
  /// Says why a path is in an image, from the manifest beside it.
  public static func explain(
    _ path: String, in image: FilePath
  ) throws(BuildError) -> PathExplanation {
    let manifest = try manifest(of: image)
    do throws(ComparisonError) { return try PathExplanation(of: path, in: manifest) } catch {
      throw BuildError(error, in: image.string)
    }
  }

  /// Writes a page about an image, from the manifest beside it.
  public static func writeMap(
    _ page: (Manifest) -> String, of image: FilePath, to target: FilePath
  ) throws(BuildError) {
    let text = page(try manifest(of: image))
    do throws(FileError) {
      var file = try AtomicFile.create(target)
      try file.write(text)
      try file.publish()
    } catch {
      throw BuildError(error, in: target.string)
    }
  }

  /// Compares two images, or manifests, or one of each.
  public static func difference(
    _ first: FilePath, _ second: FilePath
  ) async throws(BuildError) -> ImageDifference {
    do throws(ComparisonError) { return try await ImageDifference.between(first, second) } catch {
      throw BuildError(error, in: error.subject)
    }
  }
}
