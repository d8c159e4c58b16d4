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
    _ base: Recipe.ForeignFile, _ recipe: Recipe, _ digests: ResolutionDigests, previous: Lock?
  ) async throws(ResolutionError) -> Lock {
    guard recipe.packages.isEmpty, recipe.debs.isEmpty, recipe.python == nil else {
      throw ResolutionError(
        .unsupportedBase, "the packages of a tarball base",
        reason: "kiln cannot see what the tarball has installed",
        remedy: "install packages in a `run` step with `network: true`")
    }
    guard recipe.archiveRequirements.isEmpty else {
      throw ResolutionError(
        .unsupportedBase, "the wheels of `files`",
        reason: "kiln cannot see which Python the tarball has, and so not which wheel fits",
        remedy: "name the wheel's file as `archive`")
    }
    let artifacts =
      [try await foreignArtifact(.base, base, recipe)] + (try await foreignArchives(recipe))
    let isKnown = previous?.artifacts.map(\.sha256) == artifacts.map(\.sha256)
    // A tarball says nothing of its date; the day on which it was first locked stands for it.
    let date = isKnown ? previous?.date ?? now : now - now % 86400
    return Lock(
      recipe: recipe.name, recipeDigest: digests.whole, architecture: recipe.architecture,
      date: date, artifacts: artifacts, requested: [], recipeParts: digests.parts)
  }

  /// A file that the recipe names by its path or URL.
  func foreignArtifact(
    _ kind: Artifact.Kind, _ file: Recipe.ForeignFile, _ recipe: Recipe
  ) async throws(ResolutionError) -> Artifact {
    let (path, digest, size) = try await measure(file, recipe)
    return Artifact(
      kind: kind, name: Self.fileName(path), version: String(digest.hex.prefix(12)),
      architecture: kind == .base ? recipe.architecture : nil, size: size, sha256: digest,
      source: "recipe", path: path)
  }

  /// The last component of a path or URL, as a name that a lock can hold.
  private static func fileName(_ path: String) -> String {
    let last = path.prefix { !"?#".contains($0) }.split(separator: "/").last ?? "file"
    let name = last.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "+-._".contains(character))
        ? String(character) : "-"
    }.joined()
    return name.hasPrefix(".") ? "file" + name : name
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
          .foreignFile, path.string,
          reason: "its SHA-256 is \(content.sha256), and the recipe says \(expected)",
          remedy: "check where the file came from; if it is the right one, change `sha256`")
      }
      return (path.string, content.sha256, content.size)
    case .url(let url):
      guard let digest = base.sha256.flatMap({ SHA256Digest(hex: $0) }) else {
        throw ResolutionError(
          .foreignFile, url, remedy: "give the file's digest as `sha256`")
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
