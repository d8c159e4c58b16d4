internal import Commands
internal import Concurrency
internal import Content
internal import Digests
internal import Fetching
internal import FileSystem
internal import Locks
internal import Recipes
internal import Store
internal import SystemPackage

/// One resolution of a recipe's Python requirements by `uv pip compile`.
struct PythonResolution: Sendable {
  /// The lock's source for wheels of an index that the recipe itself names.
  static let recipeIndex = "python-index"

  /// What the wheels are for.
  enum Purpose: Sendable {
    /// For the virtual environment, with everything that they need.
    case installation
    /// For files in them, by themselves.
    case files

    var kind: Artifact.Kind { self == .installation ? .wheel : .archive }
    var subject: String {
      self == .installation ? "`python.requirements`" : "the `wheel` of `files`"
    }
  }

  let purpose: Purpose
  let python: Recipe.Python
  /// The recipe's folder, absolute: uv works in another.
  let directory: FilePath
  let target: PythonTarget
  /// The lock's name of the index.
  let source: String
  /// Base URLs of the index, in the order to try.
  let indexes: [String]
  /// Base URLs of indexes that have more projects.
  let extraIndexes: [String]
  let uv: String
  let fetcher: Fetcher
  let store: Store
  let environment: [String: String]

  struct Wheels: Sendable {
    /// Sorted by name.
    let artifacts: [Artifact]
    /// Projects that the recipe itself asks for.
    let requested: [String]
    /// The newest upload, seconds since 1970; 0 where the index tells none.
    let date: Int64
  }

  /// - Parameters:
  ///   - pins: wheels whose versions stay where they can.
  ///   - known: wheels whose sizes need not be asked for again.
  func resolve(pins: [Artifact], known: [Artifact]) async throws(ResolutionError) -> Wheels {
    let local = try localWheels()
    let lines = try requirementLines(local)
    return try await tryingMirrors(indexes.count) {
      (attempt) async throws(ResolutionError) in
      let index = indexes[attempt]
      let (lock, requirers) = try await compile(lines, index: index, pins: pins)
      return try await wheels(lock, requirers, local, known, index: index)
    }
  }

  /// A wheel of the recipe's folder.
  private struct LocalWheel {
    let name: WheelFileName
    /// Relative to the recipe's folder.
    let path: FilePath
    let file: FilePath
    let size: Int64
  }

  private func localWheels() throws(ResolutionError) -> [LocalWheel] {
    var wheels: [LocalWheel] = []
    for path in python.wheels {
      let name: WheelFileName
      do throws(WheelFileName.Malformed) {
        name = try WheelFileName(path.lastComponent?.string ?? "")
      } catch {
        throw ResolutionError(
          .localWheel, path.string, reason: "its file name is not that of a wheel: \(error.reason)",
          remedy: "keep the name that the wheel was built with: `name-1.0-py3-none-any.whl`")
      }
      let file = directory.pushing(path)
      guard
        let status = try resolving("the wheel", { () throws(FileError) in try Files.status(file) })
      else { throw ResolutionError(.localWheel, path.string, reason: "there is no such file") }
      guard name.rank(on: target) != nil else {
        throw ResolutionError(
          .localWheel, path.string,
          reason: "it does not fit Python \(target.version) on \(target.architecture.machine) with "
            + "glibc 2.\(target.glibc)")
      }
      wheels.append(LocalWheel(name: name, path: path, file: file, size: status.size))
    }
    return wheels
  }

  private func requirementLines(_ local: [LocalWheel]) throws(ResolutionError) -> [String] {
    for requirement in python.requirements {
      // A line that begins with a dash is an option, and could name another index.
      let isOne =
        !requirement.isEmpty && !requirement.hasPrefix("-")
        && !requirement.contains(where: \.isNewline)
      guard isOne else {
        throw ResolutionError(
          .badRequirement, "`\(requirement)`", remedy: "write it as pip does: `numpy>=2,<3`")
      }
    }
    return python.requirements.sorted()
      + local.map { "\($0.name.project) @ file://\(Percent.encoded($0.file.string, keeping: "/"))" }
  }

