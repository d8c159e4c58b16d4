internal import Commands
internal import Content
internal import Recipes
internal import SystemPackage

/// The set of packages that apt chooses.
struct AptInstallation: Sendable {
  let choices: [AptChoice]

  /// What is asked of apt.
  struct Request: Sendable {
    /// apt's patterns and packages that the base stands for.
    let base: [String]
    let packages: [String]
    /// The recipe's own `.deb` files, by paths that apt takes.
    let foreign: [String: ForeignPackage]
  }

  static func choose(
    _ request: Request, in root: AptRoot, for recipe: Recipe
  ) async throws(ResolutionError) -> AptInstallation {
    let result = try await root.run(
      "apt-get",
      ["install", "-q", "-y", "--print-uris", "--"] + request.base + request.packages
        + request.foreign.keys.sorted())
    guard result.status == 0 else {
      throw try await failure(AptMessages(result), root, recipe)
    }
    let own = Dictionary(
      request.foreign.map { (FilePath($0).lastComponent?.string ?? "", $1) },
      uniquingKeysWith: { first, _ in first })
    let choices = result.output.split(separator: "\n").compactMap {
      AptChoice(line: $0, foreign: own)
    }
    guard !choices.isEmpty else {
      throw ResolutionError(.aptFailed, "name the packages", reason: AptMessages(result).errors)
    }
    return AptInstallation(choices: choices)
  }

  private static func failure(
    _ messages: AptMessages, _ root: AptRoot, _ recipe: Recipe
  ) async throws(ResolutionError) -> ResolutionError {
    let unknown = messages.unknownPackages
    guard !unknown.isEmpty else {
      let explanation = messages.conflict
      return ResolutionError(
        explanation.contains("held broken") || explanation.contains("satisf")
          || explanation.contains("onflict") ? .unsatisfiable : .aptFailed,
        "choose the packages", reason: explanation,
        remedy: "change `packages`, `sources` or `preferences` in the recipe")
    }
    let known = try await root.run("apt-cache", ["pkgnames"]).output.split(separator: "\n")
    var errors: [ResolutionError] = []
    for (request, reason) in unknown {
      let asked = recipe.packages.first {
        $0 == request || $0.hasPrefix(request + "=") || $0.hasPrefix(request + "/")
      }
      let place = asked.flatMap { recipe.place(ofPackage: $0) }
      if known.contains(request[...]) {
        let versions = try await versions(of: request, in: root)
        errors.append(
          ResolutionError(
            .unknownPackage, asked ?? request, reason: reason,
            remedy: "the archive has \(request) in " + versions.joined(separator: ", "),
            place: place))
        continue
      }
      let near = NearNames.of(request, among: known)
      let providers = try await providers(of: request, in: root)
      errors.append(
        ResolutionError(
          .unknownPackage, request, reason: reason,
          remedy: !providers.isEmpty
            ? "name one that provides it: " + providers.joined(separator: ", ")
            : near.isEmpty
              ? "check the name, and that `components` and `sources` hold it"
              : "did you mean \(near.joined(separator: ", "))?", place: place))
    }
    return ResolutionError(errors[0], others: Array(errors.dropFirst()))
  }

  /// Packages that provide a virtual one; some of them where there are many.
  private static func providers(
    of package: String, in root: AptRoot
  ) async throws(ResolutionError) -> [String] {
    let shown = try await root.run("apt-cache", ["showpkg", "--", package]).output
    let lines = shown.split(separator: "\n").drop { !$0.hasPrefix("Reverse Provides:") }.dropFirst()
    return Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) })
      .sorted().prefix(8).map(\.self)
  }

  /// The versions of a package that the index has, the newest first.
  private static func versions(
    of package: String, in root: AptRoot
  ) async throws(ResolutionError) -> [String] {
    let shown = try await root.run("apt-cache", ["show", "--all-versions", "--", package])
    return ControlFile(readByApt: shown.output).stanzas.compactMap { $0["Version"] }
  }
}

extension ResolutionError {
  /// The same error, with what else was found.
  init(_ error: ResolutionError, others: [ResolutionError]) {
    self.init(
      error.code, error.subject, reason: error.reason, remedy: error.remedy, place: error.place,
      others: others, causes: error.causes)
  }
}
