internal import Content
internal import Digests
internal import Fetching
internal import FileSystem
internal import Locks
internal import Recipes
internal import SystemPackage

extension Resolver {
  /// The lock of a recipe that starts from a tarball: the tarball alone. Its packages cannot be
  /// resolved against what it has installed, so such a recipe adds files and steps only.
  func baseLock(
    _ base: Recipe.ForeignFile, _ recipe: Recipe, _ recipeDigest: SHA256Digest, previous: Lock?
  ) async throws(ResolutionError) -> Lock {
    guard recipe.packages.isEmpty, recipe.debs.isEmpty, recipe.python == nil else {
      throw ResolutionError(
        .unsupportedBase, "the packages of a tarball base",
        reason: "kiln cannot see what the tarball has installed",
        remedy: "install packages in a `run` step with `network: true`")
    }
    let (path, digest, size) = try await measure(base, recipe)
    let artifact = Artifact(
      kind: .base, name: path.split(separator: "/").last.map(String.init) ?? path,
      version: String(digest.hex.prefix(12)), architecture: recipe.architecture,
      size: size, sha256: digest, source: "recipe", path: path)
    let isKnown = previous?.artifacts.map(\.sha256) == [digest]
    // A tarball says nothing of its date; the day on which it was first locked stands for it.
    let date = isKnown ? previous?.date ?? now : now - now % 86400
    progress(.finished(.resolve, reused: false))
    return Lock(
      recipe: recipe.name, recipeDigest: recipeDigest, architecture: recipe.architecture,
      date: date, artifacts: [artifact], requested: [])
  }

  private func measure(
    _ base: Recipe.ForeignFile, _ recipe: Recipe
  ) async throws(ResolutionError) -> (path: String, digest: SHA256Digest, size: Int64) {
    switch base.location {
    case .path(let path):
      let file = recipe.directory.pushing(path)
      let content = try resolving("the file \(file)") { () throws(FileError) in
        try FileDigest(of: file)
      }
      if let expected = base.sha256, SHA256Digest(hex: expected) != content.sha256 {
        throw ResolutionError(
          .unsupportedBase, path.string,
          reason: "its SHA-256 is \(content.sha256), and the recipe says \(expected)",
          remedy: "check where the file came from; if it is the right one, change `sha256`")
      }
      return (path.string, content.sha256, content.size)
    case .url(let url):
      guard let digest = base.sha256.flatMap({ SHA256Digest(hex: $0) }) else {
        throw ResolutionError(
          .unsupportedBase, url, remedy: "give the tarball's digest as `sha256`")
      }
      let fetcher = try fetcher(recipe)
      do throws(FetchError) {
        return (url, digest, try await fetcher.fetch(url: url, sha256: digest).size)
      } catch {
        throw ResolutionError(error, url)
      }
    }
  }
}
