internal import CLinux
public import SystemPackage

extension Files {
  /// Copies a regular file's bytes and permission bits, inside the kernel where it can. A link at
  /// `source` is followed; at `target` a new file is made, as ``write(_:to:permissions:)`` does.
  public static func copy(_ source: FilePath, to target: FilePath) throws(FileError) {
    guard let status = try status(source) else {
      throw FileError(.notFound, "copy", source, cause: .noSuchFileOrDirectory)
    }
    // First, since both may be one file.
    let input = try ReadableFile(source)
    let output = try WritableFile(replacing: target, permissions: status.permissions)
    _ = try copy(input, 0..<Int64.max, to: output.descriptor, at: target)
    try output.setPermissions(status.permissions)
  }

  /// Appends a part of a file to another, inside the kernel where it can.
  ///
  /// - Parameter path: of `output`, for errors.
  /// - Returns: how many bytes there were; fewer than the range has where the file ends before.
  static func copy(
    _ input: borrowing ReadableFile, _ range: Range<Int64>, to output: FileDescriptor,
    at path: FilePath
  ) throws(FileError) -> Int64 {
    let input = input.descriptor
    var offset = off_t(range.lowerBound)
    while offset < range.upperBound {
      let rest = Int(min(range.upperBound - Int64(offset), 1 << 30))
      let count = unsafe copy_file_range(input.rawValue, &offset, output.rawValue, nil, rest, 0)
      if count == 0 { break }
      if count > 0 { continue }
      let error = lastError("copy to", path)
      if error.cause == .interrupted { continue }
      // Between file systems of different kinds, and on some of the network, the kernel does not.
      let refusals: [Errno] = [.improperLink, .invalidArgument, .noFunction, .notSupportedOnSocket]
      guard let cause = error.cause, refusals.contains(cause) else { throw error }
      offset = off_t(
        try copyByHand(input, Int64(offset)..<range.upperBound, to: output, at: path))
      break
    }
    return Int64(offset) - range.lowerBound
  }

  /// - Returns: where in the input the copy ended.
  private static func copyByHand(
    _ input: FileDescriptor, _ range: Range<Int64>, to output: FileDescriptor, at path: FilePath
  ) throws(FileError) -> Int64 {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var offset = range.lowerBound
    do {
      while offset < range.upperBound {
        let wanted = Int(min(range.upperBound - offset, Int64(buffer.count)))
        let count = try unsafe buffer.withUnsafeMutableBytes {
          try unsafe input.read(
            fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted])
          )
        }
        if count == 0 { break }
        try output.writeAll(buffer[..<count])
        offset += Int64(count)
      }
      return offset
    } catch {
      throw fileError(error, "copy to", path)
    }
  }
}
