internal import Commands
internal import Content
internal import FileSystem
internal import Locks
internal import Mirrors
internal import Recipes
internal import Store
internal import SystemPackage

/// One resolution of a recipe's packages.
struct AptResolution: Sendable {
  let recipe: Recipe
  let distribution: AptDistribution
  let suites: [AptSuite]
  let foreign: [ForeignPackage]
  /// Packages whose versions are asked to change; others may where these need it.
  let updated: [String]
  let store: Store
  /// How this machine reaches archives.
  let aptSettings: [AptSetting]
  /// `PATH` and proxies.
  let environment: [String: String]
  let progress: ProgressSink

  /// - Parameter pins: versions to keep where they are still to be had.
  func resolve(pins: [Artifact]) async throws(ResolutionError) -> AptPackages {
    try checkRequests()
    return try await tryingMirrors(suites.map(\.bases.count).max() ?? 1) {
      (attempt) async throws(ResolutionError) in
      try await resolve(pins: pins, attempt: attempt, suites)
    }
  }

  private func resolve(
    pins: [Artifact], attempt: Int, _ suites: [AptSuite]
  ) async throws(ResolutionError) -> AptPackages {
    let root = try await AptRoot.open(suites, attempt: attempt, settings)
    do throws(ResolutionError) {
      try await root.update()
    } catch {
      let rest = suites.filter { !($0.isOptional && error.concerns($0, attempt)) }
      guard error.code == .suiteMissing, rest.count < suites.count else { throw error }
      progress(
        .noticed(
          code: ResolutionError.Notice.updatesMissing.rawValue,
          message: "the mirror has no updates suite: \(error.subject); going on without it"))
      return try await resolve(pins: pins, attempt: attempt, rest)
    }
    return try await choose(root, keeping: try await permitted(pins, in: root))
  }

  /// Chooses with as many of the pins as can stay: kept versions whose partners have gone from the
  /// index, or have to be newer for what is updated, can contradict each other.
  private func choose(
    _ root: AptRoot, keeping pins: [Artifact]
  ) async throws(ResolutionError) -> AptPackages {
    let placed = try root.place(foreign)
    try root.write(preferences: preferences(pins: pins))
    do throws(ResolutionError) {
      return try await choose(root, placed, pins)
    } catch {
      guard error.code == .unsatisfiable, !pins.isEmpty else { throw error }
      var last = error
      for kept in try await fewer(pins, in: root) {
        try root.write(preferences: preferences(pins: kept))
        do throws(ResolutionError) {
          let packages = try await choose(root, placed, pins)
          tellOfRelief(kept)
          return packages
        } catch {
          guard error.code == .unsatisfiable else { throw error }
          last = error
        }
      }
      throw last
    }
  }

  private func tellOfRelief(_ kept: [Artifact]) {
    let what =
      kept.isEmpty
      ? "every package may change" : "what belongs to \(updated.joined(separator: ", ")) may change"
    progress(
      .noticed(
        code: ResolutionError.Notice.olderVersionsGone.rawValue,
        message: "the locked versions no longer fit together; \(what)"))
  }

  /// The pins to try where not all can stay, one after the other.
  private func fewer(
    _ pins: [Artifact], in root: AptRoot
  ) async throws(ResolutionError) -> [[Artifact]] {
    let names = Set(pins.map(\.name)).union(updated).sorted()
    let shown = try await root.run("apt-cache", ["show", "--all-versions", "--"] + names)
    return PinRelief(ControlFile(readByApt: shown.output).stanzas, recommends: recipe.recommends)
      .tries(pins, updated: updated)
  }

  /// The pins without those that the recipe's preferences now forbid: one that names a package and
  /// its version would count for more than they do.
  private func permitted(
    _ pins: [Artifact], in root: AptRoot
  ) async throws(ResolutionError) -> [Artifact] {
    guard !pins.isEmpty, recipe.preferences.contains(where: { $0.priority < 0 }) else {
      return pins
    }
    let name = { (pin: Artifact) in
      let foreign = pin.architecture.flatMap { $0 == recipe.architecture ? nil : $0 }
      return pin.name + (foreign.map { ":\($0.rawValue)" } ?? "")
    }
    try root.write(preferences: preferences(pins: []))
    let shown = try await root.run("apt-cache", ["policy", "--"] + Set(pins.map(name)).sorted())
    let policy = AptPolicy(shown.output)
    return pins.filter { !policy.forbids(name($0), $0.version) }
  }

