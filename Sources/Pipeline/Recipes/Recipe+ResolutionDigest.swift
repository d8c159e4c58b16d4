import Content
public import Digests
import FileSystem
import SystemPackage

extension Recipe {
  /// The digest of everything that resolution reads: base, sources with their keys, preferences,
  /// packages, foreign packages, Python and the architecture. What a lock was made from, in short:
  /// while it is the same, the lock is fresh.
  ///
  /// The order of packages, requirements and foreign files does not count. Files count by their
  /// content and, where the lock names them, by their path.
  ///
  /// - Throws: ``RecipeError/Code/unreadable`` for a file that has gone.
  public var resolutionDigest: SHA256Digest {
    get throws(RecipeError) {
      do throws(FileError) { return try ResolutionRecord(self).digest } catch {
        throw RecipeError(error)
      }
    }
  }
}

/// What resolution reads, as lists of texts whose encoding is unambiguous and never changes: each
/// text is preceded by its length, each list by its count.
private struct ResolutionRecord {
  private var content: [UInt8] = []
  private let directory: FilePath

  var digest: SHA256Digest { SHA256Digest(of: content) }

  init(_ recipe: Recipe) throws(FileError) {
    directory = recipe.directory
    add("kiln resolution 1", [recipe.architecture.rawValue, "\(recipe.recommends)"])
    try add(recipe.base)
    for source in recipe.sources {
      add("source", [source.name, source.uri, source.suite] + source.components)
      switch source.key {
      case .file(let path): add("key", [try fileDigest(path)])
      // Line breaks at the end come and go with YAML's block styles.
      case .inline(let text): add("inline key", [text.trimmed])
      }
    }
    for preference in recipe.preferences {
      add("preference", [preference.package, preference.pin, "\(preference.priority)"])
    }
    add("packages", Set(recipe.packages).sorted())
    add("debs", try recipe.debs.map { deb throws(FileError) in try identity(deb) }.sorted())
    // Absent where a recipe has none, or the locks of all those would become stale.
    let archives = try recipe.archives.map { archive throws(FileError) in
      switch archive {
      case .wheel(let requirement): "wheel \(requirement)"
      case .file(let file): try identity(file)
      }
    }
    if !archives.isEmpty { add("archives", archives.sorted()) }
    guard let python = recipe.python else { return }
    add("python", [python.index ?? ""] + Set(python.requirements).sorted())
    add(
      "wheels", try python.wheels.map { path throws(FileError) in try wheelIdentity(path) }.sorted()
    )
    if !python.exclude.isEmpty { add("exclude", Set(python.exclude).sorted()) }
  }

  private mutating func add(_ kind: String, _ texts: [String]) {
    content += "\(texts.count + 1)\n".utf8
    for text in [kind] + texts {
      content += "\(text.utf8.count):".utf8
      content += text.utf8
    }
  }

  private mutating func add(_ base: Recipe.Base) throws(FileError) {
    switch base {
    case .debian(let suite): try add("debian", suite)
    case .ubuntu(let suite): try add("ubuntu", suite)
    case .tarball(let file): add("tarball", [try identity(file)])
    }
  }

  private mutating func add(_ kind: String, _ suite: Recipe.Suite) throws(FileError) {
    add(kind, [suite.suite, suite.variant.rawValue] + suite.components)
    if let keyring = suite.keyring { add("keyring", [try fileDigest(keyring)]) }
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
