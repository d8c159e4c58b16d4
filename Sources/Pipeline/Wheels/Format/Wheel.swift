public import Content
internal import Digests
internal import FileSystem

/// What a wheel says of itself: its file name, and `WHEEL`, `METADATA`, `RECORD` and
/// `entry_points.txt` of its `.dist-info` folder, held against each other.
public struct Wheel: Hashable, Sendable {
  public let fileName: WheelFileName
  /// The project's name as its authors write it.
  public let name: String
  public let version: String
  /// Whether the wheel's top level goes to the folder for pure Python; both are one in a virtual
  /// environment.
  public let rootIsPurelib: Bool
  /// The top-level folder with the metadata.
  public let infoFolder: String
  public let entryPoints: EntryPoints
  public let licence: WheelLicence
  let record: RecordFile

  /// The files of ``infoFolder`` that are read.
  enum Document: String, CaseIterable {
    case wheel = "WHEEL"
    case metadata = "METADATA"
    case record = "RECORD"
    case entryPoints = "entry_points.txt"

    /// Bytes that it may have. RECORD of the largest wheels has 2 MB; the two small ones name a few
    /// tags and commands.
    var longest: Int {
      switch self {
      case .wheel, .entryPoints: 1 << 20
      case .metadata, .record: 64 << 20
      }
    }
  }

  /// The one top-level `.dist-info` folder among `paths`.
  static func infoFolder(_ paths: [String], wheel: String) throws(WheelError) -> String {
    let folders = Set(paths.compactMap { ZipName.components($0, limit: 2).first })
      .filter { $0.utf8.suffix(10).elementsEqual(".dist-info".utf8) }
    guard folders.count == 1, let folder = folders.first else {
      throw WheelError(
        .badMetadata, wheel: wheel,
        reason: folders.isEmpty
          ? "it has no .dist-info folder"
          : "it has \(folders.count) .dist-info folders: "
            + folders.sorted().joined(separator: ", "))
    }
    return folder
  }

  /// - Parameter documents: the text of each document that the wheel has.
  init(
    fileName: WheelFileName, infoFolder: String, documents: [Document: String]
  ) throws(WheelError) {
    let fail = { (code: WheelError.Code, document: Document?, reason: String) in
      WheelError(
        code, wheel: fileName.text,
        entry: document.map { "\(infoFolder)/\($0.rawValue)" } ?? infoFolder, reason: reason)
    }
    guard let wheelText = documents[.wheel], let metadataText = documents[.metadata],
      let recordText = documents[.record]
    else {
      let missing = [.wheel, .metadata, .record].first { documents[$0] == nil }
      throw fail(.badMetadata, missing, "it is missing")
    }
    let wheelFields = MetadataFields(wheelText)
    let format = wheelFields["Wheel-Version"]
    guard let format, let major = Int(format.prefix { $0 != "." }) else {
      throw fail(.badMetadata, .wheel, "it has no Wheel-Version")
    }
    guard major == 1 else { throw fail(.futureVersion, nil, "it has Wheel-Version \(format)") }
    let metadata = MetadataFields(metadataText)
    guard let name = metadata["Name"], let version = metadata["Version"] else {
      throw fail(.badMetadata, .metadata, "it has no Name or no Version")
    }
    guard ProjectName.normalized(name) == ProjectName.normalized(fileName.distribution),
      ProjectVersion.normalized(version) == ProjectVersion.normalized(fileName.version)
    else {
      throw fail(.badMetadata, .metadata, "it is that of \(name) \(version)")
    }
    let stem = ProjectName.normalized(String(decoding: infoFolder.utf8.dropLast(10), as: UTF8.self))
    guard stem.utf8.starts(with: ProjectName.normalized(name).utf8) else {
      throw fail(.badMetadata, nil, "the folder belongs to another project than \(name)")
    }
    self.fileName = fileName
    self.name = name
    self.version = version
    self.infoFolder = infoFolder
    licence = WheelLicence(metadata)
    rootIsPurelib = wheelFields["Root-Is-Purelib"]?.lowercased() == "true"
    record = try RecordFile(parsing: recordText) { fail(.badRecord, .record, "\($1): \($0)") }
    entryPoints =
      try documents[.entryPoints].map { (text) throws(WheelError) in
        try EntryPoints(parsing: text, wheel: fileName.text)
      } ?? .none
  }

  /// Holds RECORD against the entries of the zip: every file has exactly one digest and its size,
  /// but for RECORD itself and its signatures.
  ///
  /// - Returns: the digest of each file, by its path; none for those that have none.
  func digests(of entries: [ZipEntry]) throws(WheelError) -> PathTable<SHA256Digest> {
    let refuse = { (path: String, reason: String) in
      WheelError(.badRecord, wheel: fileName.text, entry: path, reason: reason)
    }
    let unsigned = Set(["RECORD", "RECORD.jws", "RECORD.p7s"].map { "\(infoFolder)/\($0)" })
    var rows: PathTable<RecordFile.Row> = [:]
    for row in record.rows {
      guard rows[row.path] ?? row == row else {
        throw refuse(row.path, "RECORD has two different rows for it")
      }
      rows[row.path] = row
    }
    var digests: PathTable<SHA256Digest> = [:]
    for entry in entries where !entry.isDirectory {
      guard let row = rows[entry.path] else {
        if unsigned.contains(entry.path) { continue }
        throw refuse(entry.path, "the file is in the wheel and not in RECORD")
      }
      rows[entry.path] = nil
      if unsigned.contains(entry.path) { continue }
      guard let digest = row.sha256 else {
        throw refuse(
          entry.path,
          row.digest.isEmpty ? "RECORD has no digest for it" : "\(row.digest) is not a SHA-256")
      }
      guard row.size == String(entry.size) else {
        throw refuse(entry.path, "it has \(entry.size) bytes, and \(row.size) in RECORD")
      }
      digests[entry.path] = digest
    }
    if let missing = rows.paths.filter({ !unsigned.contains($0) }).min(by: precedes) {
      throw refuse(missing, "the file is in RECORD and not in the wheel")
    }
    return digests
  }
}
