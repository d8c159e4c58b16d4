internal import Commands
internal import Content
internal import Digests
internal import FileSystem
internal import Locks
internal import Mirrors
internal import Store
internal import SystemPackage

/// A private root for the host's apt: nothing of the host's own apt is read or written but
/// credentials of mirrors (`auth.conf`).
///
/// It stays in the store, `apt/<key>/`, one for each set of sources, so that a later `update` only
/// asks whether anything changed.
struct AptRoot: Sendable {
  let folder: FilePath
  let suites: [AptSuite]
  /// Which of each suite's base URLs is used.
  let attempt: Int
  private let environment: [String: String]
  private let held: Store.HeldFolder
  /// What passwords stand in, and nobody finds later.
  private let scratch: Store.ScratchFolder

  struct Settings: Sendable {
    let store: Store
    /// The image's own first.
    let architectures: [Architecture]
    let recommends: Bool
    /// How this machine reaches archives.
    let aptSettings: [AptSetting]
    /// `PATH` and proxies; nothing else reaches apt.
    let environment: [String: String]
  }

  /// Makes or reopens the root, and holds it until the value goes.
  static func open(
    _ suites: [AptSuite], attempt: Int, _ settings: Settings
  ) async throws(ResolutionError) -> AptRoot {
    var keys: [[UInt8]] = []
    for suite in suites {
      switch suite.key {
      case .inline(let text): keys.append(Array(text.utf8))
      case .file(let path):
        keys.append(
          try resolving("the keyring") { () throws(FileError) in try Files.read(path) })
      }
    }
    let held: Store.HeldFolder
    let scratch: Store.ScratchFolder
    do throws(FileError) {
      held = try await settings.store.hold(
        .apt(key(suites, attempt: attempt, keys, settings.architectures)))
      scratch = try settings.store.scratchFolder()
    } catch {
      throw ResolutionError(error, "the store's folder for apt")
    }
    let root = AptRoot(
      folder: held.path, suites: suites, attempt: attempt,
      environment: settings.environment.merging(
        ["APT_CONFIG": scratch.path.appending("apt.conf").string, "LC_ALL": "C"]) { $1 },
      held: held, scratch: scratch)
    try resolving("the store's folder for apt") { () throws(FileError) in
      try root.write(keys, settings)
    }
    return root
  }

  /// - Parameter preferences: text for `apt_preferences(5)`.
  func write(preferences: String) throws(ResolutionError) {
    try resolving("apt's preferences") { () throws(FileError) in
      try Files.write(preferences, to: folder.appending("preferences"))
    }
  }

  /// Puts the recipe's own packages where apt takes them for packages: it does so by the name's end
  /// alone, which neither the store's files nor all of the recipe's have.
  ///
  /// - Returns: the packages by their paths there.
  func place(
    _ foreign: [ForeignPackage]
  ) throws(ResolutionError) -> [String: ForeignPackage] {
    var placed: [String: ForeignPackage] = [:]
    for package in foreign {
      let path = scratch.path.appending("\(package.artifact.sha256).deb")
      guard placed.updateValue(package, forKey: path.string) == nil else { continue }
      try resolving("the package \(package.file)") { () throws(FileError) in
        // apt follows symbolic links, and names the file behind them.
        guard try Files.status(package.file)?.kind == .file else {
          return try Files.copy(package.file, to: path)
        }
        do throws(FileError) { try Files.makeHardLink(path, to: package.file) } catch {
          // Another file system, or another user's file.
          try Files.copy(package.file, to: path)
        }
      }
    }
    return placed
  }

  /// One of apt's tools, ready to run in the root.
  func command(_ tool: String, _ arguments: [String]) -> Command {
    var command = Command(tool, arguments, environment: environment)
    // apt's failures are read here, with both of its streams.
    command.accepted = [0, 1, 2, 100]
    return command
  }

