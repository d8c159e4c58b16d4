import Accelerators
import DirectML
import Needs
import Platform
import Testing

/// What `make test-directml` builds of Microsoft's headers, which are not in the repository.
enum Built {
  static let package = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
  static let folder = package + "/.build/directml"
  static let isThere = Machine(environment: [:]).status(folder + "/inputs") != nil
  static let vkd3d = folder + "/vkd3d"
  static let hasVkd3d = Machine(environment: [:]).status(vkd3d + "/inputs") != nil
  static let microsoft = folder + "/microsoft/libdirectml.so"
  static let hasMicrosoft = hasVkd3d && Machine(environment: [:]).status(microsoft) != nil

  /// The double in the place of all three libraries, as they are called.
  static let libraries = Libraries.Names(
    dxcore: [folder + "/libdxcore.so"], d3d12: [folder + "/libd3d12.so"],
    directml: [folder + "/libdirectml.so"])

  /// What a program of the build says, and how it ended.
  static func run(_ program: String, _ arguments: String...) throws -> (Child.Ending, String) {
    let child = try Child.spawn(
      folder + "/" + program, arguments,
      environment: ["VK_ICD_FILENAMES": "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json"])
    var said: [UInt8] = []
    while true {
      switch child.next(by: Stopwatch.now + 600_000_000_000) {
      case .report(let bytes), .words(let bytes): said += bytes
      case .ended(let ending): return (ending, String(decoding: said, as: UTF8.self))
      case .late: return (child.stop(), "too late")
      }
    }
  }
}

/// The double as the tests see it. Its fault is the whole process's, so they run one after the other.
@safe
struct Double: ~Copyable {
  private let library: SharedLibrary

  /// - Parameter fault: what goes wrong; empty for nothing.
  init(fault: String = "") throws {
    library = try SharedLibrary(Built.folder + "/libdxcore.so")
    set(fault)
  }

  deinit { set("") }

  func set(_ fault: String) {
    typealias Function = @convention(c) (UnsafePointer<CChar>) -> Void
    unsafe library.symbol("kiln_double_fault", as: Function.self)?(fault)
  }

  /// How many of its objects somebody holds.
  var objects: Int? {
    typealias Function = @convention(c) () -> Int
    return unsafe library.symbol("kiln_double_objects", as: Function.self).map { $0() }
  }
}

/// The tests that need the double, one after the other.
@Suite(.serialized, .needs("make test-directml TIER=2", if: Built.isThere))
enum Tier2 {}

/// What `body` throws; nothing when it throws nothing.
func trouble(_ body: () throws(Trouble) -> Void) -> Trouble? {
  do throws(Trouble) {
    try body()
    return nil
  } catch {
    return error
  }
}
