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

  public var permissions: UInt16 { isExecutable ? 0o755 : 0o644 }
}

/// The listing of an unpacked wheel: a line for each file, in the order of the zip.
///
///     kiln wheel listing 1
///     644 1234 <sha256> numpy/__init__.py
enum WheelListing {
  static let fileName = "listing"
  private static let header = "kiln wheel listing 1"

  static func text(_ files: [WheelFile]) -> String {
    let lines = files.map { file in
      "\(file.isExecutable ? "755" : "644") \(file.size) \(file.sha256.hex) \(file.path)"
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
      let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
      guard fields.count == 4, let size = Int64(String(Substring(fields[1]))),
        let digest = SHA256Digest(hex: Substring(fields[2])),
        let mode = ["644": false, "755": true][String(Substring(fields[0]))]
      else { return nil }
      files.append(
        WheelFile(
          path: String(Substring(fields[3])), isExecutable: mode, size: size, sha256: digest))
    }
    return files
  }
}
