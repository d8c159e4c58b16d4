internal import Concurrency
public import Content
internal import Digests
internal import FileSystem
public import Locks
public import Store
internal import Synchronization
public import SystemPackage

/// Unpacks wheels into the store, each once: every byte is held against the zip's CRC and size and
/// against RECORD's SHA-256 before the store has it.
public struct WheelUnpacker: Sendable {
  /// Changes when the same wheel would unpack to something else.
  private static let formatVersion = 2
  /// Bytes of one task of a wheel: below, the tasks would cost more than they win.
  private static let stripeSize: Int64 = 8 << 20

  private let store: Store
  private let jobs: Int
  private let progress: ProgressSink

  /// - Parameter jobs: how many files are worked on at once.
  public init(store: Store, jobs: Int, progress: @escaping ProgressSink) {
    self.store = store
    self.jobs = max(1, jobs)
    self.progress = progress
  }

  /// Unpacks wheels; results keep the order.
  ///
  /// Each file must be the artifact's, its digest verified, as the store's artifacts are.
  public func unpack(
    _ wheels: [(artifact: Artifact, file: FilePath)]
  ) async throws(WheelError) -> [UnpackedWheel] {
    let total = wheels.reduce(0) { $0 + $1.artifact.size }
    progress(.started(.unpack, total: total, unit: .bytes))
    let done = Done()
    let unpacked = try await wheels.mapConcurrently(limit: jobs) {
      (wheel) async throws(WheelError) -> UnpackedWheel in
      let result = try await unpack(wheel.artifact, wheel.file)
      let sum = done.add(wheel.artifact.size)
      progress(.advanced(.unpack, done: sum, item: wheel.artifact.fileName))
      return result
    }
    progress(.finished(.unpack, reused: unpacked.allSatisfy(\.isReused)))
    return unpacked
  }

  private final class Done: Sendable {
    private let bytes = Mutex<Int64>(0)

    func add(_ count: Int64) -> Int64 {
      bytes.withLock {
        $0 += count
        return $0
      }
    }
  }

  /// Whether the store has the wheel unpacked.
  public static func isUnpacked(_ artifact: Artifact, in store: Store) -> Bool {
    store.hasUnpacked(.wheel, formatVersion, from: artifact.sha256)
  }

  private func unpack(
    _ artifact: Artifact, _ file: FilePath
  ) async throws(WheelError) -> UnpackedWheel {
    let fileName: WheelFileName
    do throws(WheelFileName.Malformed) { fileName = try WheelFileName(artifact.fileName) } catch {
      throw WheelError(error)
    }
    let failure = { @Sendable (error: FileError) in
      WheelError(
        error.cause == .interrupted ? .interrupted : .storage, wheel: fileName.text,
        cause: .file(error))
    }
    let result = try await store.unpacked(
      .wheel, Self.formatVersion, from: artifact.sha256, failure: failure
    ) { (folder) async throws(WheelError) in
      try await extract(file, fileName, to: folder, failure)
    }
    return try UnpackedWheel.load(
      result.path, from: file, fileName: fileName, sha256: artifact.sha256,
      isReused: result.reused)
  }

  private func extract(
    _ file: FilePath, _ fileName: WheelFileName, to folder: FilePath,
    _ failure: @Sendable (FileError) -> WheelError
  ) async throws(WheelError) {
    let entries = try ZipDirectory.read(file, name: fileName.text).entries
    let files = entries.filter { !$0.isDirectory }
    let content = WheelContent(file: file, name: fileName.text, entries: files)
    let infoFolder = try Wheel.infoFolder(files.map(\.path), wheel: fileName.text)
    let wheel = try Wheel(
      fileName: fileName, infoFolder: infoFolder,
      documents: try content.documents(in: infoFolder))
    let digests = try wheel.digests(of: files)
    try checkSchemes(files, fileName)
    let tree = folder.appending("tree")
    do throws(FileError) { try makeFolders(files, tree) } catch { throw failure(error) }
    let stripes = stripes(files)
    let written = try await stripes.mapConcurrently(limit: jobs) {
      (stripe) async throws(WheelError) -> [WheelFile] in
      try content.extract(stripe, to: tree, digests: digests)
    }
    let byPath = PathTable(written.joined().map { ($0.path, $0) })
    let listing = WheelListing.text(files.compactMap { byPath[$0.path] })
    do throws(FileError) {
      try Files.write(listing, to: folder.appending(WheelListing.fileName))
    } catch {
      throw failure(error)
    }
  }

  private func checkSchemes(
    _ files: [ZipEntry], _ fileName: WheelFileName
  ) throws(WheelError) {
    for file in files where InstallScheme.of(file.path) == nil {
      let known = InstallScheme.allCases.filter { $0 != .root }.map(\.rawValue)
      throw WheelError(
        .unknownScheme, wheel: fileName.text, entry: file.path,
        reason: "a .data folder holds \(known.joined(separator: ", "))")
    }
  }

  private func makeFolders(_ files: [ZipEntry], _ tree: FilePath) throws(FileError) {
    try Files.makeDirectory(tree)
    var made: PathSet = [""]
    for file in files {
      let parent = ZipName.parent(file.path)
      guard made.insert(parent) else { continue }
      try Files.makeDirectories(tree.appending(parent))
    }
  }

  /// Shares files among tasks, the largest first to whoever has least.
  private func stripes(_ files: [ZipEntry]) -> [[ZipEntry]] {
    let total = files.reduce(0) { $0 + $1.size }
    let count = min(jobs, max(1, Int(total / Self.stripeSize)))
    var stripes = Array(repeating: (size: Int64(0), entries: [ZipEntry]()), count: count)
    // Opening a file costs about as much as inflating this many bytes.
    let overhead: Int64 = 8 << 10
    for file in files.sorted(by: { $0.size > $1.size }) {
      let least = stripes.indices.min { stripes[$0].size < stripes[$1].size } ?? 0
      stripes[least].size += file.size + overhead
      stripes[least].entries.append(file)
    }
    return stripes.map(\.entries)
  }
}
