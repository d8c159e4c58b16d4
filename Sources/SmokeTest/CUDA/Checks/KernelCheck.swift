public import Accelerators
import CKernels
import Platform
import Trainer

/// Runs kernels on random numbers and holds what they give against float64.
///
/// After the first trouble nothing more is done, and the check ends in its own time: were each of its many
/// calls to throw, the code that ends it early would be the greater part.
final class KernelCheck {
  /// How far a result may be from float64, for results of magnitude 1 and less absolutely, for larger
  /// ones relatively. Sums have at most a few hundred terms below 1: float32 rounds them by 1e-6.
  static let tolerance = 3e-5
  /// The same of tensor cores, which cut off what is below their largest summand: by up to 2e-5 on those
  /// that are known in every bit. A number at a wrong place is 0.1 and more away.
  static let tensorTolerance = 1e-4

  /// Of every update.
  static let rate: Float = 0.5
  static let momentum: Float = 0.75

  let kernels: Kernels
  /// The kernels that were right.
  private(set) var names: [String] = []
  /// The largest distance seen.
  private(set) var worst = 0.0
  /// What results are held to: that of tensor cores from their first product on, since they come last.
  var tolerance = KernelCheck.tolerance
  /// The first trouble.
  private(set) var trouble: Trouble?
  private var random = RandomNumbers(seed: 20)
  /// What the kernels of one check work on.
  private var memory: [Buffer] = []

  private var context: Context { kernels.context }

  init(_ kernels: Kernels) { self.kernels = kernels }

  /// Uniform in [−1, 1), times `factor`.
  @inline(never)
  func numbers(_ count: Int, times factor: Float = 1) -> [Float] {
    var numbers = [Float](repeating: 0, count: count)
    for index in numbers.indices { numbers[index] = random.nextSigned() * factor }
    return numbers
  }

  /// For what is expected.
  @inline(never)
  func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }

  @inline(never)
  func labels(_ count: Int, classes: Int) -> [Int32] {
    (0..<count).map { _ in Int32(truncatingIfNeeded: random.next() >> 40) % Int32(classes) }
  }

  /// Gives back what the check before had.
  @inline(never)
  func begin() { memory = [] }

  @inline(never)
  private func attempt(_ body: () throws(Trouble) -> Void) {
    if trouble != nil { return }
    do throws(Trouble) { try body() } catch { trouble = error }
  }

  /// Memory of the device that holds `values`, until the next check begins.
  func place<Element: BitwiseCopyable>(_ values: [Element]) -> DeviceAddress {
    unsafe values.withUnsafeBytes { unsafe place($0) }
  }

  @unsafe
  @inline(never)
  private func place(_ bytes: UnsafeRawBufferPointer) -> DeviceAddress {
    var address: DeviceAddress = 0
    attempt { () throws(Trouble) in
      let buffer = try unsafe context.buffer(of: bytes).get()
      memory.append(buffer)
      address = buffer.address
    }
    return address
  }

  /// Memory filled with a byte that is part of no right result, so that what a kernel does not write
  /// is seen.
  @inline(never)
  func untouched(floats count: Int) -> DeviceAddress {
    var address: DeviceAddress = 0
    attempt { () throws(Trouble) in
      let buffer = try Buffer(context, floats: count)
      try context.set(buffer, bytes: 0xFF)
      memory.append(buffer)
      address = buffer.address
    }
    return address
  }

  func run<Parameters: BitwiseCopyable>(_ launch: kernels_launch, _ parameters: Parameters) {
    var parameters = parameters
    unsafe withUnsafeMutableBytes(of: &parameters) { unsafe run(launch, $0.baseAddress) }
  }

  @unsafe
  @inline(never)
  private func run(_ launch: kernels_launch, _ parameters: UnsafeMutableRawPointer?) {
    attempt { () throws(Trouble) in try unsafe kernels.run(launch, at: parameters) }
  }

  @inline(never)
  func run(_ product: Product) {
    attempt { () throws(Trouble) in try kernels.run(product) }
  }

  /// `count` numbers at `address`; zeros after a trouble.
  @inline(never)
  func download(_ address: DeviceAddress, count: Int) -> [UInt32] {
    var numbers = [UInt32](repeating: 0, count: count)
    attempt { () throws(Trouble) in
      for buffer in memory where buffer.address == address {
        numbers = try context.download(buffer, count: count)
      }
    }
    return numbers
  }

  /// What was seen is G2955, unless something was seen before.
  @inline(never)
  func fail(_ seen: String) { attempt { () throws(Trouble) in throw Self.trouble(seen) } }

  /// Fails for the first number that is too far off.
  @inline(never)
  func expect(
    _ address: DeviceAddress, _ wanted: [Double], _ name: String, isExact: Bool = false
  ) {
    let tolerance = isExact ? 0 : self.tolerance
    let got = download(address, count: wanted.count)
    if trouble != nil { return }
    for index in 0..<wanted.count {
      let number = Double(Float(bitPattern: got[index]))
      let distance = (number - wanted[index]).magnitude / max(1, wanted[index].magnitude)
      // Written so that NaN fails.
      guard distance <= tolerance else {
        let place = name + ": number " + decimal(index) + " of " + decimal(wanted.count)
        return fail(place + " is " + text(number) + ", not " + text(wanted[index]))
      }
      worst = max(worst, distance)
    }
    // The rest of the name tells which of the kernel's results this is.
    let kernel = name.before(" ") ?? name
    if !names.contains(kernel) { names.append(kernel) }
  }

  /// All digits that a float32 number has.
  private func text(_ number: Double) -> String { significant(number, digits: 9) }

  static func trouble(_ seen: String) -> Trouble {
    Trouble("G2955", seen)
  }
}

extension CUDAAccelerator {
  /// At `quick` the kernels that the training and the measurement of that level run; the driver
  /// compiles the others longer than all of the rest takes.
  public func checkKernels(_ level: Level) throws(Trouble) -> [Fact] {
    switch level {
    case .quick: try checkKernels(all: false, (132, 268, 72))
    case .full: try checkKernels(all: true, (388, 524, 260))
    }
  }

  /// - Parameter size: of the larger products, more than one block of the largest tile both ways.
  func checkKernels(
    all: Bool, _ size: (rows: Int, columns: Int, depth: Int)
  ) throws(Trouble) -> [Fact] {
    let kernels = try opened()
    let device = kernels.context.device
    let check = KernelCheck(kernels)
    check.checkStreams()
    check.checkThinLayers(batch: 70, hidden: 300, classes: 10)
    check.checkUpdate()
    let sizes = [(45, 37, 61), size]
    let needed = [kernels_form_nn, kernels_form_tn]
    for size in sizes { check.checkProducts(kernels_tile_float32, needed, size) }
    if all {
      check.checkWideLayers(batch: 83, hidden: 29, classes: 37)
      for size in sizes { check.checkProducts(kernels_tile_float32, [kernels_form_nt], size) }
      for tile in [kernels_tile_tensor_128, kernels_tile_tensor_256]
      where ProductTiles.tensorCores(device) && ProductTiles.fits(tile, device) {
        check.checkProducts(tile, needed + [kernels_form_nt], size)
      }
    }
    if let trouble = check.trouble { throw trouble }
    var facts = Facts()
    facts.add("kernels", check.names.count)
    facts.add("worst-error", check.worst, "")
    facts.add("tolerance", check.tolerance, "")
    return facts.all
  }
}
