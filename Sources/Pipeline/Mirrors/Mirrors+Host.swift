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
  /// 2. `kiln/mirrors.yaml` in the user's configuration folder: source → URL or list of URLs;
  /// 3. `extra`: what the recipe says of its own sources;
  /// 4. apt's sources for Debian and Ubuntu, pip's and uv's index for Python.
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
    let written = try read(file)
    var bases = aptBases(root).merging(extra) { $1 }.merging(written) { $1 }
    var settings: [AptSetting] = []
    do throws(CommandError) {
      settings = try await aptSettings(environment)
      let isNamed = bases[Self.python] != nil || environment[variable(Self.python)] != nil
      if python, !isNamed {
        bases[Self.python] = try await PythonIndexes(environment: environment, root: root).find()
      }
    } catch {
      throw MirrorError(.interrupted, error.command.first ?? "", at: .init(file: file.string))
    }
    for name in Set(bases.keys).union(Self.named(environment)) {
      let value = environment[variable(name)] ?? ""
      let urls = value.split(whereSeparator: \.isWhitespace).map(String.init)
      for url in urls { try check(url, at: .init(file: variable(name))) }
      if !urls.isEmpty { bases[name] = urls }
    }
    return Mirrors(bases, aptSettings: settings, file: file.string)
  }

  /// Sources that the environment names. A variable's name does not tell `-` from `_`; what the
  /// recipe or the file names as well is found by its own name.
  private static func named(_ environment: [String: String]) -> [String] {
    let prefix = "KILN_MIRROR_"
    return environment.keys.filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count).lowercased().map { $0 == "_" ? "-" : $0 })
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

  private static func read(_ file: FilePath) throws(MirrorError) -> [String: [String]] {
    let place = Diagnostic.Place(file: file.string)
    let content: [UInt8]
    do throws(FileError) { content = try Files.read(file, limit: 1 << 20) } catch {
      if error.code == .notFound { return [:] }
      throw MirrorError(.unreadable, file.string, at: place, cause: .file(error))
    }
    let document: Node
    do throws(YAMLError) { document = try Node.read(content, file: file.string) } catch {
      if error.code == .empty { return [:] }
      throw MirrorError(.badConfiguration, file.string, at: place, cause: .yaml(error))
    }
    guard let entries = document.mapping else {
      throw MirrorError(.badConfiguration, file.string, at: document.place)
    }
    var bases: [String: [String]] = [:]
    for entry in entries {
      for item in entry.value.sequence ?? [entry.value] {
        guard let url = item.scalar?.text else {
          throw MirrorError(.badConfiguration, entry.key, at: item.place)
        }
        try check(url, at: item.place)
        bases[entry.key, default: []].append(url)
      }
    }
    return bases
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
