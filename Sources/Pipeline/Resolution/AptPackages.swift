internal import Commands
internal import Content
internal import Digests
internal import Locks
internal import Recipes
internal import SystemPackage

/// The packages of a resolution.
struct AptPackages: Sendable {
  let artifacts: [Artifact]
  /// The newest Release file's day, seconds since 1970.
  let date: Int64
  let graph: PackageGraph
  /// Why locked packages that were to stay have other versions now.
  var departures: [Artifact: LockDifference.Departure] = [:]

  /// The version of a package of the set, or nil.
  func version(_ name: String) -> String? { artifacts.first { $0.name == name }?.version }
}

extension AptInstallation {
  /// The chosen packages as artifacts, sorted by name.
  ///
  /// - Parameter foreign: the recipe's own `.deb` files.
  func packages(
    in root: AptRoot, foreign: [ForeignPackage], recipe: Recipe
  ) async throws(ResolutionError) -> AptPackages {
    let own = { (choice: AptChoice) in foreign.first { $0.isChosen(as: choice) } }
    let indexed = choices.filter { own($0) == nil }
    let shown = try await root.run("apt-cache", ["show", "--"] + indexed.map(\.query))
    var byDigest: [String: ControlFile.Stanza] = [:]
    for stanza in ControlFile(readByApt: shown.output).stanzas {
      if let digest = stanza["SHA256"] { byDigest[digest] = stanza }
    }
    var artifacts: [Artifact] = []
    var stanzas: [String: ControlFile.Stanza] = [:]
    for choice in choices {
      if let file = own(choice) {
        stanzas[choice.name] = file.stanza
        artifacts.append(file.artifact)
        continue
      }
      guard let digest = choice.sha256, let stanza = byDigest[digest.hex] else {
        throw ResolutionError(
          .noDigest, "\(choice.name) \(choice.version)",
          remedy: "kiln needs a repository that publishes SHA-256 digests")
      }
      stanzas[choice.name] = stanza
      artifacts.append(try artifact(choice, digest, stanza, root))
    }
    let graph = PackageGraph(stanzas, recommends: recipe.recommends)
    return AptPackages(
      artifacts: artifacts.map { $0.with(dependencies: graph.dependencies[$0.name] ?? []) }
        .sorted {
          ($0.name, $0.architecture?.rawValue ?? "") < ($1.name, $1.architecture?.rawValue ?? "")
        },
      date: try root.date(), graph: graph)
  }

  private func artifact(
    _ choice: AptChoice, _ digest: SHA256Digest, _ stanza: ControlFile.Stanza, _ root: AptRoot
  ) throws(ResolutionError) -> Artifact {
    let uri = Percent.decoded(choice.uri)
    guard let (source, path) = root.location(uri) else {
      throw ResolutionError(
        .aptFailed, "name the source of \(choice.name)", reason: "it would fetch \(uri)")
    }
    guard let size = stanza["Size"].flatMap({ Int64($0) }) else {
      throw ResolutionError(.noDigest, choice.name, reason: "the index has no size of it")
    }
    return Artifact(
      kind: .package, name: choice.name, version: choice.version,
      architecture: Architecture(rawValue: choice.architecture), size: size, sha256: digest,
      source: source, path: path,
      installedSize: stanza.installedSize)
  }
}

extension AptRoot {
  /// The source that a URI of apt's belongs to, with the path relative to its base: that of the
  /// longest base that fits, the first of several.
  func location(_ uri: String) -> (source: String, path: String)? {
    let bases = suites.map { (source: $0.source, base: Percent.decoded($0.base(attempt)) + "/") }
    let fitting = bases.filter { uri.hasPrefix($0.base) }
    guard let longest = fitting.map(\.base.count).max(),
      let found = fitting.first(where: { $0.base.count == longest })
    else { return nil }
    let path = uri.dropFirst(found.base.count).split(separator: "/").filter { $0 != "." }
    return (found.source, path.joined(separator: "/"))
  }
}

extension Artifact {
  /// The same artifact with what it needs.
  func with(dependencies: [String]) -> Artifact {
    Artifact(
      kind: kind, name: name, version: version, architecture: architecture, size: size,
      sha256: sha256, source: source, path: path, installedSize: installedSize,
      dependencies: dependencies)
  }
}
