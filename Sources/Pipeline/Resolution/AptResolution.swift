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
  let store: Store
  /// How this machine reaches archives.
  let aptSettings: [AptSetting]
  /// `PATH` and proxies.
  let environment: [String: String]
  let progress: ProgressSink

  /// - Parameter pins: versions to keep where they are still to be had.
  func resolve(pins: [Artifact]) async throws(ResolutionError) -> AptPackages {
    try checkRequests()
    let tries = suites.map(\.bases.count).max() ?? 1
    var attempt = 0
    while true {
      do throws(ResolutionError) {
        return try await resolve(pins: pins, attempt: attempt, suites)
      } catch {
        attempt += 1
        guard [.unreachable, .denied].contains(error.code), attempt < tries else { throw error }
      }
    }
  }

  private func resolve(
    pins: [Artifact], attempt: Int, _ suites: [AptSuite]
  ) async throws(ResolutionError) -> AptPackages {
    let root = try await AptRoot.open(suites, attempt: attempt, settings(pins: pins))
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
    let placed = try root.place(foreign)
    do throws(ResolutionError) {
      return try await choose(root, placed, pins)
    } catch {
      // Kept versions whose partners have gone from the index can contradict each other.
      guard error.code == .unsatisfiable, !pins.isEmpty else { throw error }
      progress(
        .noticed(
          code: ResolutionError.Notice.olderVersionsGone.rawValue,
          message: "the locked versions no longer fit together; every package may change"))
      try resolving("apt's preferences") { () throws(FileError) in
        try Files.write(preferences(pins: []), to: root.folder.appending("preferences"))
      }
      return try await choose(root, placed, pins)
    }
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
      ControlStanza.all(shown.output).map { [$0["Package"], $0["Version"], $0["Architecture"]] })
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

  private func settings(pins: [Artifact]) -> AptRoot.Settings {
    .init(
      store: store, architectures: architectures, recommends: recipe.recommends,
      preferences: preferences(pins: pins), aptSettings: aptSettings, environment: environment)
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
      // Neither a pattern or an expression, nor a path.
      code, subject, reason: reason, remedy: remedy, place: place, others: others, causes: causes)
  }
}
