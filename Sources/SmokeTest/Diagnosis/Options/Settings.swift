public import Accelerators
public import Platform

/// What to do: the program's options before the image's settings, which are lines `KEY=VALUE` in
/// `/etc/gpu-smoke-test.conf`. `#` begins a comment. The keys are those below.
public struct Settings: Hashable, Sendable {
  public static let path = "/etc/gpu-smoke-test.conf"

  /// `backend=auto|cuda|directml|cpu`. Nothing is `auto`.
  public private(set) var backend: Backend?
  /// `level=quick|full`.
  public private(set) var level = Level.quick
  /// `framework=pytorch|tensorflow`: the framework is tested without being asked for.
  public private(set) var framework: Framework?
  private let isFrameworkAsked: Bool
  /// `python=PATH`: the interpreter of the image's frameworks.
  public private(set) var python: String?
  /// What each stage may take, in nanoseconds.
  public private(set) var timeout: UInt64 = 0
  /// The same for the framework, whose import alone takes seconds.
  public let frameworkTimeout: UInt64
  /// The only GPU to test; nothing is the first one, or with `full` all of them.
  public let device: Int?
  /// Instead of that, a part of the name of DirectML's adapter, or its PCI id.
  public let adapter: String?
  /// `directml=PATH`: DirectML's library, where it is not in one of its usual places.
  public private(set) var directML: String?
  /// Why `auto` is what ``backend`` says.
  public private(set) var choice: String?

  /// - Throws: when the image's file has a line that is none of these.
  public init(_ options: Options, _ machine: Machine) throws(WrongUse) {
    device = options.device
    isFrameworkAsked = options.framework != nil
    adapter = options.adapter
    frameworkTimeout = options.timeout ?? 300 * 1_000_000_000
    for line in (machine.text(Self.path) ?? "").lines {
      let line = line.trimmed
      if line.isEmpty || line.begins(with: "#") { continue }
      guard set(line) else {
        throw WrongUse(Self.path + " has a line that means nothing: '" + printable(line) + "'")
      }
    }
    if options.isBackendChosen { backend = options.backend }
    directML = options.directML ?? directML
    level = options.level ?? level
    framework = options.framework ?? framework
    timeout = options.timeout ?? (level == .full ? 600 : 60) * 1_000_000_000
  }

  private mutating func set(_ line: String) -> Bool {
    guard let key = line.split(at: "=").first, let value = line.after(key + "=")?.trimmed else {
      return false
    }
    switch key.trimmed {
    case "backend":
      backend = Backend.allCases.first { $0.name == value }
      return backend != nil || value == "auto"
    case "level":
      guard let level = Level(name: value) else { return false }
      self.level = level
    case "framework":
      framework = Framework.allCases.first { $0.name == value }
      return framework != nil
    case "python":
      python = value
      return value.begins(with: "/")
    case "directml":
      directML = value
      return value.begins(with: "/")
    default: return false
    }
    return true
  }

  /// Leaves the framework out where one of DirectML's adapters is picked: frameworks number them in an
  /// order of their own.
  mutating func reconcile() throws(WrongUse) {
    guard backend == .directml, device != nil || adapter != nil else { return }
    if isFrameworkAsked {
      throw WrongUse("--framework takes DirectML's first adapter: leave --adapter out")
    }
    framework = nil
  }

  mutating func decide(_ backend: Backend, _ choice: String) {
    self.backend = backend
    self.choice = choice
  }
}
