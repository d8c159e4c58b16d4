public import Content
public import SystemPackage

/// A recipe as the pipeline uses it: read, extended, variables filled in, every value checked.
public struct Recipe: Hashable, Sendable {
  /// Lower-case letters, digits, `.`, `_`, `-`; also the name of the files that it makes.
  public var name: String
  public var description: String
  public var architecture: Architecture
  public var base: Base
  public var sources: [AptSource]
  public var preferences: [AptPreference]
  public var packages: [String]
  /// Whether apt takes recommended packages too.
  public var recommends: Bool
  /// Foreign `.deb` files.
  public var debs: [ForeignFile]
  public var python: Python?
  public var files: [FileEntry]
  public var users: [User]
  /// Variables of every login, into `/etc/environment`.
  public var environment: [String: String]
  /// An IANA name, like `Europe/Berlin`.
  public var timezone: String?
  /// Like `en_US.UTF-8`; the image's `LANG`.
  public var locale: String
  public var wsl: WSLSettings
  public var run: [Step]
  public var gpu: GPU?
  public var smokeTest: SmokeTest?
  /// The folder of the recipe file, that paths in it are relative to.
  public var directory: FilePath
  /// Where each value stands, by its key path: `packages[3]`, `users[0].name`, `wsl.conf`.
  public var places = Places()

  /// Whatever is not given has the value of a recipe that does not name it.
  public init(
    name: String, description: String = "", architecture: Architecture = .amd64, base: Base,
    sources: [AptSource] = [], preferences: [AptPreference] = [], packages: [String] = [],
    recommends: Bool = false, debs: [ForeignFile] = [], python: Python? = nil,
    files: [FileEntry] = [], users: [User] = [], environment: [String: String] = [:],
    timezone: String? = nil, locale: String = "C.UTF-8",
    wsl: WSLSettings = WSLSettings(install: [.importing, .fromFile], conf: [:], distribution: [:]),
    run: [Step] = [], gpu: GPU? = nil, smokeTest: SmokeTest? = nil, directory: FilePath
  ) {
    self.name = name
    self.description = description
    self.architecture = architecture
    self.base = base
    self.sources = sources
    self.preferences = preferences
    self.packages = packages
    self.recommends = recommends
    self.debs = debs
    self.python = python
    self.files = files
    self.users = users
    self.environment = environment
    self.timezone = timezone
    self.locale = locale
    self.wsl = wsl
    self.run = run
    self.gpu = gpu
    self.smokeTest = smokeTest
    self.directory = directory
  }

  public enum Base: Hashable, Sendable {
    case debian(Suite)
    case ubuntu(Suite)
    /// A tarball or `.wsl` to start from.
    case tarball(ForeignFile)
  }

  public struct Suite: Hashable, Sendable {
    public enum Variant: String, Hashable, Sendable, CaseIterable { case essential, minbase }

    public var suite: String
    public var variant: Variant
    public var components: [String]
    /// An armoured or binary OpenPGP keyring in place of the distribution's, relative to the
    /// recipe's folder.
    public var keyring: FilePath?

    public init(suite: String, variant: Variant, components: [String], keyring: FilePath? = nil) {
      self.suite = suite
      self.variant = variant
      self.components = components
      self.keyring = keyring
    }
  }

  /// One more apt repository.
  public struct AptSource: Hashable, Sendable {
    /// The lock's name for it.
    public var name: String
    public var uri: String
    public var suite: String
    public var components: [String]
    public var key: SigningKey

    public enum SigningKey: Hashable, Sendable {
      case file(FilePath)
      /// An armoured public key block.
      case inline(String)
    }

    public init(name: String, uri: String, suite: String, components: [String], key: SigningKey) {
      self.name = name
      self.uri = uri
      self.suite = suite
      self.components = components
      self.key = key
    }
  }

  /// A stanza of apt's preferences (`apt_preferences(5)`).
  public struct AptPreference: Hashable, Sendable {
    public var package: String
    public var pin: String
    public var priority: Int

    public init(package: String, pin: String, priority: Int) {
      self.package = package
      self.pin = pin
      self.priority = priority
    }
  }

  /// A file from the recipe's folder or from a URL; a URL always has a digest.
  public struct ForeignFile: Hashable, Sendable {
    public enum Location: Hashable, Sendable {
      case path(FilePath)
      case url(String)
    }

