internal import Archives
internal import Content
public import Diagnostics
internal import FileSystem
public import SystemPackage

/// The ELF files of a root file system and what they have for GPUs.
public struct GPUScan: Hashable, Sendable {
  /// Those without code for GPUs too.
  public private(set) var files: [GPULibrary] = []
  /// Files that look like libraries and are damaged.
  public private(set) var damaged: [GPUCodeError] = []

  public init() {}

  public var facts: GPUFacts { GPUFacts(files) }

  /// What is wrong with the libraries, though a build goes on with them.
  public var warnings: [Diagnostic] {
    let damage = damaged.flatMap(\.diagnostics).map { error in
      Diagnostic(
        severity: .warning, code: error.code, message: error.message, place: error.place,
        reason: error.reason, remedy: error.remedy)
    }
    let duplicates = facts.duplicates.map { duplicate in
      Diagnostic(
        severity: .warning, code: GPUCodeError.Notice.duplicate.rawValue,
        message: "\(duplicate.soname) is there \(duplicate.paths.count) times, "
          + "\(ByteCount(duplicate.wasted)) too many",
        reason: duplicate.paths.joined(separator: "\n"),
        remedy: "choose versions of the packages and wheels that share it")
    }
    return damage + duplicates
  }

  /// Adds a file of the disk.
  ///
  /// - Parameter path: in the image.
  public mutating func add(_ file: FilePath, as path: String) throws(GPUCodeError) {
    guard !Task.isCancelled else { throw GPUCodeError(.interrupted, path) }
    do throws(GPUCodeError) {
      if let library = try GPULibrary.read(file, as: path) { files.append(library) }
    } catch {
      guard error.code == .damaged else { throw error }
      damaged.append(GPUCodeError(.damaged, path, reason: error.reason))
    }
  }

  /// Reads an image from its bytes, whoever made it.
  ///
  /// - Parameter scratch: a folder with room for the largest library: one at a time is written
  ///   there, since an ELF file's table of contents is at its end.
  public static func scan(
    image: FilePath, scratch: FilePath
  ) throws(GPUCodeError) -> GPUScan {
    let cannotRead = { (error: ArchiveError) in
      GPUCodeError(.badImage, image.string, causes: error.diagnostics)
    }
    // The last entry of a path is the one that is there after extraction.
    var found: PathTable<GPUScan> = [:]
    var reader: ArchiveReader
    do throws(ArchiveError) {
      reader = try ArchiveReader.open(image, formats: .tar, filters: .all, warnings: .areKept)
    } catch {
      throw cannotRead(error)
    }
    while let entry = try next(&reader, cannotRead) {
      let path = entry.path.plainPath
      found[path] = nil
      guard entry.kind == .file,
        GPULibrary.isCandidate(
          path: path, size: entry.size ?? .max, permissions: entry.permissions)
      else { continue }
      let spool = scratch.appending("library")
      guard try copyLibrary(&reader, to: spool, cannotRead) else { continue }
      found[path] = GPUScan()
      try found[path]?.add(spool, as: path)
    }
    do throws(ArchiveError) { try reader.finish() } catch { throw cannotRead(error) }
    var scan = GPUScan()
    for (_, one) in found.elements.sorted(by: { precedes($0.path, $1.path) }) {
      scan.files += one.files
      scan.damaged += one.damaged
    }
    return scan
  }

  private static func next(
    _ reader: inout ArchiveReader, _ failure: (ArchiveError) -> GPUCodeError
  ) throws(GPUCodeError) -> ArchiveEntry? {
    do throws(ArchiveError) { return try reader.next() } catch { throw failure(error) }
  }

  /// Copies the entry's bytes.
  ///
  /// - Returns: false for what is no ELF file, of which nothing is copied.
  private static func copyLibrary(
    _ reader: inout ArchiveReader, to target: FilePath, _ failure: (ArchiveError) -> GPUCodeError
  ) throws(GPUCodeError) -> Bool {
    var start: [UInt8] = []
    var spool: Spool?
    var more = true
    while more {
      guard !Task.isCancelled else { throw GPUCodeError(.interrupted, reader.name) }
      more = try reader.nextChunk(failure: failure) { (chunk) throws(GPUCodeError) in
        if spool != nil {
          try spool?.write(chunk)
          return
        }
        unsafe chunk.withUnsafeBytes { unsafe start.append(contentsOf: $0) }
      }
      guard spool == nil, start.count >= ELFFile.magic.count else { continue }
      guard start.starts(with: ELFFile.magic) else { return false }
      spool = try Spool(target)
      try unsafe spool?.write(start.span.bytes)
      start = []
    }
    return spool != nil
  }
}

/// The file that holds one library of an image at a time.
private struct Spool: ~Copyable {
  private let file: WritableFile

  init(_ path: FilePath) throws(GPUCodeError) {
    do throws(FileError) { file = try WritableFile(replacing: path, permissions: 0o600) } catch {
      throw GPUCodeError(error)
    }
  }

  func write(_ bytes: RawSpan) throws(GPUCodeError) {
    do throws(FileError) { try file.write(bytes) } catch { throw GPUCodeError(error) }
  }
}
