import Accelerators
import CKernels
import Platform

/// The test's kernels in a context, each module compiled when the first of its kernels is asked for.
@safe
final class Kernels {
  let context: Context
  private var fetchesOnly = false
  /// By the number of `kernels_module`.
  private var modules: [Loaded?]
  private var functions: [Loaded] = []

  /// A module or a function of one.
  @safe
  private struct Loaded {
    let handle: Handle?
    /// Of a function: its launches' constant.
    var name: UnsafePointer<CChar>?
  }

  init(_ context: Context) {
    self.context = context
    modules = [Loaded?](repeating: nil, count: Int(kernels_modules))
  }

  deinit {
    for case let module? in modules {
      _ = unsafe context.driver.functions.unloadModule(module.handle)
    }
  }

  /// Asks for one launch. `parameters` is the one structure that the kernel takes.
  func run<Parameters: BitwiseCopyable>(
    _ launch: kernels_launch, _ parameters: Parameters
  ) throws(Trouble) {
    var parameters = parameters
    try unsafe withUnsafeMutableBytes(of: &parameters) { bytes throws(Trouble) in
      unsafe try run(launch, at: bytes.baseAddress)
    }
  }

  /// The same code for all structures.
  @unsafe
  @inline(never)
  func run(
    _ launch: kernels_launch, at parameters: UnsafeMutableRawPointer?
  ) throws(Trouble) {
    let function = unsafe try function(launch)
    if fetchesOnly { return }
    var arguments = unsafe parameters
    let status = unsafe context.driver.functions.launch(
      function.handle, launch.grid_x, launch.grid_y, launch.grid_z, launch.block, 1, 1,
      launch.shared_bytes, context.stream, &arguments, nil)
    try context.driver.check(
      status, "cuLaunchKernel", unsafe String(optionalCString: launch.name))
  }

  /// Loads the kernels that `body` runs, and runs none.
  func fetch(_ body: () throws(Trouble) -> Void) throws(Trouble) {
    fetchesOnly = true
    defer { fetchesOnly = false }
    try body()
  }

  /// Compiles a module if that was not done before.
  func load(_ module: kernels_module) throws(Trouble) {
    let index = Int(module.rawValue)
    if modules[index] == nil { modules[index] = try compile(module) }
  }

  @unsafe
  private func function(_ launch: kernels_launch) throws(Trouble) -> Loaded {
    for known in functions where unsafe known.name == launch.name { return known }
    let module = unsafe launch.module
    try load(module)
    let name = unsafe String(optionalCString: launch.name)
    let driver = context.driver
    var found: Handle?
    try driver.check(
      unsafe driver.functions.function(&found, modules[Int(module.rawValue)]?.handle, launch.name),
      "cuModuleGetFunction", name)
    // CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES; up to 48 KB need no leave.
    let bytes = unsafe launch.shared_bytes
    if bytes > 48 * 1024 {
      try driver.check(
        unsafe driver.functions.setFunctionAttribute(found, 8, Int32(bytes)),
        "cuFuncSetAttribute", name + ", " + decimal(Int(bytes)) + " bytes of shared memory")
    }
    let function = unsafe Loaded(handle: found, name: launch.name)
    functions.append(function)
    return function
  }

  /// The driver compiles PTX for the device, or takes what it compiled before from its cache in
  /// `~/.nv`.
  private func compile(_ module: kernels_module) throws(Trouble) -> Loaded {
    var text = [CChar](repeating: 0, count: kernels_text_size(module))
    unsafe kernels_text(module, &text)
    // CU_JIT_ERROR_LOG_BUFFER and its size, which the driver takes in the pointer's place.
    var options: [Int32] = [5, 6]
    var log = [CChar](repeating: 0, count: 4096)
    var loaded: Handle?
    let functions = context.driver.functions
    let status = unsafe log.withUnsafeMutableBytes { log in
      var values = unsafe [log.baseAddress, UnsafeMutableRawPointer(bitPattern: log.count - 1)]
      return unsafe functions.loadModule(&loaded, text, 2, &options, &values)
    }
    let said = unsafe String(optionalCString: log)
    try context.driver.check(
      status, "cuModuleLoadDataEx", said.isEmpty ? "" : "the compiler said: " + said)
    return unsafe Loaded(handle: loaded)
  }
}
