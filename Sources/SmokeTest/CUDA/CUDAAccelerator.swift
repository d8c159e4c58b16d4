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
  public private(set) var versionWarning: Trouble?
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
    var facts = Facts()
    facts.add("driver-library", driver.library.path)
    return facts.all
  }

  public func checkVersion() throws(Trouble) -> [Fact] {
    let driver = try started()
    var facts = Facts()
    facts.add("driver-cuda", driver.version.text)
    guard var runtime = image.newestRuntime() else { return facts.all }
    if !runtime.version.runs(on: driver.version) {
      let oldest = runtime.version.minimumDriver.map { ", driver " + $0 + " or later" } ?? ""
      let trouble = Trouble(
        "G2952", runtime.path, runtime.version.text + oldest, driver.version.text)
      guard let older = image.newestRuntime(on: driver.version) else { throw trouble }
      (runtime, versionWarning) = (older, trouble)
    }
    facts.add("image-cuda", runtime.version.text)
    facts.add("image-cuda-library", runtime.path)
    if let oldest = runtime.version.minimumDriver { facts.add("minimum-driver", oldest) }
    if driver.version < runtime.version {
      facts.add("minor-version-compatibility", "used")
    }
    return facts.all
  }

  public func openDevice() throws(Trouble) -> [Fact] {
    let count = try deviceCount()
    var facts = Facts()
    facts.add("devices", count)
    facts.add("device", index)
    return facts.all + (try opened().context.device.facts)
  }

  /// How many GPUs the driver shows.
  public func deviceCount() throws(Trouble) -> Int {
    let driver = try started()
    var count: Int32 = 0
    try driver.check(unsafe driver.functions.deviceCount(&count), "cuDeviceGetCount")
    guard count > 0 else {
      throw Trouble("G2100", "cuDeviceGetCount: the driver counts 0 devices")
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
