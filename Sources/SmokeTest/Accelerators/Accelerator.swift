import Platform
public import Trainer

/// One thing that a stage saw, for people and for JSON. One pointer wide, as a ``Trouble`` is.
public struct Fact: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case text(String)
    case count(Int)
    /// Shown with three significant digits.
    case quantity(Double, unit: String)
  }

  /// In kebab case, like `compute-capability`; a key of the JSON report.
  public var name: String { contents.name }
  public var value: Value { contents.value }

  private final class Contents: Sendable {
    let name: String
    let value: Value

    init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }
  private let contents: Contents

  @inline(never)
  public init(_ name: String, _ value: Value) { contents = Contents(name, value) }

  public static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.value == right.value
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(value)
  }
}

/// Why a stage did not pass.
///
/// It is one pointer wide: almost every function throws it, and three strings would be copied at each
/// of their calls, a quarter of the program's code.
public struct Trouble: Error, Hashable, Sendable {
  /// `G` and four digits; `docs/gpu-troubleshooting.md` has a section for each.
  public var code: String { texts.code }
  /// What was seen, with the driver's own name for the error.
  public var seen: String { texts.seen }
  /// What to do about it, in plain words.
  public var remedy: String { texts.remedy }

  private final class Texts: Sendable {
    let code: String
    let seen: String
    let remedy: String

    init(_ code: String, _ seen: String, _ remedy: String) {
      self.code = code
      self.seen = seen
      self.remedy = remedy
    }
  }
  private let texts: Texts

  public init(code: String, seen: String, remedy: String) {
    texts = Texts(code, seen, remedy)
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.code == right.code && left.seen == right.seen && left.remedy == right.remedy
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(seen)
    hasher.combine(remedy)
  }
}

/// What a device does in a second, measured with its own events after warm-up.
public final class Throughput: Sendable {
  /// One training step of `plan`, in seconds.
  public let step: Double
  public let plan: TrainingPlan
  /// The best large matrix product, in floating point operations a second.
  public let product: Double
  /// What did the product, like `cuBLAS TF32` or `kiln float32`.
  public let productBy: String
  /// Device memory read and written by a copy, in bytes a second.
  public let bandwidth: Double
  /// What the device could do by its clocks and units, where they are known.
  public let theoreticalProduct: Double?
  public let theoreticalBandwidth: Double?
  /// What else was measured: other precisions, other libraries, a load that lasts.
  public let facts: [Fact]

  public init(
    step: Double, plan: TrainingPlan, product: Double, productBy: String, bandwidth: Double,
    theoreticalProduct: Double?, theoreticalBandwidth: Double?, facts: [Fact] = []
  ) {
    self.step = step
    self.plan = plan
    self.product = product
    self.productBy = productBy
    self.bandwidth = bandwidth
    self.theoreticalProduct = theoreticalProduct
    self.theoreticalBandwidth = theoreticalBandwidth
    self.facts = facts
  }
}

/// A way to reach a GPU, as the diagnosis drives it: each function is one stage, called in this order,
/// in a process that may die of it.
public protocol Accelerator: AnyObject {
  /// Loads the driver and asks it to start.
  func load() throws(Trouble) -> [Fact]
  /// Holds the driver's version against what the image needs.
  func checkVersion() throws(Trouble) -> [Fact]
  /// What in the image this driver does not serve, though it serves something beside it.
  var versionWarning: Trouble? { get }
  /// Opens the device that the others use.
  func openDevice() throws(Trouble) -> [Fact]
  /// Why success on the open device proves nothing about a GPU; nothing when it does.
  var emulation: Trouble? { get }
  /// Allocates, writes patterns, reads them back.
  func checkMemory(_ level: Level) throws(Trouble) -> [Fact]
  /// Runs every kernel on random input against float64.
  func checkKernels(_ level: Level) throws(Trouble) -> [Fact]
  func train(_ plan: TrainingPlan, on samples: Samples) throws(Trouble) -> TrainingRun
  func measure(_ level: Level) throws(Trouble) -> Throughput
}

extension Accelerator {
  public var versionWarning: Trouble? { nil }
  public var emulation: Trouble? { nil }
}
