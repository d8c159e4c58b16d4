public import Accelerators
internal import Platform

/// What the program was asked for.
public struct Options: Hashable, Sendable {
  public enum Task: Hashable, Sendable {
    case test
    case selfCheck
    case help
    case version
  }

  public var task = Task.test
  /// Nothing is `auto`.
  public var backend: Backend?
  public var isBackendChosen = false
  public var level: Level?
  public var framework: Framework?
  public var json = false
  public var junit: String?
  /// Nanoseconds for each stage.
  public var timeout: UInt64?
  public var device: Int?
  /// A part of the name of DirectML's adapter, or its PCI id.
  public var adapter: String?
  public var directML: String?
  public var root = ""
  private var isAdapterChosen = false

  public init() {}

  /// - Parameter arguments: those after the program's name.
  public init(_ arguments: [String]) throws(WrongUse) {
    var next = 0
    while next < arguments.count {
      let argument = arguments[next]
      next += 1
      let (name, attached) = Self.parts(argument)
      guard let option = Option.allCases.first(where: { $0.rawValue == name }) else {
        throw .unknown(name)
      }
      if option.placeholder == nil {
        if attached != nil { throw WrongUse(name + " takes no value") }
        set(option)
      } else {
        if let attached {
          try set(option, attached)
          continue
        }
        guard next < arguments.count else {
          throw WrongUse(name + " needs a value: " + name + " " + (option.placeholder ?? ""))
        }
        try set(option, arguments[next])
        next += 1
      }
    }
    if framework != nil, task == .selfCheck {
      throw WrongUse("--framework needs a GPU, and --self-check is for machines without one")
    }
    if isAdapterChosen {
      if isBackendChosen, backend != nil, backend != .directml {
        throw WrongUse("--adapter is for DirectML; --device picks one of CUDA's GPUs")
      }
      (isBackendChosen, backend) = (true, .directml)
    }
  }

  /// `--name=value` in its parts.
  private static func parts(_ argument: String) -> (name: String, value: String?) {
    guard argument.begins(with: "--"), argument.has("=") else { return (argument, nil) }
    let name = argument.split(at: "=").first ?? ""
    return (name, argument.after(name + "="))
  }

  private mutating func set(_ option: Option) {
    switch option {
    case .json: json = true
    case .selfCheck: task = .selfCheck
    case .help, .shortHelp: task = .help
    case .version: task = .version
    default: break
    }
  }

  private mutating func set(_ option: Option, _ value: String) throws(WrongUse) {
    switch option {
    case .backend:
      isBackendChosen = true
      let names = ["auto"] + Backend.allCases.map { $0.name }
      guard let index = names.firstIndex(of: value) else { throw .choice(option, value, names) }
      backend = index == 0 ? nil : Backend.allCases[index - 1]
    case .level:
      guard let level = Level(name: value) else { throw .choice(option, value, ["quick", "full"]) }
      self.level = level
    case .framework:
      let names = Framework.allCases.map { $0.name }
      guard let index = names.firstIndex(of: value) else { throw .choice(option, value, names) }
      framework = Framework.allCases[index]
    case .junit:
      if value.isEmpty { throw WrongUse("--junit needs the path of a file") }
      junit = value
    case .timeout:
      guard let timeout = Self.seconds(value) else {
        throw WrongUse(
          "--timeout needs seconds from 0.1 to 86400, such as 30 or 0.5, not '" + value + "'")
      }
      self.timeout = timeout
    case .device:
      guard let number = value.number, number < 1024 else {
        throw WrongUse("--device needs the number of a GPU, from 0, not '" + value + "'")
      }
      device = number
    case .adapter:
      if value.trimmed.isEmpty { throw WrongUse("--adapter needs a number or a part of a name") }
      isAdapterChosen = true
      if let number = value.number, number < 1024 { device = number } else { adapter = value }
    case .directML:
      guard value.begins(with: "/") else { throw WrongUse("--directml needs an absolute path") }
      directML = value
    case .root:
      guard value.begins(with: "/") else { throw WrongUse("--root needs an absolute path") }
      root = value
    case .json, .selfCheck, .help, .shortHelp, .version: break
    }
  }

  /// `30` or `0.5` in nanoseconds.
  private static func seconds(_ text: String) -> UInt64? {
    let parts = text.split(at: ".")
    guard !text.begins(with: "."), !text.ends(with: "."), parts.count <= 2,
      let whole = parts.first?.number, whole <= 86_400
    else { return nil }
    var nanoseconds = UInt64(whole) * 1_000_000_000
    if parts.count == 2 {
      guard let fraction = parts[1].number, parts[1].bytes.count <= 9 else { return nil }
      var unit: UInt64 = 1_000_000_000
      for _ in parts[1].bytes { unit /= 10 }
      nanoseconds += UInt64(fraction) * unit
    }
    return (100_000_000...86_400_000_000_000).contains(nanoseconds) ? nanoseconds : nil
  }
}

extension Level {
  init?(name: String) {
    switch name {
    case "quick": self = .quick
    case "full": self = .full
    default: return nil
    }
  }
}
