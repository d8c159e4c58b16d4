import Accelerators
import Platform

/// What `CUcontext`, `CUstream`, `CUmodule` and their kin are: a pointer that only the driver follows.
typealias Handle = UnsafeMutableRawPointer
typealias HandleOut = UnsafeMutablePointer<Handle?>
/// `CUdeviceptr`: 64 bits, also for the host's compiler.
public typealias DeviceAddress = UInt64
/// `CUresult`, a C enumeration without negative values: 32 bits.
typealias Status = Int32

/// The driver API's functions, as `cuda.h` of CUDA 12.8 declares them.
///
/// The names with `_v2` are the ones that the header's macros stand for; without the suffix the driver
/// still exports the 32-bit functions of CUDA 3. The default stream is never used, so the
/// `_ptsz` variants do not matter. `size_t` is `Int`, `CUdevice` and `CUdevice_attribute` are `int`.
@safe
final class DriverFunctions {
  // swift-format-ignore
  typealias Launch = @convention(c) (
    Handle?, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, Handle?,
    UnsafeMutablePointer<UnsafeMutableRawPointer?>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  ) -> Status
  typealias LoadModule =
    @convention(c) (
      HandleOut, UnsafeRawPointer, UInt32, UnsafeMutablePointer<Int32>?,
      UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Status
  typealias Bytes = UnsafeMutablePointer<CChar>
  typealias Number = UnsafeMutablePointer<Int32>
  typealias Size = UnsafeMutablePointer<Int>
  typealias Text = UnsafeMutablePointer<UnsafePointer<CChar>?>
  typealias Address = UnsafeMutablePointer<DeviceAddress>

  let initialize: @convention(c) (UInt32) -> Status
  let driverVersion: @convention(c) (Number) -> Status
  let errorName: @convention(c) (Status, Text) -> Status
  let errorString: @convention(c) (Status, Text) -> Status

  let deviceCount: @convention(c) (Number) -> Status
  let device: @convention(c) (Number, Int32) -> Status
  let deviceName: @convention(c) (Bytes, Int32, Int32) -> Status
  let deviceMemory: @convention(c) (Size, Int32) -> Status
  let deviceAttribute: @convention(c) (Number, Int32, Int32) -> Status
  let deviceBus: @convention(c) (Bytes, Int32, Int32) -> Status
  /// Since CUDA 11.4; tells a part of a divided GPU by the part's own number.
  let deviceUUID: (@convention(c) (Bytes, Int32) -> Status)?
  /// The name of the adapter in Windows; on plain Linux the driver does not have it.
  let deviceLUID: (@convention(c) (Bytes, UnsafeMutablePointer<UInt32>, Int32) -> Status)?

  let retainContext: @convention(c) (HandleOut, Int32) -> Status
  let releaseContext: @convention(c) (Int32) -> Status
  let setContext: @convention(c) (Handle?) -> Status

  let loadModule: LoadModule
  let unloadModule: @convention(c) (Handle?) -> Status
  let function: @convention(c) (HandleOut, Handle?, UnsafePointer<CChar>) -> Status
  let setFunctionAttribute: @convention(c) (Handle?, Int32, Int32) -> Status
  let launch: Launch

  let memoryInfo: @convention(c) (Size, Size) -> Status
  let allocate: @convention(c) (Address, Int) -> Status
  let free: @convention(c) (DeviceAddress) -> Status
  let allocateHost: @convention(c) (HandleOut, Int) -> Status
  let freeHost: @convention(c) (Handle?) -> Status
  let copyToDevice: @convention(c) (DeviceAddress, UnsafeRawPointer, Int, Handle?) -> Status
  let copyToHost: @convention(c) (UnsafeMutableRawPointer, DeviceAddress, Int, Handle?) -> Status
  let setBytes: @convention(c) (DeviceAddress, UInt8, Int, Handle?) -> Status

  let createStream: @convention(c) (HandleOut, UInt32) -> Status
  let destroyStream: @convention(c) (Handle?) -> Status
  let synchronize: @convention(c) (Handle?) -> Status
  let beginCapture: @convention(c) (Handle?, Int32) -> Status
  let endCapture: @convention(c) (Handle?, HandleOut) -> Status
  let instantiate: @convention(c) (HandleOut, Handle?, UInt64) -> Status
  let launchGraph: @convention(c) (Handle?, Handle?) -> Status
  let destroyGraph: @convention(c) (Handle?) -> Status
  let destroyExecutableGraph: @convention(c) (Handle?) -> Status

  let createEvent: @convention(c) (HandleOut, UInt32) -> Status
  let destroyEvent: @convention(c) (Handle?) -> Status
  let record: @convention(c) (Handle?, Handle?) -> Status
  let elapsed: @convention(c) (UnsafeMutablePointer<Float>, Handle?, Handle?) -> Status

  /// - Throws: G2951 for the first function that this driver is too old to have.
  init(_ library: SharedLibrary) throws(Trouble) {
    initialize = try Self.find("cuInit", library)
    unsafe driverVersion = try Self.find("cuDriverGetVersion", library)
    unsafe errorName = try Self.find("cuGetErrorName", library)
    unsafe errorString = try Self.find("cuGetErrorString", library)
    unsafe deviceCount = try Self.find("cuDeviceGetCount", library)
    unsafe device = try Self.find("cuDeviceGet", library)
    unsafe deviceName = try Self.find("cuDeviceGetName", library)
    unsafe deviceMemory = try Self.find("cuDeviceTotalMem_v2", library)
    unsafe deviceAttribute = try Self.find("cuDeviceGetAttribute", library)
    unsafe deviceBus = try Self.find("cuDeviceGetPCIBusId", library)
    unsafe deviceUUID =
      (try? Self.find("cuDeviceGetUuid_v2", library))
      ?? (try? Self.find("cuDeviceGetUuid", library))
    unsafe deviceLUID = try? Self.find("cuDeviceGetLuid", library)
    unsafe retainContext = try Self.find("cuDevicePrimaryCtxRetain", library)
    releaseContext = try Self.find("cuDevicePrimaryCtxRelease_v2", library)
    unsafe setContext = try Self.find("cuCtxSetCurrent", library)
    unsafe loadModule = try Self.find("cuModuleLoadDataEx", library)
    unsafe unloadModule = try Self.find("cuModuleUnload", library)
    unsafe function = try Self.find("cuModuleGetFunction", library)
    unsafe setFunctionAttribute = try Self.find("cuFuncSetAttribute", library)
    unsafe launch = try Self.find("cuLaunchKernel", library)
    unsafe memoryInfo = try Self.find("cuMemGetInfo_v2", library)
    unsafe allocate = try Self.find("cuMemAlloc_v2", library)
    free = try Self.find("cuMemFree_v2", library)
    unsafe allocateHost = try Self.find("cuMemAllocHost_v2", library)
    unsafe freeHost = try Self.find("cuMemFreeHost", library)
    unsafe copyToDevice = try Self.find("cuMemcpyHtoDAsync_v2", library)
    unsafe copyToHost = try Self.find("cuMemcpyDtoHAsync_v2", library)
    unsafe setBytes = try Self.find("cuMemsetD8Async", library)
    unsafe createStream = try Self.find("cuStreamCreate", library)
    unsafe destroyStream = try Self.find("cuStreamDestroy_v2", library)
    unsafe synchronize = try Self.find("cuStreamSynchronize", library)
    unsafe beginCapture = try Self.find("cuStreamBeginCapture_v2", library)
    unsafe endCapture = try Self.find("cuStreamEndCapture", library)
    unsafe instantiate = try Self.find("cuGraphInstantiateWithFlags", library)
    unsafe launchGraph = try Self.find("cuGraphLaunch", library)
    unsafe destroyGraph = try Self.find("cuGraphDestroy", library)
    unsafe destroyExecutableGraph = try Self.find("cuGraphExecDestroy", library)
    unsafe createEvent = try Self.find("cuEventCreate", library)
    unsafe destroyEvent = try Self.find("cuEventDestroy_v2", library)
    unsafe record = try Self.find("cuEventRecord", library)
    unsafe elapsed = try Self.find("cuEventElapsedTime", library)
  }

  /// Inlined, so that not each of the types gets code of its own.
  @inline(__always)
  private static func find<T>(_ name: StaticString, _ library: SharedLibrary) throws(Trouble) -> T {
    unsafe unsafeBitCast(try address(of: name, library), to: T.self)
  }

  @inline(never)
  private static func address(
    of name: StaticString, _ library: SharedLibrary
  ) throws(Trouble) -> UnsafeRawPointer {
    let name = unsafe String(cString: name.text)
    if let address = unsafe library.symbol(name, as: UnsafeRawPointer.self) {
      return unsafe address
    }
    throw Trouble("G2951", library.path, name)
  }
}
