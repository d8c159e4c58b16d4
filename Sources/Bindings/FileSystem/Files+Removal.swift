internal import CLinux
public import SystemPackage

extension Files {
  /// Removes a file, a link or a folder with all that it holds, whatever the bytes of the names and
  /// however deep it is nested; nothing there is fine.
  public static func removeTree(_ path: FilePath) throws(FileError) {
    guard let status = try status(path) else { return }
    guard status.kind == .directory else { return try removeFile(path) }
    let place = KernelPath(path)
    if status.permissions & 0o700 != 0o700 { try setPermissions(0o700, of: path) }
    let folder = try OpenFolder(place, in: AT_FDCWD, at: place)
    var removal = TreeRemoval(top: folder.descriptor)
    var moved = 0
    repeat {
      moved = removal.moved
      try removal.empty(folder)
    } while removal.moved > moved
    try unsafe place.check("remove the folder") { unsafe rmdir($0) }
  }
}

/// A folder that is open, from which the kernel finds names however long the way to it is.
@safe private struct OpenFolder: ~Copyable {
  /// For errors.
  let place: KernelPath
  let descriptor: Int32
  private let stream: OpaquePointer

  init(_ name: KernelPath, in folder: Int32, at place: KernelPath) throws(FileError) {
    let descriptor = unsafe name.withPointer { unsafe clinux_open_folder(folder, $0) }
    guard descriptor >= 0, let stream = unsafe fdopendir(descriptor) else {
      let failure = lastError("list the folder", place.path)
      close(descriptor)
      throw failure
    }
    self.place = place
    self.descriptor = descriptor
    unsafe self.stream = stream
  }

  func names() throws(FileError) -> [[UInt8]] {
    unsafe rewinddir(stream)
    return unsafe try place.names(in: stream)
  }

  deinit { unsafe closedir(stream) }
}

/// Empties a folder from the inside.
private struct TreeRemoval {
  /// Folders below this depth are moved to the top, so that neither open folders nor the stack run out.
  private static let deepest = 48

  /// The folder that is emptied; what was moved there meanwhile wants another pass.
  let top: Int32
  private(set) var moved = 0

  init(top: Int32) { self.top = top }

  mutating func empty(_ folder: borrowing OpenFolder, depth: Int = 1) throws(FileError) {
    for bytes in try folder.names() {
      let name = KernelPath(name: bytes)
      if unsafe name.withPointer({ unsafe unlinkat(folder.descriptor, $0, 0) }) == 0 { continue }
      let place = folder.place.appending(bytes)
      let failure = lastError("remove", place.path)
      if failure.cause == .noSuchFileOrDirectory { continue }
      guard failure.cause == .isDirectory else { throw failure }
      // Whose folder it is may open it; for root it makes no difference.
      _ = unsafe name.withPointer { unsafe fchmodat(folder.descriptor, $0, 0o700, 0) }
      if depth == Self.deepest, move(name, of: folder) { continue }
      try empty(OpenFolder(name, in: folder.descriptor, at: place), depth: depth + 1)
      guard unsafe name.withPointer({ unsafe unlinkat(folder.descriptor, $0, AT_REMOVEDIR) }) == 0
      else { throw lastError("remove the folder", place.path) }
    }
  }

  /// Moves a folder to the top, under a name that is free there.
  ///
  /// - Returns: false where the file system does not move folders.
  private mutating func move(_ name: KernelPath, of folder: borrowing OpenFolder) -> Bool {
    while true {
      moved += 1
      let target = KernelPath(".kiln-\(moved)")
      let status = unsafe name.withPointer { name in
        unsafe target.withPointer { unsafe renameat(folder.descriptor, name, top, $0) }
      }
      if status == 0 { return true }
      let errno = Errno(rawValue: clinux_errno())
      guard [.fileExists, .directoryNotEmpty, .notDirectory].contains(errno) else { return false }
    }
  }
}
