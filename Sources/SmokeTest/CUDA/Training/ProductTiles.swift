import Accelerators
import CKernels

/// Which of the test's kernels makes a matrix product on a device.
struct ProductTiles {
  let device: Device
  let precision: Precision

  /// Whether the device has TF32 tensor cores and room for the tensor module's smaller tile.
  static func tensorCores(_ device: Device) -> Bool {
    device.capability >= Version(8, 0) && fits(kernels_tile_tensor_128, device)
  }

  /// The tile for `left · right`: a tensor one where the precision, the sizes and the device allow.
  func tile(_ form: kernels_form, rows: Int, columns: Int, depth: Int) -> kernels_tile {
    guard precision == .tf32, Self.tensorCores(device),
      kernels_tensor_fits(form, Int32(rows), Int32(columns), Int32(depth)) != 0
    else { return kernels_tile_float32 }
    let blocks = (rows + 127) / 128 * ((columns + 255) / 256)
    return Self.fits(kernels_tile_tensor_256, device) && blocks >= device[.multiprocessors]
      ? kernels_tile_tensor_256 : kernels_tile_tensor_128
  }

  static func fits(_ tile: kernels_tile, _ device: Device) -> Bool {
    device[.sharedMemory] >= Int(kernels_tile_shared_bytes(tile))
  }
}

/// One matrix product, ready to be launched.
@safe
struct Product {
  let launch: kernels_launch
  let parameters: kernels_product
  /// How many partial results it leaves one after another.
  let slices: Int

  /// - Parameters:
  ///   - epilogue: what is done with each sum, if there is one slice.
  ///   - sliceDepth: how much of the depth each partial result is of; left out, all.
  init(
    _ form: kernels_form, _ tile: kernels_tile, rows: Int, columns: Int, depth: Int,
    left: DeviceAddress, right: DeviceAddress, result: DeviceAddress, extra: DeviceAddress = 0,
    epilogue: kernels_epilogue = kernels_epilogue_store, rate: Float = 0, momentum: Float = 0,
    sliceDepth: Int? = nil
  ) {
    let sliceDepth = Int32(sliceDepth ?? depth)
    let slices = kernels_product_slices(Int32(depth), sliceDepth)
    unsafe launch = kernels_product_launch(form, tile, Int32(rows), Int32(columns), slices)
    parameters = kernels_product(
      left: left, right: right, result: result, extra: extra, rows: Int32(rows),
      columns: Int32(columns), depth: Int32(depth), slice_depth: sliceDepth,
      epilogue: Int32(epilogue.rawValue), rate: rate, momentum: momentum, reserved: 0)
    self.slices = Int(slices)
  }
}

extension Kernels {
  /// Asks for a product.
  func run(_ product: Product) throws(Trouble) {
    unsafe try run(product.launch, product.parameters)
  }
}
