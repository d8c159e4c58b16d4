internal import Archives
internal import Content
internal import Digests
internal import FileSystem
internal import FoundationEssentials
internal import Images
internal import Recipes
public import SystemPackage
internal import WSL

extension ImageContents {
  /// Reads an image from its bytes, or a manifest.
  public static func read(_ path: FilePath) throws(ComparisonError) -> ImageContents {
    if try looksLikeManifest(path) { return ImageContents(try manifest(path)) }
    let digest: FileDigest
    do throws(FileError) { digest = try FileDigest(of: path) } catch {
      throw ComparisonError(.unreadable, path.string, causes: error.diagnostics)
    }
    var contents = ImageContents(
      file: path.lastComponent?.string ?? "", size: digest.size, sha256: digest.sha256)
    try contents.readEntries(path)
    let beside = Manifest.path(beside: path)
    // One of another image of that name would tell stories.
    if Files.exists(beside), let manifest = try? Manifest.read(beside),
      manifest.image.sha256 == digest.sha256
    {
      contents.add(settingsOf: manifest)
    }
    return contents
  }

  /// The digest of an image's tar stream, without its compression.
  static func streamDigest(of image: FilePath) throws(ComparisonError) -> SHA256Digest {
    var reader = try open(image, .raw)
    let digest =
      try next(&reader, image) == nil
      ? SHA256Digest(of: []) : try content(&reader, image, limit: nil).0
    try finish(reader, image)
    return digest
  }

  // MARK: - The archive

  private static func open(
    _ image: FilePath, _ formats: ArchiveReader.Formats
  ) throws(ComparisonError) -> ArchiveReader {
    do throws(ArchiveError) {
      return try ArchiveReader.open(image, formats: formats, filters: .all, warnings: .areKept)
    } catch { throw unreadable(image, error) }
  }

  private static func next(
    _ reader: inout ArchiveReader, _ image: FilePath
  ) throws(ComparisonError) -> ArchiveEntry? {
    do throws(ArchiveError) { return try reader.next() } catch { throw unreadable(image, error) }
  }

  private static func finish(
    _ reader: consuming ArchiveReader, _ image: FilePath
  ) throws(ComparisonError) {
    do throws(ArchiveError) { try reader.finish() } catch { throw unreadable(image, error) }
  }

  private static func unreadable(_ image: FilePath, _ error: ArchiveError) -> ComparisonError {
    ComparisonError(.unreadable, image.string, causes: error.diagnostics)
  }

  /// A manifest is JSON; no archive begins with a brace.
  private static func looksLikeManifest(_ path: FilePath) throws(ComparisonError) -> Bool {
    do throws(FileError) {
      return try ReadableFile(path).bytes(at: 0, upTo: 1) == [UInt8(ascii: "{")]
    } catch {
      throw ComparisonError(.unreadable, path.string, causes: error.diagnostics)
    }
  }

  private static func manifest(_ path: FilePath) throws(ComparisonError) -> Manifest {
    do throws(ImageError) { return try Manifest.read(path) } catch {
      throw ComparisonError(.unreadable, path.string, causes: error.diagnostics)
    }
  }

  // MARK: - From the bytes

  private static let configurations = ["etc/wsl.conf", "etc/wsl-distribution.conf"]
  private static let packages = "var/lib/dpkg/status"

  /// How much of a file's content is wanted.
  private static func limit(_ path: String) -> Int? {
    if configurations.contains(path) { return 1 << 20 }
    if path == packages || path.hasSuffix(".dist-info/METADATA") { return 64 << 20 }
    return nil
  }

  private mutating func readEntries(_ image: FilePath) throws(ComparisonError) {
    var texts: PathTable<String> = [:]
    var positions: PathTable<Int> = [:]
    var count = 0
    var reader = try Self.open(image, .tar)
    while let entry = try Self.next(&reader, image) {
      let path = Self.normalized(entry.path)
      guard let kind = TreeEntry.Kind(entry.kind) else { continue }
      // Not how many paths are known: one that comes again would share its place with the next.
      positions[path] = count
      count += 1
      texts[path] = nil
      var digest: SHA256Digest?
      if kind == .file {
        // A sparse one costs its archive nothing, and its reader a lot.
        guard (entry.size ?? 0) <= SizeLimit.largest else {
          throw Self.unreadable(image, .init(.tooLarge, archive: image.string, entry: path))
        }
        let (sha256, text) = try Self.content(&reader, image, limit: Self.limit(path))
        digest = sha256
        texts[path] = text
      }
      entries[path] = Entry(entry, kind, digest)
    }
    try Self.finish(reader, image)
    guard SizeLimit.holds(entries.elements.map { $0.value.size }) else {
      throw ComparisonError(
        .unreadable, image.string,
        reason: "its files are said to have more than \(ByteCount(SizeLimit.largest))")
    }
    order = positions.elements.sorted { $0.value < $1.value }.map { $0.path }
    installed = Self.components(texts)
    let files = Self.configurations.map { ($0, texts[$0].map(Self.settings) ?? [:]) }
    configuration = Dictionary(uniqueKeysWithValues: files)
  }

