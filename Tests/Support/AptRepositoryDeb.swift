internal import Commands
internal import Digests
internal import FileSystem
public import SystemPackage

/// A small `.deb` that a test describes and dpkg-deb builds.
public struct TestDeb: Hashable, Sendable {
  /// One entry of the data archive.
  public struct Entry: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      case file(String)
      case directory
      case symlink(String)
      /// One more name of an earlier file entry, by its path.
      case hardLink(String)
    }

    /// Relative, without leading slash; folders above it are made, with mode 0755.
    public var path: String
    public var kind: Kind
    public var mode: UInt16
    public var owner: UInt32
    public var group: UInt32

    public init(
      _ path: String, _ kind: Kind, mode: UInt16? = nil, owner: UInt32 = 0, group: UInt32 = 0
    ) {
      self.path = path
      self.kind = kind
      self.mode = mode ?? (kind == .directory ? 0o755 : 0o644)
      self.owner = owner
      self.group = group
    }
  }

  public var name: String
  public var version: String
  /// `all` or one that Debian names.
  public var architecture: String
  /// Further control fields, like `Depends`; they win over the usual ones.
  public var fields: [String: String]
  public var entries: [Entry]
  /// A folder whose content the data archive holds beside ``entries``.
  public var tree: FilePath?
  /// Files of the control archive besides `control` and `md5sums`: `preinst`, `postinst`, `prerm`,
  /// `postrm`, `config` (executable), `conffiles`, `triggers`, `shlibs`…
  public var control: [String: String]
  /// `gzip`, `xz`, `zstd` or `none`, as `dpkg-deb -Z` takes it.
  public var compression: String
  /// As dpkg names it, without the version's epoch, unless the test names it otherwise.
  public var fileName: String

  public init(
    _ name: String, version: String = "1.0", architecture: String = "all",
    fields: [String: String] = [:], entries: [Entry] = [], control: [String: String] = [:],
    compression: String = "gzip"
  ) {
    self.name = name
    self.version = version
    self.architecture = architecture
    self.fields = fields
    self.entries = entries
    self.control = control
    self.compression = compression
    let plain = version.split(separator: ":", maxSplits: 1).last.map(String.init) ?? version
    fileName = "\(name)_\(plain)_\(architecture).deb"
  }

  /// The control stanza, with a line break at its end.
  public var stanza: String {
    var all = [
      "Maintainer": "kiln <kiln@example.org>", "Description": "test package \(name)",
      "Priority": "optional", "Section": "misc",
    ]
    all.merge(fields) { $1 }
    let head = "Package: \(name)\nVersion: \(version)\nArchitecture: \(architecture)\n"
    return head + all.sorted { $0.key < $1.key }.map { "\($0): \($1)\n" }.joined()
  }

  /// Builds the package into `folder`.
  ///
  /// Needs dpkg-deb, and root for an entry that another user owns.
  public func build(in folder: FilePath) async throws -> FilePath {
    try Files.makeDirectories(folder)
    let target = folder.appending(fileName)
    let tree = FilePath(target.string + ".tree")
    defer { try? Files.removeTree(tree) }
    if let own = self.tree {
      try await Command(
        "cp", ["-a", own.string, tree.string], environment: ["PATH": "/usr/bin:/bin"]
      ).run()
    }
    try writeTree(tree)
    // dpkg-deb would make root the owner of everything else.
    let owned = entries.contains { $0.owner != 0 || $0.group != 0 }
    try await Command(
      "dpkg-deb",
      (owned ? [] : ["--root-owner-group"])
        + ["-Z" + compression, "-z1", "--build", tree.string, target.string],
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1700000000"]
    ).run()
    return target
  }

  private func writeTree(_ tree: FilePath) throws {
    try Files.makeDirectories(tree.appending("DEBIAN"))
    try Files.write(stanza, to: tree.appending("DEBIAN/control"))
    var sums = ""
    for entry in entries {
      let path = tree.appending(entry.path)
      try Files.makeDirectories(path.removingLastComponent())
      switch entry.kind {
      case .file(let content):
        try Files.write(content, to: path)
        var hasher = HasherMD5()
        hasher.update(Array(content.utf8))
        sums += "\(hasher.finish())  \(entry.path)\n"
      case .directory: try Files.makeDirectory(path, mayExist: true)
      case .symlink(let destination): try Files.makeSymlink(path, to: destination)
      case .hardLink(let other): try Files.makeHardLink(path, to: tree.appending(other))
      }
      if entry.owner != 0 || entry.group != 0 {
        try Files.setOwner(entry.owner, group: entry.group, of: path)
      }
      switch entry.kind {
      case .file, .directory: try Files.setPermissions(entry.mode, of: path)
      case .symlink, .hardLink: break
      }
    }
    if control["md5sums"] == nil { try Files.write(sums, to: tree.appending("DEBIAN/md5sums")) }
    let scripts: Set = ["preinst", "postinst", "prerm", "postrm", "config"]
    for (name, content) in control {
      try Files.write(
        content, to: tree.appending("DEBIAN").appending(name),
        permissions: scripts.contains(name) ? 0o755 : 0o644)
    }
  }
}
