internal import CLinux
public import SystemPackage

/// A folder that somebody else filled: a program of an image, an archive of anybody's. It may hold links
/// that lead out of it, where folders stood before too.
public struct ForeignFolder: ~Copyable {
  private let path: FilePath
  private let descriptor: FileDescriptor

  public init(_ path: FilePath) throws(FileError) {
    self.path = path
    descriptor = try Files.open(path, .readOnly, .directory, for: "open the folder")
  }

  /// Does something with what stands at a path below the folder, where only folders lead to it.
  ///
  /// - Parameters:
  ///   - place: relative, without `..`.
  ///   - act: gets a path that means the same while it runs, whatever becomes of the folders. What stands
  ///     there may be a link itself, which nothing of ``Files`` that changes files follows.
  /// - Returns: nil where nothing leads there, or a link does.
  public func with<Value>(
    _ place: String, _ act: (FilePath) throws(FileError) -> Value
  ) throws(FileError) -> Value? {
    var parts = place.pathComponents
    guard let name = parts.popLast() else { throw FileError("go to", path, errno: .isDirectory) }
    let above = parts.reduce(path) { $0.appending($1) }
    let folder = unsafe KernelPath(parts.isEmpty ? "." : parts.joined(separator: "/")).withPointer {
      unsafe clinux_open_way(descriptor.rawValue, $0)
    }
    guard folder >= 0 else {
      let failure = lastError("go to", above)
      if failure.code == .notFound || failure.cause == .tooManySymbolicLinkLevels { return nil }
      throw failure
    }
    defer { close(folder) }
    // The kernel goes from here to the open folder itself, wherever that is by now.
    let way = FilePath("/proc/self/fd/\(folder)")
    do throws(FileError) { return try act(way.appending(name)) } catch {
      var rest = error.path
      guard rest.removePrefix(way) else { throw error }
      throw FileError(error.code, error.operation, above.pushing(rest), cause: error.cause)
    }
  }

  deinit { try? descriptor.close() }
}