  /// - Parameters:
  ///   - placed: the recipe's own packages, where apt takes them.
  ///   - pins: packages whose other versions are to be explained.
  private func choose(
    _ root: AptRoot, _ placed: [String: ForeignPackage], _ pins: [Artifact]
  ) async throws(ResolutionError) -> AptPackages {
    let installation = try await AptInstallation.choose(
      .init(
        base: distribution.basePackages(foreign: Array(architectures.dropFirst())),
        packages: recipe.packages, foreign: placed),
      in: root, for: recipe)
    var packages = try await installation.packages(in: root, foreign: foreign, recipe: recipe)
    packages.departures = try await departures(of: pins, to: packages.artifacts, in: root)
    let requested = recipe.packageRequests.map(\.name) + foreign.map(\.artifact.name)
    if let failure = DriverPackages.failure(in: packages.graph, requested: requested) {
      throw failure.placed(in: recipe)
    }
    return packages
  }

  /// Looks up in the index what became of the locked versions that did not stay.
  private func departures(
    of pins: [Artifact], to chosen: [Artifact], in root: AptRoot
  ) async throws(ResolutionError) -> [Artifact: LockDifference.Departure] {
    let moved = LockDifference.moved(pins, to: chosen)
    guard !moved.isEmpty else { return [:] }
    let shown = try await root.run(
      "apt-cache", ["show", "--all-versions", "--"] + Set(moved.map(\.name)).sorted())
    let offered = Set(
      ControlFile(readByApt: shown.output).stanzas
        .map { [$0["Package"], $0["Version"], $0["Architecture"]] })
    return Dictionary(
      moved.map { pin in
        let version = [pin.name, pin.version, pin.architecture?.rawValue ?? "all"]
        return (pin, offered.contains(version) ? .displaced : .gone)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Refuses what is no package, and the driver by its own name, before anything is fetched.
  private func checkRequests() throws(ResolutionError) {
    for package in recipe.packages {
      let place = recipe.place(ofPackage: package)
      // Neither a pattern or an expression, nor a path.
      let isPlain =
        !package.isEmpty && !"-+?~./".contains(package.prefix(1))
        && package.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"^$*?|[]()".utf8.contains($0) }
      guard isPlain else {
        throw ResolutionError(
          .badRequest, "`\(package)`",
          remedy: "write `name`, `name=version`, `name/suite` or `name:architecture`", place: place)
      }
      let name = PackageRequest(package).name
      if DriverPackages.contains(name) {
        throw DriverPackages.failure(name, chain: [name]).placed(in: recipe)
      }
    }
  }

  /// The image's architecture, and those that packages ask for by `name:architecture`.
  private var architectures: [Architecture] {
    let asked = recipe.packageRequests.compactMap {
      $0.architecture.flatMap(Architecture.init(rawValue:))
    }
    return [recipe.architecture]
      + Set(asked).subtracting([recipe.architecture]).sorted {
        $0.rawValue < $1.rawValue
      }
  }

  private var settings: AptRoot.Settings {
    .init(
      store: store, architectures: architectures, recommends: recipe.recommends,
      aptSettings: aptSettings, environment: environment)
  }

  /// Text for `apt_preferences(5)`; of several stanzas for a package the first counts.
  private func preferences(pins: [Artifact]) -> String {
    let own = recipe.preferences.map { ($0.package, $0.pin, $0.priority) }
    // Above a suite's 500, so that the version stays although there is a newer one.
    let kept = pins.filter { $0.source != "recipe" }
      .map { ($0.name, "version \($0.version)", 990) }
    return (own + kept).map { "Package: \($0)\nPin: \($1)\nPin-Priority: \($2)\n" }
      .joined(separator: "\n")
  }
}

extension ResolutionError {
  /// Whether the message is about this suite.
  fileprivate func concerns(_ suite: AptSuite, _ attempt: Int) -> Bool {
    subject.contains("\(suite.base(attempt)) \(suite.suite) ")
  }

  /// The same failure, with the place at which the recipe asks for the package.
  fileprivate func placed(in recipe: Recipe) -> ResolutionError {
    let place = recipe.packages.first { subject == "the package \(PackageRequest($0).name)" }
      .flatMap { recipe.place(ofPackage: $0) }
    return ResolutionError(
      code, subject, reason: reason, remedy: remedy, place: place, others: others, causes: causes)
  }
}