  static func normalized(_ path: String) -> String {
    let plain = path.plainPath
    return plain.isEmpty ? "." : plain
  }

  private static func content(
    _ reader: inout ArchiveReader, _ image: FilePath, limit: Int?
  ) throws(ComparisonError) -> (SHA256Digest, String?) {
    var hasher = Hasher256()
    var kept: [UInt8] = []
    try reader.forEachChunk(failure: { unreadable(image, $0) }) { (chunk) throws(ComparisonError) in
      guard !Task.isCancelled else { throw ComparisonError(.interrupted, image.string) }
      hasher.update(chunk)
      if let limit, kept.count < limit {
        unsafe chunk.withUnsafeBytes { unsafe kept.append(contentsOf: $0) }
      }
    }
    return (hasher.finish(), limit == nil ? nil : String(decoding: kept, as: UTF8.self))
  }

  private static func settings(_ text: String) -> [String: String] {
    let entries = WSLConfiguration(parsing: text).entries
    return Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// The installed packages of dpkg's database, and the wheels of every environment.
  private static func components(_ texts: PathTable<String>) -> [Component] {
    var found: Set<Component> = []
    if let status = texts[packages],
      let file = try? ControlFile(parsing: status)
    {
      for stanza in file.stanzas where stanza["Status"]?.hasSuffix(" installed") == true {
        found.insert(
          Component(
            kind: "package", name: stanza["Package"] ?? "", version: stanza["Version"] ?? ""))
      }
    }
    for (path, text) in texts.elements where path.hasSuffix("/METADATA") {
      // Up to the first empty line they are fields; what follows is the description.
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix {
        !$0.isEmpty
      }
      let field = { (name: String) in
        lines.first { $0.hasPrefix(name) }.map {
          String($0.dropFirst(name.count).filter { $0 != "\r" })
        }
      }
      guard let name = field("Name: "), let version = field("Version: ") else { continue }
      found.insert(
        Component(kind: "wheel", name: ProjectName.normalized(name), version: version))
    }
    return found.sorted()
  }

  // MARK: - From a manifest

  init(_ manifest: Manifest) {
    self.init(
      file: manifest.image.file, size: manifest.image.size, sha256: manifest.image.sha256)
    for file in manifest.files { entries[file.path] = Entry(file) }
    add(settingsOf: manifest)
  }

  private mutating func add(settingsOf manifest: Manifest) {
    settings = [
      "compression": manifest.image.compression.rawValue, "format": manifest.image.format.rawValue,
      "lock": manifest.lockDigest.hex, "recipe": manifest.recipeDigest.hex,
      "source date": "\(manifest.sourceDateEpoch)", "tool": manifest.tool, "name": manifest.name,
    ]
    settings["flavour"] = manifest.flavour?.rawValue
    fetched = manifest.artifacts.map {
      Component(kind: $0.kind, name: $0.name, version: $0.version)
    }.sorted()
    for file in manifest.files { origins[file.path] = manifest.origins[file.origin].title }
  }
}

extension ImageContents.Entry {
  init(_ entry: ArchiveEntry, _ kind: TreeEntry.Kind, _ sha256: SHA256Digest?) {
    self.init(
      kind: kind, mode: FileMode.text(entry.permissions),
      owner: entry.owner, group: entry.group, size: kind == .file ? entry.size ?? 0 : 0,
      sha256: sha256,
      link: kind == .hardlink ? entry.linkTarget.map(ImageContents.normalized) : entry.linkTarget,
      attributes: entry.attributes.mapValues { Hexadecimal.text($0) }, modified: entry.modified)
  }

  init(_ file: Manifest.File) {
    self.init(
      kind: file.kind, mode: file.mode, owner: Int64(file.uid), group: Int64(file.gid),
      size: file.size, sha256: file.sha256, link: file.link,
      attributes: file.capability.map { ["security.capability": $0] } ?? [:], modified: nil)
  }
}

extension TreeEntry.Kind {
  fileprivate init?(_ kind: ArchiveEntry.Kind) {
    switch kind {
    case .file: self = .file
    case .directory: self = .directory
    case .symlink: self = .symlink
    case .hardLink: self = .hardlink
    case .fifo: self = .fifo
    case .characterDevice: self = .characterDevice
    case .blockDevice: self = .blockDevice
    case .socket, .unknown: return nil
    }
  }
}

extension Origin {
  /// `package bash`, `configuration`.
  var title: String { name.isEmpty ? kind.rawValue : "\(kind.rawValue) \(name)" }
}
