import Accelerators
import CKernels
import Platform

/// The image's cuBLAS, which makes large products as fast as NVIDIA can.
@safe
final class CuBLAS {
  private typealias Create = @convention(c) (HandleOut) -> Status
  private typealias WithHandle = @convention(c) (Handle?) -> Status
  private typealias SetStream = @convention(c) (Handle?, Handle?) -> Status
  private typealias SetWorkspace = @convention(c) (Handle?, DeviceAddress, Int) -> Status
  private typealias Multiply =
    @convention(c) (
      Handle?, Int32, Int32, Int32, Int32, Int32, UnsafeRawPointer, DeviceAddress, Int32, Int32,
      DeviceAddress, Int32, Int32, UnsafeRawPointer, DeviceAddress, Int32, Int32, Int32, Int32
    ) -> Status

  let path: String
  private let workspace: Buffer
  private let multiply: Multiply
  private let destroy: WithHandle
  private let handle: Handle?

  /// The newest cuBLAS that this driver serves.
  ///
  /// - Returns: nothing where there is none, or none that starts: the test's own kernels then
  ///   stand alone.
  static func find(_ image: ImageLibraries, _ context: Context) -> CuBLAS? {
    for major in stride(from: max(11, context.driver.version.major), through: 11, by: -1) {
      for path in image.candidates("libcublas", major: major) {
        if let library = CuBLAS(path, major: major, context) { return library }
      }
    }
    return nil
  }

  /// - Parameter path: of libcublas, whose libcublasLt lies beside it; wheels do not say so to the
  ///   loader, but it takes one of the same name that is there already.
  private init?(_ path: String, major: Int, _ context: Context) {
    var companion = "libcublasLt.so." + decimal(major)
    let bytes = path.bytes
    if let slash = bytes.lastIndex(of: 0x2F) {
      companion = String(bytes: bytes[...slash]) + companion
    }
    guard (try? SharedLibrary(companion)) != nil, let library = try? SharedLibrary(path),
      let create = unsafe library.symbol("cublasCreate_v2", as: Create.self),
      let destroy = unsafe library.symbol("cublasDestroy_v2", as: WithHandle.self),
      let setStream = unsafe library.symbol("cublasSetStream_v2", as: SetStream.self),
      let setWorkspace = unsafe library.symbol("cublasSetWorkspace_v2", as: SetWorkspace.self),
      let multiply = unsafe library.symbol("cublasGemmEx", as: Multiply.self)
    else { return nil }
    // Given before it is captured: cuBLAS may not allocate any then. The size is what its documentation
    // recommends for Hopper, eight times that for others.
    guard let workspace = try? Buffer(context, bytes: 32 << 20) else { return nil }
    var handle: Handle?
    guard unsafe create(&handle) == 0 else { return nil }
    unsafe self.handle = unsafe handle
    unsafe self.destroy = unsafe destroy
    unsafe self.multiply = unsafe multiply
    self.workspace = workspace
    self.path = library.path
    // From here on deinit runs.
    // Setting the stream takes back a workspace that was set before.
    guard unsafe setStream(handle, context.stream) == 0,
      unsafe setWorkspace(handle, workspace.address, workspace.bytes) == 0
    else { return nil }
  }

  deinit { _ = unsafe destroy(handle) }

  /// Asks for `result = left · right`, a matrix of `rows × columns` from a sum over `depth`, all
  /// row-major.
  ///
  /// cuBLAS takes columns for rows, so it is asked for the transposed product of the operands in
  /// the other order, which is the same bytes.
  ///
  /// - Parameter form: how left and right are stored.
  func multiply(
    _ form: kernels_form, rows: Int, columns: Int, depth: Int, left: DeviceAddress,
    right: DeviceAddress, result: DeviceAddress, _ precision: Precision
  ) throws(Trouble) {
    let (one, zero): (Float, Float) = (1, 0)
    // cudaDataType: CUDA_R_32F 0, CUDA_R_16F 2, CUDA_R_16BF 14. cublasComputeType_t:
    // CUBLAS_COMPUTE_32F 68, CUBLAS_COMPUTE_32F_FAST_TF32 77.
    let type: Int32 =
      switch precision {
      case .float32, .tf32: 0
      case .float16: 2
      case .bfloat16: 14
      }
    let compute: Int32 = precision == .tf32 ? 77 : 68
    // CUBLAS_OP_N 0, CUBLAS_OP_T 1; a leading dimension is the length of a stored row.
    let (m, n, k) = (Int32(columns), Int32(rows), Int32(depth))
    let (rightTurned, leftTurned) = (form == kernels_form_nt, form == kernels_form_tn)
    let status = unsafe multiply(
      handle, rightTurned ? 1 : 0, leftTurned ? 1 : 0, m, n, k, [one], right, type,
      rightTurned ? k : m, left, type, leftTurned ? n : k, [zero], result, type, m, compute, -1)
    guard status == 0 else {
      throw Trouble("G2956", decimal(Int(status)) + " for " + precision.name, path)
    }
  }
}
