internal import FileSystem
internal import SystemPackage

extension Store {
  /// What ``gc(olderThan:downTo:)`` did.
  public struct Collected: Hashable, Codable, Sendable {
    public var removed = 0
    public var freedBytes: Int64 = 0
    public var kept = 0
    public var keptBytes: Int64 = 0
    /// How many of the kept ones a running kiln may be using.
    public var inUse = 0

    public init() {}
  }

  /// Removes what was not used for long, then the least recently used until the rest is small
  /// enough. Builds may run meanwhile: what was used since the oldest running kiln began is kept,
  /// whatever the limits say, and so are a download and a folder that someone is at.
  ///
  /// - Parameters:
  ///   - age: seconds since the last use; nil removes nothing for its age.
  ///   - bytes: the size to come down to; nil is no limit.
  public func gc(olderThan age: Int64?, downTo bytes: Int64?) throws(StoreError) -> Collected {
    do throws(FileError) { return try collect(age, bytes) } catch { throw StoreError(error) }
  }

  private func collect(_ age: Int64?, _ bytes: Int64?) throws(FileError) -> Collected {
    let oldest = try session.oldestStart(root)
    let now = try session.now()
    var sizes: [(object: StoreObject, bytes: Int64)] = []
    for object in try objects() { sizes.append((object, try Files.size(object.path))) }
    sizes.sort { ($0.object.used, $0.object.path.string) < ($1.object.used, $1.object.path.string) }
    var report = Collected()
    var total = sizes.reduce(0) { $0 + $1.bytes }
    for (object, size) in sizes {
      let isOld = age.map { now - object.used > $0 } ?? false
      // Down to nothing means the empty ones too, wherever they stand in the order.
      let isTooMuch = bytes.map { $0 == 0 || total > $0 } ?? false
      let isInUse = object.used >= oldest
      if (isOld || isTooMuch) && !isInUse, try remove(object) {
        total -= size
        report.removed += 1
        report.freedBytes += size
      } else {
        report.kept += 1
        report.keptBytes += size
        report.inUse += isInUse ? 1 : 0
      }
    }
    try removeIdleLocks()
    return report
  }

  /// Removes the lock files that nobody holds; whoever wants one makes it anew.
  private func removeIdleLocks() throws(FileError) {
    for name in try Files.entries(locks)
    where ![Self.gates.removal, Self.gates.sessions].contains(name) {
      try FileLock.attempt(locks.appending(name), .exclusive)?.removeFile()
    }
  }

  /// - Returns: whether it is gone; false where someone used it meanwhile.
  private func remove(_ object: StoreObject) throws(FileError) -> Bool {
    var work: FileLock?
    if let name = object.lockName {
      work = try FileLock.attempt(locks.appending(name), .exclusive)
      guard work != nil else { return false }
    }
    defer { withExtendedLifetime(work) {} }
    let grave = session.scratch()
    guard try buryUnused(object, in: grave) else { return false }
    try Files.removeTree(grave)
    return true
  }

  private func buryUnused(
    _ object: StoreObject, in grave: FilePath
  ) throws(FileError) -> Bool {
    let gate = try FileLock.take(removalGate, .exclusive)
    defer { withExtendedLifetime(gate) {} }
    guard try Files.status(object.path)?.modified == object.used else { return false }
    try Files.rename(object.path, to: grave)
    return true
  }
}
