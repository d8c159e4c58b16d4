import Accelerators
import DriverDoubleSupport
import FoundationEssentials
import Platform

@testable import CUDA

/// Runs `body` with a GPU of a driver double that behaves as it is told.
///
/// - Parameters:
///   - settings: names without `KILN_DOUBLE_`, from `DriverDouble.h`.
///   - index: the GPU's number.
///   - folders: where the image would have its CUDA libraries.
///   - hasLibrary: whether the image has cuBLAS, which the double plays too.
func withDouble<T>(
  _ settings: [String: String] = [:], index: Int = 0, folders: [String] = [],
  hasLibrary: Bool = false,
  _ body: (CUDAAccelerator) throws -> T
) throws -> T {
  try DriverDouble.withCopy { copy, folder in
    let library = try SharedLibrary(copy)
    typealias Set = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Void
    guard let set = unsafe library.symbol("kiln_double_set", as: Set.self) else {
      throw NotADouble(path: library.path)
    }
    for (name, value) in settings { unsafe set(name, value) }
    if hasLibrary {
      // The same file, so that it knows the driver's memory.
      for name in ["libcublas.so.12", "libcublasLt.so.12"] {
        try FileManager.default.createSymbolicLink(
          atPath: folder + "/" + name, withDestinationPath: library.path)
      }
    }
    return try body(
      CUDAAccelerator(
        index: index, library: library.path, folders: folders + (hasLibrary ? [folder] : []),
        sustained: 0))
  }
}

/// How often `gpu` called a function of its double.
func calls(of function: String, by gpu: CUDAAccelerator) throws -> UInt64 {
  let library = try SharedLibrary(gpu.library)
  typealias Count = @convention(c) (UnsafePointer<CChar>) -> UInt64
  guard let count = unsafe library.symbol("kiln_double_calls", as: Count.self) else {
    throw NotADouble(path: library.path)
  }
  return unsafe count(function)
}

struct NotADouble: Error {
  let path: String
}

/// What `stage` throws, or nothing.
func trouble(
  of gpu: CUDAAccelerator, _ stage: (CUDAAccelerator) throws(Trouble) -> Void
) -> Trouble? {
  do throws(Trouble) {
    try stage(gpu)
    return nil
  } catch {
    return error
  }
}

/// The same with a double.
func trouble(
  _ settings: [String: String], index: Int = 0,
  _ stage: (CUDAAccelerator) throws(Trouble) -> Void
) throws -> Trouble? {
  try withDouble(settings, index: index) { trouble(of: $0, stage) }
}

extension [Fact] {
  /// The fact of that name.
  subscript(name: String) -> Fact.Value? { first { $0.name == name }?.value }
}