    public var location: Location
    /// 64 hexadecimal digits.
    public var sha256: String?

    public init(location: Location, sha256: String?) {
      self.location = location
      self.sha256 = sha256
    }
  }

  public struct Python: Hashable, Sendable {
    /// The absolute path of the virtual environment.
    public var venv: String
    /// Requirements as pip writes them (PEP 508).
    public var requirements: [String]
    /// Wheel files of the recipe's folder.
    public var wheels: [FilePath]
    /// An index in place of the machine's own; nil is the machine's.
    public var index: String?
    /// Projects that stay out, although others ask for them.
    public var exclude: [String]
    /// Whether the modules are compiled.
    public var byteCode: Bool

    public init(
      venv: String, requirements: [String], wheels: [FilePath], index: String? = nil,
      exclude: [String] = [], byteCode: Bool = true
    ) {
      self.venv = venv
      self.requirements = requirements
      self.wheels = wheels
      self.index = index
      self.exclude = exclude
      self.byteCode = byteCode
    }
  }

  public struct FileEntry: Hashable, Sendable {
    public enum Source: Hashable, Sendable {
      /// A file or a folder, relative to the recipe's folder.
      case path(FilePath)
      case content(String)
      /// The target of a symbolic link.
      case symlink(String)
      /// One file of an archive, by its path in it.
      case member(String, of: Archive)
    }

    public var source: Source
    /// Absolute, inside the image.
    public var to: String
    /// nil: the source's executable bit decides between 0755 and 0644.
    public var mode: UInt16?
    /// `name`, or a number; root where it is absent.
    public var owner: String
    public var group: String

    public init(source: Source, to: String, mode: UInt16?, owner: String, group: String) {
      self.source = source
      self.to = to
      self.mode = mode
      self.owner = owner
      self.group = group
    }
  }

  /// Something that is fetched for a file in it, and not installed.
  public enum Archive: Hashable, Sendable {
    /// A wheel of the package index, by a requirement: `torch-directml==0.2.5`.
    case wheel(String)
    /// A zip, a tarball or a `.deb`.
    case file(ForeignFile)
  }

  public struct User: Hashable, Sendable {
    public enum Sudo: String, Hashable, Sendable, CaseIterable { case none, password, nopasswd }

    public var name: String
    public var uid: UInt32
    public var groups: [String]
    public var sudo: Sudo
    public var shell: String

    public init(name: String, uid: UInt32, groups: [String], sudo: Sudo, shell: String) {
      self.name = name
      self.uid = uid
      self.groups = groups
      self.sudo = sudo
      self.shell = shell
    }
  }

  /// A file or folder of the recipe's folder.
  public struct Input: Hashable, Sendable {
    /// Without symbolic links, relative to the recipe's folder.
    public var path: FilePath
    /// As the recipe names it; where the step sees it.
    public var name: FilePath

    public init(_ path: FilePath, name: FilePath? = nil) {
      self.path = path
      self.name = name ?? path
    }
  }

  public struct Step: Hashable, Sendable {
    public var name: String
    /// For `/bin/sh -e`, unless it starts with `#!`.
    public var script: String
    /// A user of the image.
    public var user: String
    public var network: Bool
    public var environment: [String: String]
    /// Seconds.
    public var timeout: Int
    /// Copies of them are seen read-only in `/kiln/inputs`.
    public var inputs: [Input]

    public init(
      name: String, script: String, user: String, network: Bool, environment: [String: String],
      timeout: Int, inputs: [Input]
    ) {
      self.name = name
      self.script = script
      self.user = user
      self.network = network
      self.environment = environment
      self.timeout = timeout
      self.inputs = inputs
    }
  }

  public struct GPU: Hashable, Sendable {
    public var backend: Backend
    /// Like `sm_86`.
    public var requireArchitectures: [String]

    public init(backend: Backend, requireArchitectures: [String]) {
      self.backend = backend
      self.requireArchitectures = requireArchitectures
    }
  }

  public enum Backend: String, Hashable, Sendable, CaseIterable { case cuda, directml, cpu }

  public struct SmokeTest: Hashable, Sendable {
    public enum Level: String, Hashable, Sendable, CaseIterable { case quick, full }

    public var backend: Backend
    public var level: Level

    public init(backend: Backend, level: Level) {
      self.backend = backend
      self.level = level
    }
  }
}
