public import Digests

/// A file of an unpacked wheel.
public struct WheelFile: Hashable, Sendable {
  /// As in the wheel; in the store below ``UnpackedWheel/tree``.
  public let path: String
  /// Whether its mode is 755, else it is 644: what pip makes of the modes in a zip.
  public let isExecutable: Bool
  /// Bytes.
  public let size: Int64
  public let sha256: SHA256Digest
  /// Where the wheel has it deflated; nil where it is stored as it is.
  public let stream: Stream?

  /// A whole deflate stream in the wheel's file, which decodes to the file's bytes.
  public struct Stream: Hashable, Sendable {
    public let range: Range<Int64>
    /// CRC-32 of the file's bytes.
    public let crc: UInt32
  }

  public var permissions: UInt16 { isExecutable ? 0o755 : 0o644 }
}

/// The listing of an unpacked wheel: a line for each file, in the order of the zip.
///
///     kiln wheel listing 2
///     644 1234 <sha256> <offset>:<length>:<crc> numpy/__init__.py
///
/// A file that is not deflated has `-` for the place of its stream.
enum WheelListing {
  static let fileName = "listing"
  private static let header = "kiln wheel listing 2"

  static func text(_ files: [WheelFile]) -> String {
    let lines = files.map { file in
      "\(file.isExecutable ? "755" : "644") \(file.size) \(file.sha256.hex) \(text(file.stream)) "
        + file.path
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  /// - Returns: nil for anything but what ``text(_:)`` writes.
  static func files(_ text: String) -> [WheelFile]? {
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"))[...]
    guard let first = lines.popFirst(), first.elementsEqual(header.utf8) else { return nil }
    var files: [WheelFile] = []
    files.reserveCapacity(lines.count)
    for line in lines {
      let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 4)
      guard fields.count == 5, let size = Int64(String(Substring(fields[1]))),
        let digest = SHA256Digest(hex: Substring(fields[2])),
        let mode = ["644": false, "755": true][String(Substring(fields[0]))],
        let stream = stream(fields[3])
      else { return nil }
      files.append(
        WheelFile(
          path: String(Substring(fields[4])), isExecutable: mode, size: size, sha256: digest,
          stream: stream))
    }
    return files
  }

  private static func text(_ stream: WheelFile.Stream?) -> String {
    guard let stream else { return "-" }
    return "\(stream.range.lowerBound):\(stream.range.count):\(stream.crc)"
  }

  /// - Returns: nil for what ``text(_:)`` does not write.
  private static func stream(_ text: Substring.UTF8View) -> WheelFile.Stream?? {
    if text.elementsEqual("-".utf8) { return .some(nil) }
    let fields = text.split(separator: UInt8(ascii: ":")).map { Substring($0) }
    guard fields.count == 3, let offset = Int64(fields[0]), let length = Int64(fields[1]),
      let crc = UInt32(fields[2]), (0..<1 << 44).contains(offset), (0..<1 << 44).contains(length)
    else { return nil }
    return WheelFile.Stream(range: offset..<offset + length, crc: crc)
  }
}
