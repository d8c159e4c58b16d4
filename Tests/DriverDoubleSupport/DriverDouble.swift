import FoundationEssentials

/// The `libcuda.so.1` that SwiftPM built beside the tests; what it does is written in
/// `Tests/DriverDouble/include/DriverDouble.h`.
public enum DriverDouble {
  /// Where the build put it.
  public static var path: String {
    get throws(Missing) {
      let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let folder = (program ?? "").split(separator: "/").dropLast().map { "/" + $0 }.joined()
      let path = folder + "/libdriver-double.so"
      guard FileManager.default.isReadableFile(atPath: path) else { throw Missing(path: path) }
      return path
    }
  }

  /// Puts a copy into `folder` under the driver's own name: for `LD_LIBRARY_PATH` of a child process,
  /// and for a double with faults of its own inside this process.
  ///
  /// - Returns: the copy's path.
  @discardableResult
  public static func install(in folder: String) throws -> String {
    let copy = folder + "/libcuda.so.1"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    return copy
  }

  /// Calls `body` with a copy in a folder of its own: loaded from there it is a double of its own, with
  /// faults of its own.
  public static func withCopy<T>(
    _ body: (_ copy: String, _ folder: String) throws -> T
  ) throws -> T {
    let manager = FileManager.default
    let folder = manager.temporaryDirectory.path + "/kiln-double-" + UUID().uuidString
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? manager.removeItem(atPath: folder) }
    return try body(install(in: folder), folder)
  }

  /// No double there: `swift build --build-tests` makes it.
  public struct Missing: Error {
    public let path: String
  }
}
