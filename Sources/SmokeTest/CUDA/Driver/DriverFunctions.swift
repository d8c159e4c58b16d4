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
///
/// Nothing but addresses, in the order of ``names``.
@safe
struct DriverFunctions {
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
  let deviceUUIDBefore: (@convention(c) (Bytes, Int32) -> Status)?
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

  /// A question mark is after a function that older drivers lack.
  static let names = """
    cuInit cuDriverGetVersion cuGetErrorName cuGetErrorString
    cuDeviceGetCount cuDeviceGet cuDeviceGetName cuDeviceTotalMem_v2 cuDeviceGetAttribute
    cuDeviceGetPCIBusId cuDeviceGetUuid_v2? cuDeviceGetUuid? cuDeviceGetLuid?
    cuDevicePrimaryCtxRetain cuDevicePrimaryCtxRelease_v2 cuCtxSetCurrent
    cuModuleLoadDataEx cuModuleUnload cuModuleGetFunction cuFuncSetAttribute cuLaunchKernel
    cuMemGetInfo_v2 cuMemAlloc_v2 cuMemFree_v2 cuMemAllocHost_v2 cuMemFreeHost
    cuMemcpyHtoDAsync_v2 cuMemcpyDtoHAsync_v2 cuMemsetD8Async
    cuStreamCreate cuStreamDestroy_v2 cuStreamSynchronize cuStreamBeginCapture_v2
    cuStreamEndCapture cuGraphInstantiateWithFlags cuGraphLaunch cuGraphDestroy cuGraphExecDestroy
    cuEventCreate cuEventDestroy_v2 cuEventRecord cuEventElapsedTime
    """

  /// - Throws: G2951 for the first that `library` lacks.
  static func all(_ library: SharedLibrary) throws(Trouble) -> DriverFunctions {
    var found = unsafe [UnsafeRawPointer?]()
    for word in names.words {
      let name = word.before("?") ?? word
      let address = unsafe library.symbol(name, as: UnsafeRawPointer.self)
      if unsafe address == nil, name == word { throw Trouble("G2951", library.path, name) }
      unsafe found.append(address)
    }
    // Anything else would be a mistake in the list above.
    unsafe precondition(found.count == MemoryLayout<Self>.size / MemoryLayout<Int>.size)
    return unsafe found.withUnsafeBytes { unsafe $0.load(as: Self.self) }
  }
}
