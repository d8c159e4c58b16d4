internal import Content
internal import Digests
internal import FileSystem
internal import SystemPackage

/// dpkg's database of unpacked, unconfigured packages: what stands in `/var/lib/dpkg`.
struct PackageDatabase {
  struct File {
    enum Content {
      case text(String)
      /// A control file in the store.
      case link(FilePath)
    }

    var path: String
    let content: Content
    var permissions: UInt16 = 0o644
    /// nil for what belongs to all.
    var package: Int?
  }

  private static let folder = "var/lib/dpkg"

  let packages: [UnpackedPackage]
  let plan: MergePlan
  let options: PristineRoot.Options

  private var unpacked: [Int] { packages.indices.filter { !plan.deferred.contains($0) } }

  func files() throws(PackageError) -> [File] {
    var files: [File] = []
    for index in unpacked { files += try info(index) }
    files.append(file("info/format", "1\n"))
    // mmdebstrap writes it always, so that one more architecture can simply be added.
    files.append(file("arch", options.architecture.rawValue + "\n"))
    files.append(file("status", try status()))
    files += try triggers()
    for lock in ["lock", "lock-frontend"] {
      files.append(File(path: "\(Self.folder)/\(lock)", content: .text(""), permissions: 0o640))
    }
    return files
  }

  private func file(_ name: String, _ text: String) -> File {
    File(path: "\(Self.folder)/\(name)", content: .text(text))
  }

  /// `info/<package>.*`: the list of files, and every control file but `control`.
  private func info(_ index: Int) throws(PackageError) -> [File] {
    let package = packages[index]
    let prefix = "\(Self.folder)/info/\(package.databaseName)"
    let lost = plan.lost[index] ?? []
    var list = ""
    for entry in try package.listing().entries where !lost.contains(entry.path) {
      list += entry.path.isEmpty ? "/.\n" : "/\(entry.path)\n"
    }
    return [File(path: "\(prefix).list", content: .text(list), package: index)]
      + package.controlFiles.filter { $0 != "list" }.map {
        File(path: "\(prefix).\($0)", content: .link(package.controlFile($0)), package: index)
      }
  }

  /// One stanza a package, sorted as dpkg sorts them.
  private func status() throws(PackageError) -> String {
    var text = ""
    let order = unpacked.map { packages[$0] }.sorted {
      ($0.name, $0.architecture) < ($1.name, $1.architecture)
    }
    for package in order {
      let added = [
        ControlFile.Stanza.Field(name: "Status", value: "install ok unpacked"),
        ControlFile.Stanza.Field(name: "Conffiles", value: try conffiles(package)),
      ].filter { !$0.value.isEmpty }
      text += StatusStanza.text(package.control.fields + added) + "\n"
    }
    return text
  }

  /// With the digests of the files that stand there already: to dpkg they are up to date.
  private func conffiles(_ package: UnpackedPackage) throws(PackageError) -> String {
    var lines = ""
    for line in try package.controlLines("conffiles") {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count == 1, let path = EntryPath.normalized(String(words[0].drop { $0 == "/" }))
      else { continue }  // `remove-on-upgrade PATH` names what is not there
      let tree = package.tree
      // As in a root: the links of a package lead to nothing of the host's.
      let place = LinkWalk.resolve(path, followLast: true) {
        try? Files.readSymlink(tree.appending($0))
      }
      guard let file = place.map({ tree.appending($0) }) else { continue }
      do throws(FileError) {
        guard try Files.status(file)?.kind == .file else { continue }
        var hasher = HasherMD5()
        hasher.update(try Files.read(file))
        lines += "\n \(words[0]) \(hasher.finish())"
      } catch {
        throw PackageError(error, package: package.name)
      }
    }
    return lines
  }

  /// Who waits for which trigger, by the packages' `interest` lines (deb-triggers(5)).
  private func triggers() throws(PackageError) -> [File] {
    var byPath = ""
    var byName: [String: String] = [:]
    for package in unpacked.map({ packages[$0] }) {
      for line in try package.controlLines("triggers") {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[0].hasPrefix("interest") else { continue }
        let trigger = String(words[1])
        let waiter = package.databaseName + (words[0].hasSuffix("-noawait") ? "/noawait" : "")
        if trigger.isAbsolutePath {
          byPath += "\(trigger) \(waiter)\n"
        } else if !trigger.hasSlash {
          byName[trigger, default: ""] += waiter + "\n"
        }
      }
    }
    // Nothing is pending: dpkg notes a trigger only for a package that is configured, and these
    // are all still to be configured, which does the trigger's work.
    return [file("triggers/File", byPath), file("triggers/Unincorp", "")]
      + byName.sorted { $0.key < $1.key }.map { file("triggers/\($0.key)", $0.value) }
      + [File(path: "\(Self.folder)/triggers/Lock", content: .text(""), permissions: 0o600)]
  }
}
