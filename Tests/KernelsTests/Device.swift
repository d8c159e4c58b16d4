import CKernels
import CPlatform
import DriverDoubleSupport
import Platform
import Testing

/// The driver double as the kernels' tests use it: what a call gives, or a failed test.
@safe
final class Device {
  private let library: SharedLibrary
  private var modules: [UInt32: UInt] = [:]
  private var blocks: [UInt64] = []

  struct Failure: Error, Hashable {
    let function: String
    let status: Int32
  }

  init(_ path: String? = nil, settings: [String: String] = [:]) throws {
    library = try SharedLibrary(path ?? DriverDouble.path)
    typealias Set = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Void
    guard let set = unsafe library.symbol("kiln_double_set", as: Set.self) else {
      throw Failure(function: "kiln_double_set", status: -1)
    }
    for (name, value) in settings { unsafe set(name, value) }
  }

  deinit {
    typealias Free = @convention(c) (UInt64) -> Int32
    let free = unsafe library.symbol("cuMemFree_v2", as: Free.self)
    for block in blocks { _ = free?(block) }
  }

  /// Starts the driver and makes a context current.
  func start() throws {
    try check("cuInit", as: (@convention(c) (UInt32) -> Int32).self) { $0(0) }
    var context: UInt = 0
    typealias Retain = @convention(c) (UnsafeMutablePointer<UInt>, Int32) -> Int32
    try unsafe check("cuDevicePrimaryCtxRetain", as: Retain.self) { unsafe $0(&context, 0) }
    typealias Current = @convention(c) (UInt) -> Int32
    try check("cuCtxSetCurrent", as: Current.self) { $0(context) }
  }

  func check<T>(_ name: String, as type: T.Type, _ call: (T) -> Int32) throws {
    guard let function = unsafe library.symbol(name, as: type) else {
      throw Failure(function: name, status: -1)
    }
    let status = call(function)
    if status != 0 { throw Failure(function: name, status: status) }
  }

  /// A stream or an event.
  func create(_ function: String, flags: UInt32) throws -> UInt {
    var handle: UInt = 0
    typealias Create = @convention(c) (UnsafeMutablePointer<UInt>, UInt32) -> Int32
    try unsafe check(function, as: Create.self) { unsafe $0(&handle, flags) }
    return handle
  }

  func allocate(bytes: Int) throws -> UInt64 {
    var address: UInt64 = 0
    typealias Allocate = @convention(c) (UnsafeMutablePointer<UInt64>, Int) -> Int32
    try unsafe check("cuMemAlloc_v2", as: Allocate.self) { unsafe $0(&address, bytes) }
    blocks.append(address)
    return address
  }

  /// Copies `values` to new memory of the device.
  func upload<T: BitwiseCopyable>(_ values: [T]) throws -> UInt64 {
    let bytes = values.count * MemoryLayout<T>.stride
    let address = try allocate(bytes: max(bytes, 16))
    typealias Copy = @convention(c) (UInt64, UnsafeRawPointer?, Int) -> Int32
    try unsafe check("cuMemcpyHtoD_v2", as: Copy.self) { copy in
      unsafe values.withUnsafeBytes { unsafe copy(address, $0.baseAddress, bytes) }
    }
    return address
  }

  func download<T: BitwiseCopyable>(_ address: UInt64, _ count: Int, of zero: T) throws -> [T] {
    var values = [T](repeating: zero, count: count)
    let bytes = count * MemoryLayout<T>.stride
    typealias Copy = @convention(c) (UnsafeMutableRawPointer?, UInt64, Int) -> Int32
    try unsafe check("cuMemcpyDtoH_v2", as: Copy.self) { copy in
      unsafe values.withUnsafeMutableBytes { unsafe copy($0.baseAddress, address, bytes) }
    }
    return values
  }

  func floats(_ address: UInt64, _ count: Int) throws -> [Float] {
    try download(address, count, of: 0)
  }

