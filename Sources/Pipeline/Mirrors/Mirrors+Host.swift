internal import Commands
internal import Diagnostics
internal import FileSystem
public import SystemPackage
internal import Transfers
internal import YAML

extension Mirrors {
  /// The mirrors of this machine. For each source the first of these that names one counts:
  ///
  /// 1. the variable ``variable(_:)``, several URLs separated by spaces;
  /// 2. `kiln/mirrors.yaml` in the user's configuration folder: source → URL, list of URLs, or
  ///    `mirrors` and `snapshots` with those;
  /// 3. `extra`: what the recipe says of its own sources;
  /// 4. apt's sources for Debian and Ubuntu, pip's and uv's indexes for Python.
  ///
  /// Snapshots come from ``snapshotVariable(_:)``, else from the file.
  ///
  /// - Parameters:
  ///   - environment: of the user; tools are started with it.
  ///   - root: of the host's file system.
  ///   - python: whether an index for Python is wanted; asking pip takes half a second.
  public static func ofHost(
    environment: [String: String], root: FilePath = "/", extra: [String: [String]] = [:],
    python: Bool = true
  ) async throws(MirrorError) -> Mirrors {
    let file = configurationFile(environment)
    let written = try read(file, known: sources + extra.keys.sorted())
    var bases = aptBases(root).merging(extra) { $1 }.merging(written.bases) { $1 }
    var settings: [AptSetting] = []
    var extraIndexes: [String] = []
    do throws(CommandError) {
      settings = try await aptSettings(environment)
      let isNamed = bases[Self.python] != nil || environment[variable(Self.python)] != nil
      if python, !isNamed {
        let found = try await PythonIndexes(environment: environment, root: root).find()
        bases[Self.python] = found.main
        extraIndexes = found.extra
      }
    } catch {
      throw MirrorError(.interrupted, error.command.first ?? "", at: .init(file: file.string))
    }
    var snapshots = written.snapshots
    for name in Set(bases.keys).union(Self.named(environment)).union(snapshots.keys) {
      let named = try urls(environment, variable(name))
      if !named.isEmpty { bases[name] = named }
      let place = Diagnostic.Place(file: snapshotVariable(name))
      let templates = try urls(environment, snapshotVariable(name)).map {
        (url) throws(MirrorError) in try snapshot(url, at: place)
      }
      if !templates.isEmpty { snapshots[name] = templates }
    }
    do throws(CommandError) {
      let urls = bases.filter { $0.key != Self.python }.values.joined()
      settings += try await settings.detectedProxies(for: Array(urls), environment)
    } catch {
      throw MirrorError(.interrupted, error.command.first ?? "", at: .init(file: file.string))
    }
    return Mirrors(
      bases, extraIndexes: extraIndexes, snapshots: snapshots, aptSettings: settings,
      file: file.string)
  }

  /// The URLs of a variable, separated by spaces.
  private static func urls(
    _ environment: [String: String], _ name: String
  ) throws(MirrorError) -> [String] {
    let urls = (environment[name] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    for url in urls { try check(url, at: .init(file: name)) }
    return urls
  }

  private static func snapshot(
    _ url: String, at place: Diagnostic.Place
  ) throws(MirrorError) -> Snapshot {
    guard let snapshot = Snapshot(trimmed(url)) else {
      throw MirrorError(.badSnapshot, url, at: place)
    }
    return snapshot
  }

  /// Sources that the environment names. A variable's name does not tell `-` from `_`; what the
  /// recipe or the file names as well is found by its own name.
  private static func named(_ environment: [String: String]) -> [String] {
    [mirrorPrefix, snapshotPrefix].flatMap { prefix in
      environment.keys.filter { $0.hasPrefix(prefix) }.map {
        String($0.dropFirst(prefix.count).lowercased().map { $0 == "_" ? "-" : $0 })
      }
    }
  }

  private static func configurationFile(_ environment: [String: String]) -> FilePath {
    let folder =
      environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : FilePath($0) }
      ?? FilePath(environment["HOME"] ?? "/").appending(".config")
    return folder.appending("kiln/mirrors.yaml")
  }

  private static func check(_ url: String, at place: Diagnostic.Place) throws(MirrorError) {
    guard let scheme = TransferURL.scheme(url), ["http", "https", "file"].contains(scheme) else {
      throw MirrorError(.badURL, url, at: place)
    }
  }

  /// What the user's file says.
  private struct Written {
    var bases: [String: [String]] = [:]
    var snapshots: [String: [Snapshot]] = [:]
  }

