public import SystemPackage

/// A program of a root file system, with all that it will see of the world.
public struct SandboxCommand: Hashable, Sendable {
  /// What becomes of the changes that the program makes to the root.
  public enum Writes: Hashable, Sendable {
    /// They become a layer: `upper` gets them, `work` is scratch on the same file system.
    case layer(upper: FilePath, work: FilePath)
    /// They live in memory and go with the sandbox.
    case discarded
    /// The root is read-only.
    case refused
  }

  /// Numbers, as the image knows them.
  public struct User: Hashable, Sendable {
    public var uid: UInt32
    public var gid: UInt32
    public var groups: [UInt32]
    /// `HOME`, where the environment does not say otherwise.
    public var home: String

    public init(uid: UInt32, gid: UInt32, groups: [UInt32], home: String) {
      self.uid = uid
      self.gid = gid
      self.groups = groups
      self.home = home
    }

    public static let root = User(uid: 0, gid: 0, groups: [], home: "/root")
  }

  /// A file or folder of the host that the program sees.
  public struct Bind: Hashable, Sendable {
    public var source: FilePath
    /// Absolute, inside.
    public var target: String
    public var readOnly: Bool

    public init(_ source: FilePath, at target: String, readOnly: Bool = true) {
      self.source = source
      self.target = target
      self.readOnly = readOnly
    }
  }

  /// A file that stands in for the image's own, or for none, while the program runs; a small one,
  /// since its content is an argument of the sandbox's processes.
  public struct Mask: Hashable, Sendable {
    /// Absolute, inside.
    public var path: String
    public var content: String
    public var executable: Bool
    /// Whether to leave a path alone that the image does not have.
    public var onlyExisting: Bool

    public init(
      _ path: String, content: String, executable: Bool = true, onlyExisting: Bool = false
    ) {
      self.path = path
      self.content = content
      self.executable = executable
      self.onlyExisting = onlyExisting
    }
  }

  /// Directories in overlayfs's form, the lowest first; they are only read.
  public var layers: [FilePath]
  public var writes: Writes
  /// The program, as a path or looked up in the environment's `PATH`, and its arguments.
  public var arguments: [String]
  /// What the program gets, and ``secrets``, and nothing else but `HOME` of ``User/home``.
  public var environment: [String: String]
  /// More variables, proxies with passwords for one. The arguments of the sandbox's processes do not
  /// have them: those everybody on the host can list.
  public var secrets: [String: String] = [:]
  public var user: User
  /// Whether the program is in the host's network, with the host's resolver; otherwise it has
  /// a loopback interface of its own.
  public var network: Bool
  /// Whether the program finds the terminal that it will have at `/dev/tty`.
  public var terminal = false
  public var binds: [Bind]
  public var masks: [Mask]
  /// Seconds until everything in the sandbox is killed; nil waits for ever.
  public var timeout: Int?
  /// Exit statuses that mean success.
  public var accepted: Set<Int32>

  public init(
    layers: [FilePath], writes: Writes, arguments: [String], environment: [String: String],
    user: User = .root, network: Bool = false, binds: [Bind] = [], masks: [Mask] = [],
    timeout: Int? = nil, accepted: Set<Int32> = [0]
  ) {
    self.layers = layers
    self.writes = writes
    self.arguments = arguments
    self.environment = environment
    self.user = user
    self.network = network
    self.binds = binds
    self.masks = masks
    self.timeout = timeout
    self.accepted = accepted
  }
}