  /// Loads a module's text; `text` overrides what is embedded.
  func load(_ module: kernels_module, text: [CChar]? = nil) throws -> UInt {
    if let loaded = modules[module.rawValue], text == nil { return loaded }
    let text = text ?? Self.text(module)
    var handle: UInt = 0
    typealias Load =
      @convention(c) (UnsafeMutablePointer<UInt>, UnsafeRawPointer) -> Int32
    try unsafe check("cuModuleLoadData", as: Load.self) { load in
      unsafe text.withUnsafeBytes { bytes in
        unsafe bytes.baseAddress.map { unsafe load(&handle, $0) } ?? -1
      }
    }
    modules[module.rawValue] = handle
    return handle
  }

  static func text(_ module: kernels_module) -> [CChar] {
    var text = [CChar](repeating: 0, count: kernels_text_size(module))
    unsafe kernels_text(module, &text)
    return text
  }

  /// Launches as `launch` says, in the module that has the kernel, and waits for the end.
  func run<Parameter: BitwiseCopyable>(
    _ launch: kernels_launch, _ parameter: Parameter
  ) throws {
    let function = try unsafe function(launch.name, in: load(launch.module))
    if unsafe launch.shared_bytes > 48 << 10 {
      typealias Allow = @convention(c) (UInt, Int32, Int32) -> Int32
      try check("cuFuncSetAttribute", as: Allow.self) {
        unsafe $0(function, 8, Int32(launch.shared_bytes))
      }
    }
    try unsafe run(
      function, (launch.grid_x, launch.grid_y, launch.grid_z), launch.block, launch.shared_bytes,
      parameter)
  }

  @unsafe
  func function(_ name: UnsafePointer<CChar>?, in module: UInt) throws -> UInt {
    var function: UInt = 0
    typealias Find =
      @convention(c) (
        UnsafeMutablePointer<UInt>, UInt, UnsafePointer<CChar>?
      ) -> Int32
    try unsafe check("cuModuleGetFunction", as: Find.self) {
      unsafe $0(&function, module, name)
    }
    return function
  }

  func run<Parameter: BitwiseCopyable>(
    _ function: UInt, _ grid: (UInt32, UInt32, UInt32), _ block: UInt32, _ sharedBytes: UInt32,
    _ parameter: Parameter
  ) throws {
    typealias Launch =
      @convention(c) (
        UInt, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt,
        UnsafeMutablePointer<UnsafeMutableRawPointer?>, UnsafeMutableRawPointer?
      ) -> Int32
    var parameter = parameter
    try unsafe check("cuLaunchKernel", as: Launch.self) { call in
      unsafe withUnsafeMutablePointer(to: &parameter) { parameter in
        var parameters: UnsafeMutableRawPointer? = UnsafeMutableRawPointer(parameter)
        return unsafe call(
          function, grid.0, grid.1, grid.2, block, 1, 1, sharedBytes, 0, &parameters, nil)
      }
    }
    try check("cuStreamSynchronize", as: (@convention(c) (UInt) -> Int32).self) { $0(0) }
  }

  /// What the double last found of a kernel.
  var finding: String {
    typealias Finding = @convention(c) () -> UnsafePointer<CChar>
    guard let finding = unsafe library.symbol("kiln_double_finding", as: Finding.self) else {
      return "no function kiln_double_finding"
    }
    return unsafe String(cString: finding())
  }

  /// What the last launch asked of memory, and what it would cost a GPU; with `COUNTS` alone.
  struct Traffic {
    /// Accesses to shared memory that could be done at once, and how many times they took.
    let sharedRequests: UInt64, sharedTimes: UInt64
    /// Sectors of 32 bytes that what was asked for would fill, and that were moved.
    let filledSectors: UInt64, sectors: UInt64
  }

  var traffic: Traffic {
    get throws {
      typealias Counts = @convention(c) (UnsafeMutablePointer<UInt64>) -> Void
      guard let count = unsafe library.symbol("kiln_double_traffic", as: Counts.self) else {
        throw Failure(function: "kiln_double_traffic", status: -1)
      }
      var counts = [UInt64](repeating: 0, count: 4)
      unsafe count(&counts)
      return Traffic(
        sharedRequests: counts[0], sharedTimes: counts[1], filledSectors: counts[2],
        sectors: counts[3])
    }
  }

  /// Calls `body` with a double of its own, with faults of its own.
  static func withOwn<T>(_ settings: [String: String] = [:], _ body: (Device) throws -> T) throws
    -> T
  {
    try DriverDouble.withCopy { copy, _ in try body(Device(copy, settings: settings)) }
  }
}