  private static func key(
    _ suites: [AptSuite], attempt: Int, _ keys: [[UInt8]], _ architectures: [Architecture]
  ) -> SHA256Digest {
    let text = zip(suites, keys).map { suite, key in
      "\(suite.base(attempt)) \(suite.suite) \(suite.components) \(SHA256Digest(of: key))\n"
    }
    return SHA256Digest(
      ofText: text.joined() + architectures.map(\.rawValue).joined(separator: " "))
  }

  private func write(_ keys: [[UInt8]], _ settings: Settings) throws(FileError) {
    for name in ["lists/partial", "cache/archives/partial", "keys", "sources.d", "log"] {
      try Files.makeDirectories(folder.appending(name))
    }
    var stanzas: [String] = []
    for (suite, key) in zip(suites, keys) {
      let isArmoured = key.starts(with: "-----BEGIN".utf8)
      // One key has one name: apt refuses two entries of a suite that are signed by different files.
      let name = "\(SHA256Digest(of: key))\(isArmoured ? ".asc" : ".gpg")"
      let path = folder.appending("keys").appending(name)
      try Files.write(key, to: path)
      stanzas.append(stanza(suite, key: path, settings.architectures))
    }
    try Files.write(stanzas.joined(separator: "\n"), to: folder.appending("sources.d/all.sources"))
    try Files.write("", to: folder.appending("status"))
    // An earlier recipe's.
    try Files.write("", to: folder.appending("preferences"))
    let hosts = (try? Files.readText(Self.hostCredentials)) ?? ""
    let own = suites.compactMap { $0.credentials(attempt) }.joined()
    try Files.write("\(hosts)\n\(own)", to: credentials)
    try Files.write(configuration(settings), to: scratch.path.appending("apt.conf"))
  }

  private static let hostCredentials: FilePath = "/etc/apt/auth.conf"
  private var credentials: FilePath { scratch.path.appending("auth.conf") }

  private func stanza(
    _ suite: AptSuite, key: FilePath, _ architectures: [Architecture]
  ) -> String {
    var lines = [
      "Types: deb", "URIs: \(suite.base(attempt))", "Suites: \(suite.suite)",
      "Architectures: \(architectures.map(\.rawValue).joined(separator: " "))",
      "Signed-By: \(key)",
    ]
    if !suite.components.isEmpty {
      lines.insert("Components: \(suite.components.joined(separator: " "))", at: 3)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `Pattern-Only`: apt would else take a name with a dot that no package has for an expression,
  /// and choose all packages that match it.
  private func configuration(_ settings: Settings) -> String {
    """
    Dir "\(folder)/";
    Dir::Etc::main "/dev/null";
    Dir::Etc::parts "/dev/null";
    Dir::Etc::sourcelist "/dev/null";
    Dir::Etc::sourceparts "\(folder)/sources.d/";
    Dir::Etc::preferences "\(folder)/preferences";
    Dir::Etc::preferencesparts "/dev/null";
    Dir::Etc::trusted "/dev/null";
    Dir::Etc::trustedparts "/dev/null";
    Dir::Etc::netrc "\(credentials)";
    Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
    Dir::State "\(folder)/";
    Dir::State::lists "\(folder)/lists/";
    Dir::State::status "\(folder)/status";
    Dir::Cache "\(folder)/cache/";
    Dir::Log "\(folder)/log/";
    APT::Architecture "\(settings.architectures[0].rawValue)";
    APT::Architectures { \(settings.architectures.map { "\"\($0.rawValue)\";" }.joined()) };
    APT::Install-Recommends "\(settings.recommends)";
    APT::Install-Suggests "false";
    APT::Sandbox::User "root";
    APT::Update::Error-Mode "any";
    APT::Cmd::Pattern-Only "true";
    Acquire::Languages "none";
    Acquire::ForceHash "SHA256";
    Acquire::Retries "1";
    Acquire::http::Timeout "20";

    """ + settings.aptSettings.map { "\($0.name) \"\($0.value)\";\n" }.joined()
  }
}
