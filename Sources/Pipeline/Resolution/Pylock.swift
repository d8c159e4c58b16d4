internal import Content
internal import Digests

/// What uv chose, from its `pylock.toml` (PEP 751).
struct Pylock: Hashable, Sendable {
  struct Project: Hashable, Sendable {
    let name: String
    let version: String
    /// The wheel that fits best.
    let wheel: Wheel
  }

  struct Wheel: Hashable, Sendable {
    enum Location: Hashable, Sendable {
      /// An index has it; the file's URL there.
      case index(String)
      /// A requirement names the URL.
      case url(String)
      case path(String)
    }

    let name: WheelFileName
    let location: Location
    let sha256: SHA256Digest
    /// Bytes, where the index says so.
    let size: Int64?
    /// Seconds since 1970, where the index says so.
    let uploaded: Int64?
  }

  let projects: [Project]

  init(_ text: String, target: PythonTarget) throws(ResolutionError) {
    let document: TOMLDocument
    do throws(TOMLDocument.Fault) { document = try TOMLDocument(text) } catch {
      throw ResolutionError(
        .badOutput, "pylock.toml", reason: "line \(error.line): \(error.expected) was expected",
        remedy: "use the version of uv that `make setup` installs")
    }
    var projects: [Project] = []
    for table in document.tables["packages"] ?? [] {
      projects.append(try Self.project(.table(table), target))
    }
    self.projects = projects.sorted { $0.name < $1.name }
  }

  private static func project(
    _ table: TOMLValue, _ target: PythonTarget
  ) throws(ResolutionError) -> Project {
    guard let name = table["name"]?.text else {
      throw ResolutionError(.badOutput, "pylock.toml", reason: "a package without a name")
    }
    var wheels: [Wheel] = []
    for entry in table["wheels"]?.array ?? [] {
      if let wheel = try wheel(entry, of: name, isNamed: false) { wheels.append(wheel) }
    }
    if let archive = table["archive"], let wheel = try wheel(archive, of: name, isNamed: true) {
      wheels.append(wheel)
    }
    let fitting = wheels.compactMap { wheel in
      wheel.name.rank(on: target).map { (rank: $0, wheel: wheel) }
    }
    // Of equal tags the higher build, then the name: some rule, and always the same.
    let best = fitting.min {
      ($0.rank, $1.wheel.name.build, $0.wheel.name.text)
        < ($1.rank, $0.wheel.name.build, $1.wheel.name.text)
    }
    guard let best else {
      throw ResolutionError(
        .noWheel, name,
        reason: wheels.isEmpty
          ? "it has no wheels at all" : wheels.map(\.name.text).joined(separator: "\n"),
        remedy: "kiln installs wheels only: build one, and name it in `python.wheels`")
    }
    return Project(
      name: ProjectName.normalized(name),
      version: table["version"]?.text ?? best.wheel.name.version,
      wheel: best.wheel)
  }

  /// - Returns: nil for what is no wheel.
  private static func wheel(
    _ entry: TOMLValue, of name: String, isNamed: Bool
  ) throws(ResolutionError) -> Wheel? {
    let location: Wheel.Location
    if let path = entry["path"]?.text {
      location = .path(path)
    } else if let url = entry["url"]?.text {
      location = isNamed ? .url(url) : .index(url)
    } else {
      throw ResolutionError(.badOutput, "pylock.toml", reason: "\(name) has no address")
    }
    let address: String =
      switch location {
      case .index(let text), .url(let text): String(text.prefix { !"?#".contains($0) })
      case .path(let text): text
      }
    let file = Percent.decoded(address.split(separator: "/").last ?? "")
    guard let wheelName = try? WheelFileName(file) else { return nil }
    guard let digest = entry["hashes"]?["sha256"]?.text.flatMap({ SHA256Digest(hex: $0) }) else {
      throw ResolutionError(.noDigest, file, remedy: "use an index that publishes SHA-256 digests")
    }
    return Wheel(
      name: wheelName, location: location, sha256: digest,
      size: entry["size"]?.bare.flatMap { Int64($0) },
      uploaded: entry["upload-time"]?.bare.flatMap(Self.seconds))
  }

  /// `2026-11-15T21:30:44Z` as seconds since 1970.
  private static func seconds(_ text: String) -> Int64? {
    CivilDate(text)?.seconds(at: text.dropFirst(11).prefix(8))
  }
}
