import Accelerators
import Platform

/// The driver, loaded and started.
final class Driver {
  let functions: DriverFunctions
  let library: SharedLibrary
  /// Of the newest CUDA that the driver serves.
  let version: Version

  /// - Parameter name: what the loader is asked for, `libcuda.so.1` except in tests.
  init(_ name: String) throws(Trouble) {
    do {
      library = try SharedLibrary(name)
    } catch {
      throw Trouble("G2950", error.name, error.explanation)
    }
    functions = try DriverFunctions.all(library)
    var version: Int32 = 0
    try Self.check(functions, functions.initialize(0), "cuInit")
    try Self.check(functions, unsafe functions.driverVersion(&version), "cuDriverGetVersion")
    self.version = Version(encoded: Int(version))
  }

  /// The one place where a `CUresult` becomes an error.
  ///
  /// - Parameter detail: what was asked for, where the function's name does not tell.
  func check(
    _ status: Status, _ function: StaticString, _ detail: @autoclosure () -> String = ""
  ) throws(Trouble) {
    if status != 0 { throw Trouble(status, functions, function, detail()) }
  }

  /// The same for what a number of bytes was asked for.
  @inline(never)
  func check(_ status: Status, _ function: StaticString, bytes: Int) throws(Trouble) {
    try check(status, function, decimal(bytes) + " bytes")
  }

  private static func check(
    _ functions: DriverFunctions, _ status: Status, _ function: StaticString
  ) throws(Trouble) {
    if status != 0 { throw Trouble(status, functions, function, "") }
  }
}

extension StaticString {
  /// The constant's own bytes, which end with a zero.
  @unsafe
  var text: UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
