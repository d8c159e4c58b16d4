public import Comparison
internal import Content
public import Digests
internal import Fetching
internal import FileSystem
internal import Images
internal import Locks
internal import Mirrors
internal import Recipes
internal import Store
public import SystemPackage

/// What a second build of an image gave.
public struct RebuildReport: Hashable, Codable, Sendable {
  public let image: String
  public let recipe: String
  /// Of the image as it stands.
  public let sha256: SHA256Digest
  public let rebuilt: SHA256Digest
  /// Names of files beside the image that came out otherwise.
  public let companions: [String]
  /// nil where the images are the same.
  public let difference: ImageDifference?

  public var isSame: Bool { sha256 == rebuilt && companions.isEmpty }
}

extension Builder {
  /// Builds an image again from the recipe and the lock that its manifest names by their digests, and
  /// compares. Nothing but the artifacts is taken from the store: every script runs again.
  ///
  /// - Parameters:
  ///   - recipe: nil looks for `<name>.yaml` in `folders`.
  ///   - folders: where recipes may be.
  public func rebuild(
    _ image: FilePath, recipe: FilePath?, in folders: [FilePath], variables: [String: String]
  ) async throws(BuildError) -> RebuildReport {
    let manifest = try ImageInspection.manifest(of: image)
    let path = try Self.recipe(recipe, of: manifest, image, in: folders)
    let lock = try self.lock(of: manifest, path, variables)
    // Downloads go to the store of the user, where they are of use later.
    _ = try await prepare(
      recipe: path, variables: variables, locked: true, progress: settings.progress)
    return try await store.withScratch(failure: { BuildError($0, in: image.string) }) {
      (scratch) async throws(BuildError) -> RebuildReport in
      let output = scratch.appending("images")
      let builder = try await self.builder(for: manifest, lock, scratch.appending("store"))
      let summary = try await builder.build(
        BuildRequest(
          recipe: path, variables: variables, output: output, locked: true,
          format: manifest.flavour == .fromFile ? .tarGzip : manifest.image.format,
          compression: manifest.image.compression))
      let name = manifest.image.file
      guard
        let made = summary.images.first(where: { FilePath($0.path).lastComponent?.string == name })
      else {
        throw BuildError(
          .otherInputs, path.string, "the recipe makes no \(name) any more",
          remedy: "name the recipe that the image was built from with --recipe")
      }
      return try await compare(image, FilePath(made.path), path)
    }
  }

  private static func recipe(
    _ named: FilePath?, of manifest: Manifest, _ image: FilePath, in folders: [FilePath]
  ) throws(BuildError) -> FilePath {
    if let named { return named }
    let places = [image.removingLastComponent()] + folders
    let paths = places.map { $0.appending("\(manifest.name).yaml") }
    guard let path = paths.first(where: { Files.exists($0) }) else {
      throw BuildError(
        .recipeNotFound, image.string, "the recipe of the image is not found",
        reason: "looked for " + paths.map(\.string).joined(separator: ", "),
        remedy: "name it with --recipe")
    }
    return path
  }

  /// The lock, which must be the very one that the image was built from.
  private func lock(
    of manifest: Manifest, _ path: FilePath, _ variables: [String: String]
  ) throws(BuildError) -> Lock {
    let recipe = try Self.recipe(path, variables: variables)
    guard let lock = try freshLock(path, recipe, locked: true),
      lock.recipeDigest == manifest.recipeDigest, try lockDigest(path) == manifest.lockDigest
    else {
      throw BuildError(
        .otherInputs, path.string, "the image was built from another recipe or lock",
        reason: "its manifest says that the lock's digest was \(manifest.lockDigest)",
        remedy: "check out the recipe and the lock of that build, and name them with --recipe")
    }
    return lock
  }

  /// A builder with a store that has the lock's artifacts and nothing else.
  private func builder(
    for manifest: Manifest, _ lock: Lock, _ path: FilePath
  ) async throws(BuildError) -> Builder {
    var settings = settings
    settings.store = path
    settings.offline = true
    settings.environment["SOURCE_DATE_EPOCH"] = String(manifest.sourceDateEpoch)
    let builder = try Builder(settings, tool: tool)
    for artifact in lock.artifacts {
      guard let file = store.artifact(artifact.sha256) else { continue }
      do throws(StoreError) {
        try await builder.store.link(file, as: artifact.sha256)
      } catch {
        throw BuildError(error, in: artifact.name)
      }
    }
    return builder
  }

  private func compare(
    _ image: FilePath, _ made: FilePath, _ recipe: FilePath
  ) async throws(BuildError) -> RebuildReport {
    let digests: (SHA256Digest, SHA256Digest)
    var companions: [String] = []
    do throws(FileError) {
      digests = (try FileDigest(of: image).sha256, try FileDigest(of: made).sha256)
      let start = made.lastComponent?.string ?? ""
      for name in try Files.entries(made.removingLastComponent()) where name.hasPrefix("\(start).")
      {
        // The image may have another name by now; what follows it has not.
        let ending = name.dropFirst(start.count)
        let (own, other) = (FilePath(image.string + ending), FilePath(made.string + ending))
        guard Files.exists(own), try FileDigest(of: own) != FileDigest(of: other) else { continue }
        companions.append(own.lastComponent?.string ?? "")
      }
    } catch {
      throw BuildError(error, in: image.string)
    }
    return RebuildReport(
      image: image.string, recipe: recipe.string, sha256: digests.0, rebuilt: digests.1,
      companions: companions,
      difference: digests.0 == digests.1
        ? nil : try await ImageInspection.difference(image, made))
  }
}
