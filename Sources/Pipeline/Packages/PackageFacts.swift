internal import Content
internal import FileSystem

/// What the merging of roots has to know of one package.
struct PackageFacts {
  let name: String
  let databaseName: String
  let version: DebianVersion
  let entries: [PackageEntry]
  let replaced: [Relation]
  /// Whether its `preinst` diverts files at all, and whether it renames them doing so.
  let diverts: Bool
  let renamesOthersFiles: Bool

  init(
    name: String, databaseName: String, version: DebianVersion, entries: [PackageEntry],
    replaced: [Relation] = [], diverts: Bool = false, renamesOthersFiles: Bool = false
  ) {
    self.name = name
    self.databaseName = databaseName
    self.version = version
    self.entries = entries
    self.replaced = replaced
    self.diverts = diverts
    self.renamesOthersFiles = renamesOthersFiles
  }

  init(_ package: UnpackedPackage) throws(PackageError) {
    guard let version = DebianVersion(package.version) else {
      throw PackageError(.badVersion, package: package.name, reason: package.version)
    }
    // An essential package has to stand there before any script can run.
    let calls = package.isEssential ? [] : try Self.diversions(package)
    self.init(
      name: package.name, databaseName: package.databaseName, version: version,
      entries: try package.listing().entries,
      replaced: try Relation.list(package.control["Replaces"] ?? "", package: package.name),
      diverts: !calls.isEmpty,
      renamesOthersFiles: calls.contains { !$0.contains("--no-rename") })
  }

  func replaces(_ other: PackageFacts) -> Bool {
    replaced.contains { $0.matches(name: other.name, version: other.version) }
  }

  /// The commands of a package's `preinst` that divert something. Those that only ask or remove do
  /// not count.
  private static func diversions(_ package: UnpackedPackage) throws(PackageError) -> [String] {
    guard package.controlFiles.contains("preinst") else { return [] }
    let bytes: [UInt8]
    do throws(FileError) { bytes = try Files.read(package.controlFile("preinst")) } catch {
      throw PackageError(error, package: package.name)
    }
    // A compiled preinst is no text to look through; the few that exist are essential.
    guard bytes.starts(with: Array("#!".utf8)) else { return [] }
    return diversions(in: String(decoding: bytes, as: UTF8.self))
  }

  static func diversions(in script: String) -> [String] {
    var commands: [String] = []
    var pending = ""
    for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
      pending += line
      if pending.last == "\\" {
        pending.removeLast()
        continue
      }
      commands.append(pending)
      pending = ""
    }
    let asking = ["--truename", "--list", "--remove", "--help", "--version"]
    return commands.filter { command in
      command.drop(while: \.isWhitespace).first != "#" && command.contains("dpkg-divert")
        && !asking.contains { command.contains($0) }
    }
  }
}
