internal import Content
internal import FileSystem
internal import Recipes
internal import SystemPackage
internal import Transfers

/// One suite of one repository, as a stanza of apt's sources.
struct AptSuite: Hashable, Sendable {
  /// The key that its Release file must be signed with.
  enum Key: Hashable, Sendable {
    case file(FilePath)
    /// An armoured public key block.
    case inline(String)
  }

  /// The lock's name of the repository.
  let source: String
  /// Its base URLs, in the order to try, without a slash at the end.
  let bases: [String]
  let suite: String
  let components: [String]
  let key: Key
  /// Whether a mirror may lack it; kiln then goes on without, and says so.
  let isOptional: Bool

  /// The base URL for the `attempt`th try, as apt writes it: `file:/path` for a local one. It has no
  /// password: it gets into files that stay.
  func base(_ attempt: Int) -> String {
    let base = given(attempt)
    if base.hasPrefix("file:///") { return "file:" + base.dropFirst(7) }
    return TransferURL.separated(base)?.url ?? base
  }

  /// A line of `apt_auth.conf(5)` for the base URL; nil where that has no user name.
  func credentials(_ attempt: Int) -> String? {
    guard let (url, user, password) = TransferURL.separated(given(attempt)) else { return nil }
    return "machine \(url) login \(user) password \(password)\n"
  }

  private func given(_ attempt: Int) -> String {
    bases.dropFirst(min(attempt, bases.count - 1)).first ?? ""
  }
}

/// A distribution's own archive: its suites and its keyring.
struct AptDistribution: Sendable {
  let name: String
  let suite: Recipe.Suite
  let keyring: FilePath
  /// The Debian package that holds ``keyring``.
  let keyringPackage: String

  init(_ base: Recipe.Base) throws(ResolutionError) {
    switch base {
    case .debian(let suite):
      self.init(
        name: "debian", suite: suite,
        keyring: "/usr/share/keyrings/debian-archive-keyring.gpg",
        keyringPackage: "debian-archive-keyring")
    case .ubuntu(let suite):
      self.init(
        name: "ubuntu", suite: suite,
        keyring: "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
        keyringPackage: "ubuntu-keyring")
    case .tarball:
      throw ResolutionError(
        .unsupportedBase, "the packages of a tarball base",
        remedy: "start from `debian` or `ubuntu`; see the recipe reference")
    }
  }

  private init(
    name: String, suite: Recipe.Suite, keyring: FilePath, keyringPackage: String
  ) {
    self.name = name
    self.suite = suite
    self.keyring = keyring
    self.keyringPackage = keyringPackage
  }

  /// Source names and suites: the release, its updates and its security updates.
  ///
  /// Debian called the security suite `<suite>/updates` up to buster; `sid` and `experimental` have
  /// neither.
  var suites: [(source: String, suite: String, isOptional: Bool)] {
    let main = (name, suite.suite, false)
    guard name == "debian" else {
      return [
        main, (name, suite.suite + "-updates", true), (name + "-security", securitySuite, false),
      ]
    }
    if ["sid", "unstable", "experimental"].contains(suite.suite) { return [main] }
    return [
      main, (name, suite.suite + "-updates", true), (name + "-security", securitySuite, false),
    ]
  }

  private var securitySuite: String {
    let old = ["jessie", "stretch", "buster"]
    return name == "debian" && old.contains(suite.suite)
      ? suite.suite + "/updates" : suite.suite + "-security"
  }

  /// What the image starts with, as apt's patterns; `apt` counts as essential for apt itself.
  ///
  /// - Parameter foreign: architectures beside the image's own, whose packages are not meant.
  func basePackages(foreign: [Architecture]) -> [String] {
    let native = { (pattern: String) in
      foreign.reduce(pattern) { "?and(\($0),?not(?architecture(\($1.rawValue))))" }
    }
    let essential = [native("?essential"), "apt"]
    return switch suite.variant {
    case .essential: essential
    case .minbase: essential + [native("?priority(required)")]
    }
  }

  /// The file of the keyring that the recipe or the distribution names.
  func key(in directory: FilePath) throws(ResolutionError) -> AptSuite.Key {
    let path = suite.keyring.map(directory.pushing) ?? keyring
    guard Files.exists(path) else {
      throw ResolutionError(
        .keyringMissing, path.string,
        reason: suite.keyring == nil
          ? "kiln checks every package index of \(name) with it" : "the recipe names it",
        remedy: suite.keyring == nil
          ? "install the package \(keyringPackage), or name a `keyring` in the recipe's `base`"
          : "check the path; it is relative to the recipe's folder")
    }
    return .file(path)
  }
}
