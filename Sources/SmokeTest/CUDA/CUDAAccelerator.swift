public import Accelerators
import Platform

/// An NVIDIA GPU, driven through the driver API alone.
///
/// Every stage opens what it needs when the stages before it did not, so that each can also run in a
/// process of its own.
public final class CUDAAccelerator: Accelerator {
  /// Which of the driver's GPUs, from 0.
  public let index: Int
  /// What the loader is asked for.
  let library: String
  let image: ImageLibraries
  /// How long the load of `Level.full` lasts, in seconds.
  let sustained: Double
  private var driver: Driver?
  private var kernels: Kernels?

  /// - Parameters:
  ///   - index: which of the driver's GPUs, from 0.
  ///   - library: the driver, as `dlopen` takes it.
  ///   - folders: where the image keeps CUDA's runtime and cuBLAS, absolute paths.
  ///   - sustained: how long the load of `Level.full` lasts, in seconds.
  public init(
    index: Int = 0, library: String = "libcuda.so.1", folders: [String] = [],
    sustained: Double = 20
  ) {
    self.index = index
    self.library = library
    self.image = ImageLibraries(folders: folders)
    self.sustained = sustained
  }

  public func load() throws(Trouble) -> [Fact] {
    let driver = try started()
    return [
      Fact("driver-library", .text(driver.library.path)),
      Fact("driver-cuda", .text(driver.version.text)),
    ]
  }

  public func checkVersion() throws(Trouble) -> [Fact] {
    let driver = try started()
    var facts = [Fact("driver-cuda", .text(driver.version.text))]
    guard let runtime = image.newestRuntime() else { return facts }
    facts.append(Fact("image-cuda", .text(runtime.version.text)))
    facts.append(Fact("image-cuda-library", .text(runtime.path)))
    if let oldest = runtime.version.minimumDriver {
      facts.append(Fact("minimum-driver", .text(oldest)))
    }
    guard runtime.version.runs(on: driver.version) else {
      let oldest = runtime.version.minimumDriver.map { ", driver \($0) or later" } ?? ""
      throw Trouble("G2952", runtime.path, runtime.version.text + oldest, driver.version.text)
    }
    if driver.version < runtime.version {
      facts.append(Fact("minor-version-compatibility", .text("used")))
    }
    return facts
  }

  public func openDevice() throws(Trouble) -> [Fact] {
    let count = try deviceCount()
    return [Fact("devices", .count(count)), Fact("device", .count(index))]
      + (try opened().context.device.facts)
  }

  /// How many GPUs the driver shows.
  public func deviceCount() throws(Trouble) -> Int {
    let driver = try started()
    var count: Int32 = 0
    try driver.check(unsafe driver.functions.deviceCount(&count), "cuDeviceGetCount")
    guard count > 0 else {
      throw CUDAError(
        function: "cuDeviceGetCount", code: 100, name: "CUDA_ERROR_NO_DEVICE",
        description: "the driver counts 0 devices"
      ).trouble
    }
    return Int(count)
  }

  /// What the driver tells about the GPU.
  public func device() throws(Trouble) -> Device { try opened().context.device }

  private func started() throws(Trouble) -> Driver {
    if let driver { return driver }
    let driver = try Driver(library)
    self.driver = driver
    return driver
  }

  /// The kernels in the device's context.
  func opened() throws(Trouble) -> Kernels {
    if let kernels { return kernels }
    let driver = try started()
    let kernels = Kernels(try Context(driver, Device(driver, index: index)))
    self.kernels = kernels
    return kernels
  }
}
