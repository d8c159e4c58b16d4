internal import FileSystem
internal import Synchronization
internal import SystemPackage

/// One opening of a store: its lock says that its owner lives, and since when.
final class StoreSession: Sendable {
  /// By the clock of the store's file system, whole seconds since 1970.
  let start: Int64
  /// For this session's scratch; removed with the session.
  let work: FilePath
  let disk: DiskFlush
  private let file: FilePath
  private let lock: FileLock
  private let scratches = Atomic(0)

  private init(file: FilePath, work: FilePath, start: Int64, lock: FileLock) {
    self.file = file
    self.work = work
    disk = DiskFlush(work)
    self.start = start
    self.lock = lock
  }

  deinit {
    try? Files.removeTree(work)
    try? Files.removeFile(file)
  }

  /// A path in ``work`` that nothing stands at.
  func scratch() -> FilePath {
    work.appending(String(scratches.add(1, ordering: .relaxed).newValue))
  }

  private static func gate(_ root: FilePath) -> FilePath {
    root.appending("locks").appending(Store.gates.sessions)
  }

  static func open(_ root: FilePath) throws(FileError) -> StoreSession {
    let (session, dead) = try begin(root)
    for (name, lock) in dead {
      defer { withExtendedLifetime(lock) {} }
      // What another user left may not be removable; it waits for someone who can.
      guard (try? Files.removeTree(root.appending("work/\(name)"))) != nil else { continue }
      try? Files.removeFile(root.appending("sessions/\(name)"))
    }
    return session
  }

  /// Makes the session and finds the dead ones, whose locks are free.
  ///
  /// The gate is for the moment between the making of a session's file and its lock, in which it
  /// would look dead.
  private static func begin(
    _ root: FilePath
  ) throws(FileError) -> (StoreSession, dead: [(String, FileLock?)]) {
    let gate = try FileLock.take(gate(root), .exclusive)
    defer { withExtendedLifetime(gate) {} }
    let name = String(UInt64.random(in: .min ... .max), radix: 16)
    let file = root.appending("sessions/\(name)")
    guard let lock = try FileLock.attempt(file, .exclusive), let status = try Files.status(file)
    else { throw FileError(.exists, "lock", file) }
    let work = root.appending("work/\(name)")
    try Files.makeDirectory(work)
    let session = StoreSession(file: file, work: work, start: status.modified, lock: lock)
    var dead: [(String, FileLock?)] = []
    let known = try Files.entries(root.appending("sessions"))
    for other in known where other != name {
      if let lock = try FileLock.attempt(root.appending("sessions/\(other)"), .exclusive) {
        dead.append((other, lock))
      }
    }
    let orphans = Set(try Files.entries(root.appending("work"))).subtracting(known + [name])
    return (session, dead + orphans.sorted().map { ($0, nil) })
  }

  /// When the oldest session that still lives began.
  func oldestStart(_ root: FilePath) throws(FileError) -> Int64 {
    let gate = try FileLock.take(Self.gate(root), .exclusive)
    defer { withExtendedLifetime(gate) {} }
    var oldest = start
    for name in try Files.entries(root.appending("sessions")) {
      let path = root.appending("sessions/\(name)")
      guard let status = try Files.status(path), try FileLock.attempt(path, .exclusive) == nil
      else { continue }
      oldest = min(oldest, status.modified)
    }
    return oldest
  }

  /// The present, by the clock of the store's file system.
  func now() throws(FileError) -> Int64 {
    let probe = scratch()
    try Files.write("", to: probe)
    let time = try Files.status(probe)?.modified
    try Files.removeFile(probe)
    return time ?? start
  }
}
