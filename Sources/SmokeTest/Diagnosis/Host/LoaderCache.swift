internal import Platform

/// `/etc/ld.so.cache`, where the dynamic loader finds libraries by name.
///
/// glibc's `sysdeps/generic/dl-cache.h`: from 2.32 on the file is the new format alone, before that
/// the old one (`ld.so-1.7.0`) precedes it. Numbers are little-endian on both architectures.
public struct LoaderCache: Hashable, Sendable {
  /// The libraries of this architecture, the loader's first choice of a name first.
  public private(set) var entries: [Entry] = []

  public struct Entry: Hashable, Sendable {
    public let name: String
    public let path: String
  }

  /// Where the library called `name` is.
  @inline(never)
  public func paths(_ name: String) -> [String] {
    entries.filter { $0.name == name }.map { $0.path }
  }

  private static let old = "ld.so-1.7.0".bytes
  private static let new = "glibc-ld.so.cache1.1".bytes

  /// Nothing when `bytes` is no cache, or is cut.
  public init?(_ bytes: [UInt8]) {
    guard let start = Self.start(of: bytes) else { return nil }
    let file = Bytes(bytes, from: start)
    guard let count = file.word(at: 20), count <= 1 << 20 else { return nil }
    for index in 0..<count {
      let entry = 48 + index * 24
      guard let flags = file.word(at: entry), let name = file.word(at: entry + 4),
        let path = file.word(at: entry + 8)
      else { return nil }
      guard flags == ELFHeader.native.cacheFlags else { continue }
      guard let name = file.text(at: name), let path = file.text(at: path) else { return nil }
      entries.append(Entry(name: name, path: path))
    }
  }

  private static func start(of bytes: [UInt8]) -> Int? {
    if bytes.starts(with: new) { return 0 }
    // A header of 16 bytes, 12 for each entry; the new format follows, aligned to 8.
    guard bytes.starts(with: old), let count = Bytes(bytes, from: 0).word(at: 12),
      count <= 1 << 20
    else { return nil }
    let start = (16 + count * 12 + 7) & ~7
    return start < bytes.count && bytes[start...].starts(with: new) ? start : nil
  }
}

/// Little-endian numbers and texts in a piece of a file.
struct Bytes {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8], from start: Int) { self.bytes = bytes[start...] }

  var count: Int { bytes.count }

  func number(at offset: Int, bytes count: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    var number: UInt64 = 0
    for index in (0..<count).reversed() {
      number = number << 8 | UInt64(bytes[bytes.startIndex + offset + index])
    }
    return Int(exactly: number)
  }

  func word(at offset: Int) -> Int? { number(at: offset, bytes: 4) }

  /// The text at `offset`, up to its NUL.
  func text(at offset: Int) -> String? {
    guard offset >= 0, offset < bytes.count else { return nil }
    let rest = bytes[(bytes.startIndex + offset)...]
    guard let end = rest.firstIndex(of: 0) else { return nil }
    return String(bytes: rest[..<end])
  }
}