  /// - Parameter known: the sources whose names kiln knows.
  private static func read(
    _ file: FilePath, known: [String]
  ) throws(MirrorError) -> Written {
    let place = Diagnostic.Place(file: file.string)
    let content: [UInt8]
    do throws(FileError) { content = try Files.read(file, limit: 1 << 20) } catch {
      if error.code == .notFound { return Written() }
      throw MirrorError(.unreadable, file.string, at: place, cause: .file(error))
    }
    let document: Node
    do throws(YAMLError) { document = try Node.read(content, file: file.string) } catch {
      if error.code == .empty { return Written() }
      throw MirrorError(.badConfiguration, file.string, at: place, cause: .yaml(error))
    }
    guard let entries = document.mapping else {
      throw MirrorError(.badConfiguration, file.string, at: document.place)
    }
    var written = Written()
    let missing = known.filter { document[$0] == nil }
    for entry in entries {
      if !known.contains(entry.key) { try checkSource(entry, missing) }
      guard let parts = entry.value.mapping else {
        written.bases[entry.key] = try urls(entry.value, of: entry.key)
        continue
      }
      for part in parts {
        let name = "\(entry.key).\(part.key)"
        switch part.key {
        case "mirrors": written.bases[entry.key] = try urls(part.value, of: name)
        case "snapshots":
          written.snapshots[entry.key] = try urls(part.value, of: name).map {
            (url) throws(MirrorError) in try snapshot(url, at: part.value.place)
          }
        default:
          throw MirrorError(
            .unknownKey, part.key, at: part.keyPlace,
            cause: .unknown(among: ["mirrors", "snapshots"]))
        }
      }
    }
    return written
  }

  /// Sources whose names are kiln's own; recipes have others.
  private static let sources =
    Distribution.known.flatMap { [$0.name, $0.name + "-security"] } + [python]

  /// The file is for all recipes, and a name that this one does not know may be another's source; but
  /// not one that is nearly that of a source which the file does not name.
  private static func checkSource(
    _ entry: Node.Entry, _ missing: [String]
  ) throws(MirrorError) {
    guard let near = nearest(to: entry.key, among: missing) else { return }
    // `debian-local` and `cuda2` are chosen so, beside `debian` and `cuda`.
    let plain = { (name: String) in name.filter { !$0.isNumber } }
    if entry.key.hasPrefix(near + "-") || plain(entry.key) == plain(near) { return }
    throw MirrorError(
      .unknownKey, entry.key, at: entry.keyPlace, cause: .unknown(among: missing))
  }

  private static func urls(_ node: Node, of key: String) throws(MirrorError) -> [String] {
    try (node.sequence ?? [node]).map { (item) throws(MirrorError) in
      guard let url = item.scalar?.text else {
        throw MirrorError(.badConfiguration, key, at: item.place)
      }
      try check(url, at: item.place)
      return url
    }
  }

  /// What apt on this machine uses. A file that cannot be read, or a line that makes no sense, is
  /// apt's business to complain about.
  private static func aptBases(_ root: FilePath) -> [String: [String]] {
    let host = HostRelease((try? Files.readText(root.appending("etc/os-release"))) ?? "")
    let folder = root.appending("etc/apt")
    var archives = AptSources.oneLine(
      (try? Files.readText(folder.appending("sources.list"))) ?? "")
    for name in (try? Files.entries(folder.appending("sources.list.d"))) ?? [] {
      let text = try? Files.readText(folder.appending("sources.list.d/\(name)"))
      if name.hasSuffix(".list") { archives += AptSources.oneLine(text ?? "") }
      if name.hasSuffix(".sources") { archives += AptSources.stanzas(text ?? "") }
    }
    return Distribution.bases(archives, host: host).mapValues { uris in
      uris.flatMap { resolved($0, root) }
    }.filter { !$0.value.isEmpty }
  }

  /// The URLs behind a URI of apt's: `mirror+file:` names a file of mirrors, `file:/x` is short
  /// for `file:///x`; what curl has no scheme for is left out.
  private static func resolved(_ uri: String, _ root: FilePath) -> [String] {
    if uri.contains("$(") { return [] }
    if uri.hasPrefix("mirror+file:") {
      let path = uri.dropFirst("mirror+file:".count).drop { $0 == "/" }
      let lines = (try? Files.readText(root.appending(String(path)))) ?? ""
      return lines.split(whereSeparator: \.isNewline).filter { $0.first != "#" }
        .compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) }
        .flatMap { resolved($0, root) }
    }
    for scheme in ["file:", "copy:"] where uri.hasPrefix(scheme) {
      return ["file:///" + uri.dropFirst(scheme.count).drop { $0 == "/" }]
    }
    return ["http", "https"].contains(TransferURL.scheme(uri) ?? "") ? [uri] : []
  }

  private static func aptSettings(
    _ environment: [String: String]
  ) async throws(CommandError) -> [AptSetting] {
    do throws(CommandError) {
      // Without a limit: on a busy machine the proxy would be lost in silence.
      let dump = try await Command("apt-config", ["dump"], environment: environment).run()
      return AptSetting.reaching(dump: dump.output)
    } catch {
      if error.code == .interrupted { throw error }
      // No apt, no settings.
      return []
    }
  }
}
