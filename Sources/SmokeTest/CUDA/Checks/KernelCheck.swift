public import Accelerators
import CKernels
import Platform
import Trainer

/// Runs kernels on random numbers and holds what they give against float64.
final class KernelCheck {
  /// How far a result may be from float64, for results of magnitude 1 and less absolutely, for larger
  /// ones relatively. Sums have at most a few hundred terms below 1: float32 rounds them by 1e-6.
  static let tolerance = 2e-5

  let kernels: Kernels
  /// The kernels that were right.
  private(set) var names: [String] = []
  /// The largest distance seen.
  private(set) var worst = 0.0
  private var random = RandomNumbers(seed: 20)

  var context: Context { kernels.context }

  init(_ kernels: Kernels) { self.kernels = kernels }

  /// Uniform in [−1, 1).
  func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in random.nextSigned() } }

  func labels(_ count: Int, classes: Int) -> [Int32] {
    (0..<count).map { _ in Int32(truncatingIfNeeded: random.next() >> 40) % Int32(classes) }
  }

  /// Memory filled with a byte that is part of no right result, so that what a kernel does not write
  /// is seen.
  func untouched(floats count: Int) throws(Trouble) -> Buffer {
    let buffer = try Buffer(context, floats: count)
    try context.set(buffer, bytes: 0xFF)
    return buffer
  }

  /// - Throws: G2955 for the first number that is too far off.
  func expect(
    _ buffer: Buffer, _ wanted: [Double], _ name: String, tolerance: Double = KernelCheck.tolerance
  ) throws(Trouble) {
    let got: [Float] = try context.download(buffer, count: wanted.count)
    for index in 0..<wanted.count {
      let distance =
        (Double(got[index]) - wanted[index]).magnitude / max(1, wanted[index].magnitude)
      // Written so that NaN fails.
      guard distance <= tolerance else {
        throw Self.trouble(
          "\(name): number \(index) of \(wanted.count) is \(text(Double(got[index]))), not \(text(wanted[index]))"
        )
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
    try check.checkStreams()
    try check.checkThinLayers(batch: 70, hidden: 300, classes: 10)
    try check.checkUpdate()
    let sizes = [(45, 37, 61), size]
    let needed = [kernels_form_nn, kernels_form_tn]
    for size in sizes { try check.checkProducts(kernels_tile_float32, needed, size) }
    if all {
      try check.checkWideLayers(batch: 83, hidden: 29, classes: 37)
      for size in sizes { try check.checkProducts(kernels_tile_float32, [kernels_form_nt], size) }
      for tile in [kernels_tile_tensor_128, kernels_tile_tensor_256]
      where ProductTiles.tensorCores(device) && ProductTiles.fits(tile, device) {
        try check.checkProducts(tile, needed + [kernels_form_nt], size)
      }
    }
    return [
      Fact("kernels", .count(check.names.count)),
      Fact("worst-error", .quantity(check.worst, unit: "")),
      Fact("tolerance", .quantity(KernelCheck.tolerance, unit: "")),
    ]
  }
}
