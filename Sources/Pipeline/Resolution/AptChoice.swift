internal import Content
internal import Digests
internal import Locks
internal import SystemPackage

/// A package that apt would install.
struct AptChoice: Hashable, Sendable {
  let name: String
  let version: String
  /// As Debian names it, or `all`.
  let architecture: String
  /// Percent-encoded, as apt would fetch it.
  let uri: String
  /// nil where apt knows none.
  let sha256: SHA256Digest?

  /// A line of `apt-get --print-uris`: `'URI' name_version_arch.deb size SHA256:digest`.
  ///
  /// - Parameter foreign: the recipe's own `.deb` files by the names under which apt got them. It may
  ///   tell their folder by another path.
  /// - Returns: nil for a line that is no such line.
  init?(line: Substring, foreign: [String: ForeignPackage] = [:]) {
    let quoted = line.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    guard quoted.count == 3, quoted[0].isEmpty else { return nil }
    uri = String(quoted[1])
    let words = quoted[2].split(separator: " ")
    if let name = FilePath(Self.localPath(uri)).lastComponent?.string, let package = foreign[name] {
      self.name = package.artifact.name
      version = package.artifact.version
      architecture = package.artifact.architecture?.rawValue ?? "all"
      sha256 = package.artifact.sha256
      return
    }
    guard let file = words.first, file.hasSuffix(".deb") else { return nil }
    // apt quotes `_` and `:` inside of the parts (`1%3a2.10-5`).
    let parts = file.dropLast(4).split(separator: "_").map { Percent.decoded($0) }
    guard parts.count == 3 else { return nil }
    name = parts[0]
    version = parts[1]
    architecture = parts[2]
    sha256 = words.last.flatMap { word in
      word.hasPrefix("SHA256:") ? SHA256Digest(hex: word.dropFirst(7)) : nil
    }
  }

  /// The path of a file of this machine; empty for what lies elsewhere.
  private static func localPath(_ uri: String) -> String {
    uri.hasPrefix("file:") ? Percent.decoded(uri.dropFirst(5)) : ""
  }

  /// How `apt-cache show` is asked for exactly this one.
  var query: String { "\(name):\(architecture == "all" ? "native" : architecture)=\(version)" }
}
