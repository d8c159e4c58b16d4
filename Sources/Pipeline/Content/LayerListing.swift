public import Digests
public import FileSystem
public import SystemPackage

/// Everything that a layer puts into a root, so that an image can be planned without looking at the
/// layer's folder: the file `listing` beside the layer.
///
///     kiln listing 1 <origins> <entries>
///     <kind>\0<name>\0<version>\0                                     each origin
///     <fields, apart by blanks>\0<path>\0<link>\0                     each entry, in byte order
///
/// The fields are the kind's letter, octal mode, owner, group, size, mtime, major and minor number,
/// number of the origin, number of the file, SHA-256, capability and cover; `-` where there is none.
public struct LayerListing: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    /// Inside the layer, relative.
    public let path: String
    public let kind: Kind
    /// Permission bits with setuid, setgid and sticky.
    public let permissions: UInt16
    public let owner: UInt32
    public let group: UInt32
    /// Bytes of a file; 0 for everything else.
    public let size: Int64
    /// Seconds since 1970, never before.
    public let modified: Int64
    /// Major and minor number of a device node.
    public let device: Device
    /// Index into ``LayerListing/origins``; nil where the layer's own origin holds.
    public let origin: Int?
    /// A number that the names of one inode have in common; nil for a file of one name.
    public internal(set) var file: Int?
    public let sha256: SHA256Digest?
    /// The value of `security.capability`; empty where there is none.
    public let capability: [UInt8]
    public let cover: Cover
    /// A symbolic link's text.
    public let link: String
  }

  public struct Device: Hashable, Sendable {
    public let major: UInt32
    public let minor: UInt32
  }

  /// The letters are those of `ls -l`.
  public enum Kind: UInt8, Hashable, Sendable {
    case file = 0x2D
    case directory = 0x64
    case symlink = 0x6C
    case characterDevice = 0x63
    case blockDevice = 0x62
    case fifo = 0x70
    /// Hides what the layers below have: overlayfs's node for that, or a socket, which belongs to a
    /// running program.
    case nothing = 0x77
  }

  /// What a folder does to what the layers below have in it.
  public enum Cover: Hashable, Sendable {
    case merges
    case hides
    /// An attribute of an overlay within an overlay.
    case unknown(attribute: String)
  }

  /// The file's name in a layer's folder of the store.
  public static let fileName = "listing"

  /// In the order in which an image carries their files.
  public let origins: [Origin]
  /// Folders before what they hold, all in byte order.
  public let entries: [Entry]

  public func origin(of entry: Entry, in layer: Layer) -> Origin {
    entry.origin.map { origins[$0] } ?? layer.origin
  }
}

extension LayerListing {
  /// Reads what ``write(to:)`` wrote.
  public init(reading file: FilePath) throws(FileError) {
    var fields = Fields(bytes: try Files.read(file, limit: 1 << 30))
    guard fields.skip("kiln listing 1 "), let origins = fields.number(),
      let count = fields.number(), let listing = Self.parse(&fields, origins, count)
    else { throw FileError(.damaged, "understand", file) }
    self = listing
  }

  private static func parse(_ fields: inout Fields, _ originCount: Int, _ count: Int) -> Self? {
    guard (0...fields.bytes.count).contains(originCount), (0...fields.bytes.count).contains(count)
    else { return nil }
    var origins: [Origin] = []
    for _ in 0..<originCount {
      guard let kind = fields.text().flatMap(Origin.Kind.init), let name = fields.text(),
        let version = fields.text()
      else { return nil }
      origins.append(Origin(kind, name: name, version: version))
    }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for _ in 0..<count {
      guard let entry = entry(&fields), entry.origin.map({ $0 < originCount }) ?? true else {
        return nil
      }
      entries.append(entry)
    }
    return fields.isAtEnd ? Self(origins: origins, entries: entries) : nil
  }

