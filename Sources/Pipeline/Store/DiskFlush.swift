internal import FileSystem
internal import SystemPackage

/// Puts on the disk what was written to the store's file system, before it gets its name: a journal
/// may have a name on the disk, after a loss of power, and nothing of the bytes behind it.
///
/// A result has thousands of files, so the file system is asked as a whole, and once for all results
/// that wait while it is busy.
actor DiskFlush {
  private let root: FilePath
  /// The one that has not begun: it has everything that was written before now.
  private var next: Task<FileError?, Never>?
  private var last: Task<FileError?, Never>?

  init(_ root: FilePath) { self.root = root }

  /// Returns when everything that was written before the call is on the disk.
  func run() async throws(FileError) {
    let flush = next ?? schedule()
    if let failure = await flush.value { throw failure }
  }

  private func schedule() -> Task<FileError?, Never> {
    let (root, before) = (root, last)
    // Detached, so that others can ask while the kernel is at it.
    let flush = Task.detached { () -> FileError? in
      _ = await before?.value
      await self.begin()
      do throws(FileError) { try Files.synchronizeFileSystem(of: root) } catch { return error }
      return nil
    }
    (next, last) = (flush, flush)
    return flush
  }

  private func begin() { next = nil }
}
