internal import Commands
internal import Content
internal import Digests
internal import Fetching
internal import FileSystem
internal import Locks
internal import Recipes
internal import SystemPackage

/// A `.deb` that the recipe itself brings.
struct ForeignPackage: Hashable, Sendable {
  let file: FilePath
  let artifact: Artifact
  let stanza: ControlFile.Stanza

  /// Whether apt means it. Where a repository has the same file, apt names that one's address, and no
  /// SHA-256.
  func isChosen(as choice: AptChoice) -> Bool {
    choice.name == artifact.name && choice.version == artifact.version
      && choice.architecture == (artifact.architecture?.rawValue ?? "all")
      && (choice.sha256 ?? artifact.sha256) == artifact.sha256
  }

  /// Reads the control file of a package.
  ///
  /// - Parameters:
  ///   - path: what the lock says of it: relative to the recipe's folder, or the recipe's URL.
  ///   - expected: the digest that the recipe gives.
  static func read(
    _ file: FilePath, path: String, expected: String?, environment: [String: String]
  ) async throws(ResolutionError) -> ForeignPackage {
    let content = try resolving("the file \(file)") { () throws(FileError) in
      try FileDigest(of: file)
    }
    if let expected, SHA256Digest(hex: expected) != content.sha256 {
      throw ResolutionError(
        .foreignPackage, path,
        reason: "its SHA-256 is \(content.sha256), and the recipe says \(expected)",
        remedy: "check where the file came from; if it is the right one, change `sha256`")
    }
    let stanza: ControlFile.Stanza?
    do throws(CommandError) {
      let text = try await Command(
        "dpkg-deb", ["--field", file.string], environment: environment
      ).run().output
      stanza = ControlFile(readByApt: text).stanzas.first
    } catch {
      if error.code == .notInstalled {
        throw ResolutionError(.toolMissing, "dpkg-deb", remedy: "install the package dpkg")
      }
      throw ResolutionError(
        .foreignPackage, path, reason: error.output,
        remedy: "check that the file is a whole Debian package")
    }
    guard let stanza, let name = stanza["Package"], let version = stanza["Version"] else {
      throw ResolutionError(.foreignPackage, path, reason: "it names no package and version")
    }
    return ForeignPackage(
      file: file,
      artifact: Artifact(
        kind: .package, name: name, version: version,
        architecture: stanza["Architecture"].flatMap(Architecture.init),
        size: content.size, sha256: content.sha256, source: "recipe", path: path,
        installedSize: stanza.installedSize),
      stanza: stanza)
  }

  /// Brings a package that the recipe names by URL into the store, and reads it.
  static func fetch(
    _ url: String, sha256: String?, with fetcher: Fetcher, environment: [String: String]
  ) async throws(ResolutionError) -> ForeignPackage {
    guard let digest = sha256.flatMap({ SHA256Digest(hex: $0) }) else {
      throw ResolutionError(
        .foreignPackage, url, reason: "the recipe gives no `sha256` of 64 hexadecimal digits")
    }
    let file: FilePath
    do throws(FetchError) { file = try await fetcher.fetch(url: url, sha256: digest).path } catch {
      throw ResolutionError(error, url)
    }
    return try await read(file, path: url, expected: nil, environment: environment)
  }
}