  private static func entry(_ fields: inout Fields) -> Entry? {
    guard let letter = fields.letter(), let kind = Kind(rawValue: letter),
      let permissions = fields.number(radix: 8), let owner = fields.number(),
      let group = fields.number(), let size = fields.number(), let modified = fields.number(),
      let major = fields.number(), let minor = fields.number(),
      let origin = fields.optionalNumber(), let file = fields.optionalNumber(),
      let sha256 = fields.optional({ SHA256Digest(hexDigits: $0) }),
      let capability = fields.optional({ Hexadecimal.bytes($0) }),
      let cover = fields.optional({ String(decoding: $0, as: UTF8.self) }),
      let path = fields.text(), let link = fields.text(), (sha256 != nil) == (kind == .file)
    else { return nil }
    return Entry(
      path: path, kind: kind, permissions: UInt16(truncatingIfNeeded: permissions),
      owner: UInt32(truncatingIfNeeded: owner), group: UInt32(truncatingIfNeeded: group),
      size: Int64(size), modified: Int64(modified),
      device: .init(
        major: UInt32(truncatingIfNeeded: major), minor: UInt32(truncatingIfNeeded: minor)),
      origin: origin, file: file, sha256: sha256, capability: capability ?? [],
      cover: cover.map { $0 == "hides" ? .hides : .unknown(attribute: $0) } ?? .merges, link: link)
  }

  public func write(to file: FilePath) throws(FileError) {
    var bytes = Array("kiln listing 1 \(origins.count) \(entries.count)\n".utf8)
    for text in origins.flatMap({ [$0.kind.rawValue, $0.name, $0.version] }) {
      bytes += Array(text.utf8) + [0]
    }
    for entry in entries {
      let cover =
        switch entry.cover {
        case .merges: "-"
        case .hides: "hides"
        case .unknown(let attribute): attribute
        }
      let fields = [
        String(UnicodeScalar(entry.kind.rawValue)), String(entry.permissions, radix: 8),
        String(entry.owner), String(entry.group), String(entry.size), String(entry.modified),
        String(entry.device.major), String(entry.device.minor),
        entry.origin.map { String($0) } ?? "-", entry.file.map { String($0) } ?? "-",
        entry.sha256?.hex ?? "-",
        entry.capability.isEmpty ? "-" : Hexadecimal.text(entry.capability), cover,
      ]
      for text in [fields.joined(separator: " "), entry.path, entry.link] {
        bytes += Array(text.utf8) + [0]
      }
    }
    try Files.write(bytes, to: file)
  }
}

/// The fields of a listing, one after the other; each method gives nil where they are no such.
private struct Fields {
  let bytes: [UInt8]
  private var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index == bytes.count }

  mutating func skip(_ text: String) -> Bool {
    guard bytes.starts(with: text.utf8) else { return false }
    index = text.utf8.count
    return true
  }

  /// Up to the next blank, line break or NUL, which is passed.
  private mutating func field() -> ArraySlice<UInt8>? {
    let start = index
    while index < bytes.count, bytes[index] != 0x20, bytes[index] != 0x0A, bytes[index] != 0 {
      index += 1
    }
    guard index < bytes.count else { return nil }
    index += 1
    return bytes[start..<index - 1]
  }

  mutating func letter() -> UInt8? {
    guard let field = field(), field.count == 1 else { return nil }
    return field.first
  }

  mutating func number(radix: Int = 10) -> Int? { field().flatMap { Self.number($0, radix) } }

  /// - Returns: nil in nil where the field is empty by rule.
  mutating func optionalNumber() -> Int?? { optional { Self.number($0, 10) } }

  mutating func optional<Value>(_ parse: (ArraySlice<UInt8>) -> Value?) -> Value?? {
    guard let field = field() else { return nil }
    if field.count == 1, field.first == UInt8(ascii: "-") { return .some(nil) }
    return parse(field).map { .some($0) }
  }

  private static func number(_ digits: ArraySlice<UInt8>, _ radix: Int) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for digit in digits {
      guard digit >= 0x30, Int(digit) < 0x30 + radix else { return nil }
      let (shifted, isTooLarge) = value.multipliedReportingOverflow(by: radix)
      let (sum, isLarger) = shifted.addingReportingOverflow(Int(digit - 0x30))
      if isTooLarge || isLarger { return nil }
      value = sum
    }
    return value
  }

  /// Up to the next NUL, which is passed.
  mutating func text() -> String? {
    let start = index
    while index < bytes.count, bytes[index] != 0 { index += 1 }
    guard index < bytes.count else { return nil }
    index += 1
    return String(decoding: bytes[start..<index - 1], as: UTF8.self)
  }
}
