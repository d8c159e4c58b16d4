import Content
public import Digests
import FileSystem
import SystemPackage

extension Recipe {
  /// The digests of everything that resolution reads: base, sources with their keys, preferences,
  /// packages, foreign packages, Python and the architecture. What a lock was made from, in short:
  /// while it is the same, the lock is fresh.
  ///
  /// The order of packages, requirements and foreign files does not count. Files count by their
  /// content and, where the lock names them, by their path.
  ///
  /// - Throws: ``RecipeError/Code/unreadable`` for a file that has gone.
  public var resolutionDigests: ResolutionDigests {
    get throws(RecipeError) {
      do throws(FileError) { return try ResolutionRecord(self).digests } catch {
        throw RecipeError(error)
      }
    }
  }
}

/// Digests of what resolution reads of a recipe.
public struct ResolutionDigests: Hashable, Sendable {
  /// Of all of it: a lock that was made of the same is fresh.
  public let whole: SHA256Digest
  /// Of each key that the recipe has, by its path: `packages`, `sources[cuda].key`. They tell which
  /// of them made a lock stale, and nothing else.
  public let parts: [String: SHA256Digest]
}

/// What resolution reads, as lists of texts whose encoding is unambiguous and never changes: each
/// text is preceded by its length, each list by its count.
private struct ResolutionRecord {
  private var content: [UInt8] = []
  private var parts: [String: [UInt8]] = [:]
  private let directory: FilePath

  var digests: ResolutionDigests {
    .init(whole: SHA256Digest(of: content), parts: parts.mapValues { SHA256Digest(of: $0) })
  }

  init(_ recipe: Recipe) throws(FileError) {
    directory = recipe.directory
    let start = [recipe.architecture.rawValue, "\(recipe.recommends)"]
    content = Self.encoded("kiln resolution 1", start)
    for (key, value) in zip(["architecture", "recommends"], start) {
      parts[key] = Self.encoded(key, [value])
    }
    try add(recipe.base)
    for source in recipe.sources {
      let key = "sources[\(source.name)]"
      add("source", [source.name, source.uri, source.suite] + source.components, of: key)
      switch source.key {
      case .file(let path): add("key", [try fileDigest(path)], of: "\(key).key")
      // Line breaks at the end come and go with YAML's block styles.
      case .inline(let text): add("inline key", [text.trimmed], of: "\(key).key")
      }
    }
    for preference in recipe.preferences {
      add(
        "preference", [preference.package, preference.pin, "\(preference.priority)"],
        of: "preferences")
    }
    add("packages", Set(recipe.packages).sorted(), of: "packages")
    add(
      "debs", try recipe.debs.map { deb throws(FileError) in try identity(deb) }.sorted(),
      of: "debs")
    // Absent where a recipe has none, or the locks of all those would become stale.
    let archives = try recipe.archives.map { archive throws(FileError) in
      switch archive {
      case .wheel(let requirement): "wheel \(requirement)"
      case .file(let file): try identity(file)
      }
    }
    if !archives.isEmpty { add("archives", archives.sorted(), of: "files") }
    guard let python = recipe.python else { return }
    let requirements = Set(python.requirements).sorted()
    content += Self.encoded("python", [python.index ?? ""] + requirements)
    parts["python.index"] = python.index.map { Self.encoded("index", [$0]) }
    parts["python.requirements"] = Self.encoded("requirements", requirements)
    add(
      "wheels",
      try python.wheels.map { path throws(FileError) in try wheelIdentity(path) }.sorted(),
      of: "python.wheels")
    if !python.exclude.isEmpty {
      add("exclude", Set(python.exclude).sorted(), of: "python.exclude")
    }
  }

  private mutating func add(_ kind: String, _ texts: [String], of key: String) {
    let text = Self.encoded(kind, texts)
    content += text
    parts[key, default: []] += text
  }

  private static func encoded(_ kind: String, _ texts: [String]) -> [UInt8] {
    ([kind] + texts).reduce(into: Array("\(texts.count + 1)\n".utf8)) { bytes, text in
      bytes += "\(text.utf8.count):".utf8
      bytes += text.utf8
    }
  }

  private mutating func add(_ base: Recipe.Base) throws(FileError) {
    switch base {
    case .debian(let suite): try add("debian", suite)
    case .ubuntu(let suite): try add("ubuntu", suite)
    case .tarball(let file): add("tarball", [try identity(file)], of: "base.tarball")
    }
  }

  private mutating func add(_ kind: String, _ suite: Recipe.Suite) throws(FileError) {
    add(kind, [suite.suite, suite.variant.rawValue] + suite.components, of: "base.\(kind)")
    if let keyring = suite.keyring {
      add("keyring", [try fileDigest(keyring)], of: "base.\(kind).keyring")
    }
  }

  private func identity(_ file: Recipe.ForeignFile) throws(FileError) -> String {
    switch file.location {
    case .url(let url): return "\(file.sha256 ?? "") \(url)"
    case .path(let path):
      if let digest = file.sha256 { return "\(digest) \(path)" }
      return "\(try fileDigest(path)) \(path)"
    }
  }

  private func wheelIdentity(_ path: FilePath) throws(FileError) -> String {
    "\(try fileDigest(path)) \(path)"
  }

  private func fileDigest(_ path: FilePath) throws(FileError) -> String {
    try FileDigest(of: directory.pushing(path)).sha256.hex
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}