  private func compile(
    _ lines: [String], index: String, pins: [Artifact]
  ) async throws(ResolutionError) -> (Pylock, [String: [String]]) {
    try await store.withScratch(failure: { ResolutionError($0, "a folder for uv") }) {
      (scratch) async throws(ResolutionError) -> (Pylock, [String: [String]]) in
      let output = scratch.appending("pylock.toml")
      try resolving("a folder for uv") { () throws(FileError) in
        try Files.write(
          lines.joined(separator: "\n") + "\n", to: scratch.appending("requirements.in"))
        if !pins.isEmpty { try Files.write(Self.preferences(pins), to: output) }
      }
      let cache: Store.HeldFolder
      do throws(FileError) { cache = try await store.hold(.uv) } catch {
        throw ResolutionError(error, "the store's folder for uv")
      }
      defer { withExtendedLifetime(cache) {} }
      let tool = UvTool(
        executable: uv, cache: cache.path, folder: scratch, target: target,
        index: index, source: source, extraIndexes: extraIndexes, environment: environment,
        subject: purpose.subject, options: try options(scratch))
      try await tool.compile(["--format", "pylock.toml", "--output-file", output.string])
      let text = try resolving("uv's answer") { () throws(FileError) in try Files.readText(output) }
      let lock = try Pylock(text, target: target)
      return (lock, try await tool.requirers(of: lock))
    }
  }

  private func options(_ scratch: FilePath) throws(ResolutionError) -> [String] {
    guard purpose == .installation else { return ["--no-deps"] }
    guard !python.exclude.isEmpty else { return [] }
    let file = scratch.appending("excluded.txt")
    try resolving("a folder for uv") { () throws(FileError) in
      try Files.write(python.exclude.sorted().map { $0 + "\n" }.joined(), to: file)
    }
    return ["--excludes", file.string]
  }

  /// uv keeps the versions of an output file that is there already, where it can.
  private static func preferences(_ pins: [Artifact]) -> String {
    "lock-version = \"1.0\"\ncreated-by = \"kiln\"\n"
      + pins.map { "\n[[packages]]\nname = \"\($0.name)\"\nversion = \"\($0.version)\"\n" }.joined()
  }

  private func wheels(
    _ lock: Pylock, _ requirers: [String: [String]], _ local: [LocalWheel], _ known: [Artifact],
    index: String
  ) async throws(ResolutionError) -> Wheels {
    var sizes = Dictionary(
      known.map { ($0.sha256, $0.size) }, uniquingKeysWith: { first, _ in first })
    for project in lock.projects {
      if let size = project.wheel.size { sizes[project.wheel.sha256] = size }
    }
    let unknown = lock.projects.map(\.wheel).filter {
      if case .path = $0.location { false } else { sizes[$0.sha256] == nil }
    }
    if !unknown.isEmpty {
      let found = try await WheelSizes(fetcher: fetcher, indexes: [index] + extraIndexes)
        .sizes(of: unknown)
      sizes.merge(found) { $1 }
    }
    var artifacts: [Artifact] = []
    for project in lock.projects {
      artifacts.append(try artifact(project, requirers, local, sizes))
    }
    let asked = python.requirements.map { ProjectName.ofRequirement($0) }
    return Wheels(
      artifacts: artifacts, requested: Set(asked + local.map(\.name.project)).sorted(),
      date: lock.projects.compactMap(\.wheel.uploaded).max() ?? 0)
  }

  private func artifact(
    _ project: Pylock.Project, _ requirers: [String: [String]], _ local: [LocalWheel],
    _ sizes: [SHA256Digest: Int64]
  ) throws(ResolutionError) -> Artifact {
    let wheel = project.wheel
    let place: (source: String, path: String, size: Int64?)
    switch wheel.location {
    case .index:
      place = (source, "\(project.name)/\(wheel.name.text)", sizes[wheel.sha256])
    case .url(let url): place = ("recipe", url, sizes[wheel.sha256])
    case .path(let path):
      guard let own = local.first(where: { $0.name == wheel.name }) else {
        throw ResolutionError(
          .localWheel, path, reason: "a requirement names it by its path",
          remedy: "name it in `python.wheels`, relative to the recipe's folder")
      }
      place = ("recipe", own.path.string, own.size)
    }
    guard let size = place.size else {
      throw ResolutionError(.sizeUnknown, wheel.name.text)
    }
    return Artifact(
      kind: purpose.kind, name: project.name, version: project.version,
      architecture: wheel.name.isPlain ? nil : target.architecture, size: size,
      sha256: wheel.sha256, source: place.source, path: place.path,
      dependencies: requirers.filter { $0.value.contains(project.name) }.keys.sorted())
  }
}
