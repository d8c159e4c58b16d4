import Content
import FileSystem
import Packages
import Sandbox
import SystemPackage

/// Packages that the configuration of others neither notices nor is changed by: they bring programs,
/// libraries, documentation and nothing else. A root that has them besides is the same whether the
/// others were configured before or with them.
///
/// The rules are on the safe side: who is refused here is configured with all others, from nothing.
struct Bystanders {
  let added: [UnpackedPackage]
  /// Those that are configured already.
  let others: [UnpackedPackage]
  let architecture: Architecture

  /// - Parameters:
  ///   - root: the merged root of all packages, not configured.
  ///   - configured: what configuring the others laid over it.
  func areUnnoticed(_ root: FilePath, _ configured: FilePath) throws(RootfsError) -> Bool {
    var interests: [Interest] = []
    var scripts: [Set<String>] = []
    for package in others {
      interests += try Self.interests(of: package)
      scripts += try Self.scripts(of: package)
    }
    for package in added {
      guard hasNoScripts(package), try activatesOnlyLoader(package) else { return false }
      let entries = try packages { () throws(PackageError) in try package.listing().entries }
      for entry in entries {
        guard isInPlace(entry, of: package), !interests.contains(where: { $0.covers(entry.path) }),
          try isUntouched(entry, root, configured), !Self.isCalled(entry, by: scripts)
        else { return false }
      }
    }
    return true
  }

  private func hasNoScripts(_ package: UnpackedPackage) -> Bool {
    package.controlFiles.allSatisfy { ["md5sums", "shlibs", "symbols", "triggers"].contains($0) }
  }

  /// The loader's cache is a function of the tree, and dpkg makes it anew for the new package.
  private func activatesOnlyLoader(_ package: UnpackedPackage) throws(RootfsError) -> Bool {
    try Self.triggers(of: package).allSatisfy { line in
      line.count == 2 && line[0].hasPrefix("activate") && line[1] == "ldconfig"
    }
  }

  /// Whether no script of another package can be expected to look where the entry is.
  private func isInPlace(_ entry: PackageEntry, of package: UnpackedPackage) -> Bool {
    let multiarch = architecture.multiarch
    let trees = [
      "usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/info/",
      "usr/share/lintian/", "usr/share/bug/", "usr/share/licenses/", "usr/include/",
      "usr/share/bash-completion/", "usr/share/zsh/", "usr/share/fish/",
      "usr/share/\(package.name)/", "usr/lib/\(package.name)/", "usr/libexec/\(package.name)/",
    ]
    let folders = [
      "bin/", "sbin/", "usr/bin/", "usr/sbin/", "usr/games/", "lib/\(multiarch)/",
      "usr/lib/\(multiarch)/", "usr/lib/\(multiarch)/pkgconfig/",
    ]
    if entry.kind == .directory {
      let path = entry.path.isEmpty ? "" : entry.path + "/"
      return (trees + folders).contains { $0.hasPrefix(path) || path.hasPrefix($0) }
    }
    guard entry.kind != .fifo, entry.attributes.isEmpty, entry.permissions & 0o7000 == 0 else {
      return false
    }
    return trees.contains { entry.path.hasPrefix($0) }
      || folders.contains { folder in
        entry.path.hasPrefix(folder) && !entry.path.dropFirst(folder.count).hasSlash
      }
  }

  /// Whether configuring the others left the place as the packages have it.
  private func isUntouched(
    _ entry: PackageEntry, _ root: FilePath, _ configured: FilePath
  ) throws(RootfsError) -> Bool {
    do throws(FileError) {
      let pristine = LayerStack([root])
      let path = try pristine.resolve(EntryParent(entry.path).folder)
      let place = path.isEmpty ? entry.path : path + "/" + EntryParent(entry.path).name
      guard entry.kind == .directory else {
        return try LayerStack([root, configured]).entry(place)?.path == root.appending(place)
      }
      guard let changed = try Files.status(configured.appending(place)) else { return true }
      let mine = try Files.status(root.appending(place))
      let attributes = try Files.attributeNames(configured.appending(place)).filter {
        !Self.isBookkeeping($0)
      }
      return changed.kind == .directory && changed.permissions == mine?.permissions
        && changed.owner == mine?.owner && changed.group == mine?.group && attributes.isEmpty
    } catch { throw RootfsError(error) }
  }

  /// What an overlay notes of every folder that it copies up, without a meaning for what is seen.
  private static func isBookkeeping(_ attribute: String) -> Bool {
    [".origin", ".impure", ".uuid", ".nlink"].contains {
      attribute == "trusted.overlay" + $0 || attribute == "user.overlay" + $0
    }
  }

  /// Whether a script may call the entry where it finds it, as `command -v` does.
  private static func isCalled(_ entry: PackageEntry, by scripts: [Set<String>]) -> Bool {
    guard entry.kind != .directory, entry.path.contains("bin/") || entry.path.contains("games/")
    else { return false }
    let name = EntryParent(entry.path).name
    return scripts.contains { $0.contains(name) }
  }
}

extension Bystanders {
  /// A path that a package is told of when something comes below it.
  private struct Interest {
    let package: String
    let path: String

    func covers(_ entry: String) -> Bool {
      guard entry == path || entry.hasPrefix(path + "/") else { return false }
      // The index of man pages is not kept, and what else man-db makes is for other languages.
      guard package == "man-db", path == "usr/share/man" else { return true }
      let section = entry.dropFirst(path.count).drop { $0 == "/" }.prefix { $0 != "/" }
      return !section.isEmpty && section.wholeMatch(of: /man[0-9]/) == nil
    }
  }

  private static func interests(of package: UnpackedPackage) throws(RootfsError) -> [Interest] {
    try triggers(of: package).filter { $0.count == 2 && $0[0].hasPrefix("interest") }
      .filter { $0[1].isAbsolutePath }
      .map { Interest(package: package.name, path: String($0[1].drop { $0 == "/" })) }
  }

  private static func triggers(of package: UnpackedPackage) throws(RootfsError) -> [[String]] {
    guard package.controlFiles.contains("triggers") else { return [] }
    do throws(FileError) {
      return try Files.readText(package.controlFile("triggers")).split(separator: "\n")
        .map { $0.prefix { $0 != "#" }.split(separator: " ").map(String.init) }
        .filter { !$0.isEmpty }
    } catch { throw RootfsError(error) }
  }

  /// The words of each maintainer script.
  private static func scripts(of package: UnpackedPackage) throws(RootfsError) -> [Set<String>] {
    var scripts: [Set<String>] = []
    for name in ["config", "preinst", "postinst"] where package.controlFiles.contains(name) {
      do throws(FileError) {
        let text = String(decoding: try Files.read(package.controlFile(name)), as: UTF8.self)
        scripts.append(
          Set(text.split { !($0.isLetter || $0.isNumber || "-_.+".contains($0)) }.map(String.init)))
      } catch { throw RootfsError(error) }
    }
    return scripts
  }

  private func packages<Value>(
    _ body: () throws(PackageError) -> Value
  ) throws(RootfsError) -> Value {
    do throws(PackageError) { return try body() } catch { throw RootfsError(error) }
  }
}

/// A path's last component, and what is before it.
private struct EntryParent {
  let folder: String
  let name: String

  init(_ path: String) {
    let components = path.pathComponents
    folder = components.dropLast().joined(separator: "/")
    name = components.last ?? ""
  }
}
