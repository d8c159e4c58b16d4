internal import Digests
internal import FileSystem
internal import Locks
public import Store
public import SystemPackage

extension Bundle {
  /// Writes the artifacts, which the store has, into one file: whole or not at all.
  public func write(_ target: FilePath, from store: Store) throws(BundleError) {
    do throws(FileError) {
      var file = try AtomicFile.create(target)
      try append(try index(), named: Self.indexName, to: &file)
      for item in artifacts { try append(item, from: store, to: &file) }
      // Two blocks of zeros end an archive.
      try file.write([UInt8](repeating: 0, count: 2 * TarMember.blockSize))
      try file.publish()
    } catch {
      throw BundleError(.file, target, cause: .file(error))
    }
  }

  private func index() throws(FileError) -> [UInt8] {
    do { return try encoded() } catch {
      throw FileError(.other, "encode", FilePath(Self.indexName))
    }
  }

  private func append(
    _ content: [UInt8], named name: String, to file: inout AtomicFile
  ) throws(FileError) {
    try file.write(TarMember.header(name, size: Int64(content.count)))
    try file.write(content + TarMember.padding(after: Int64(content.count)))
  }

  /// The bytes are verified on the way: a bundle with a damaged file would be noticed only where
  /// nothing can be done about it.
  private func append(
    _ item: Item, from store: Store, to file: inout AtomicFile
  ) throws(FileError) {
    guard let path = store.artifact(item.sha256) else {
      throw FileError(.notFound, "read", store.root.appending("artifacts/\(item.sha256.hex)"))
    }
    try file.write(TarMember.header(Self.folder + item.sha256.hex, size: item.size))
    var hasher = Hasher256()
    var written: Int64 = 0
    try Files.read(path, inPieces: 1 << 20) { (piece) throws(FileError) in
      written += Int64(piece.byteCount)
      guard written <= item.size else { throw FileError(.other, "verify", path) }
      hasher.update(piece)
      try file.write(unsafe piece.withUnsafeBytes { unsafe Array($0) })
    }
    guard written == item.size, hasher.finish() == item.sha256 else {
      throw FileError(.other, "verify", path)
    }
    try file.write(TarMember.padding(after: item.size))
  }
}

/// The entries of a bundle: ustar headers of plain files that belong to nobody.
enum TarMember {
  static let blockSize = 512

  static func header(_ name: String, size: Int64) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: blockSize)
    func put(_ text: String, at offset: Int) {
      block.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }
    let octal = { (number: Int64, digits: Int) in
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    if size < 1 << 33 {
      put(octal(size, 11), at: 124)
    } else {
      // Where eleven digits do not do: base 256, as GNU tar writes it.
      block[124] = 0x80
      for index in 0..<8 { block[135 - index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
    }
    put(octal(0, 11), at: 136)
    put("        0", at: 148)
    put("ustar\u{0}00", at: 257)
    put(octal(block.reduce(0) { $0 + Int64($1) }, 6) + "\u{0} ", at: 148)
    return block
  }

  static func padding(after size: Int64) -> [UInt8] {
    [UInt8](
      repeating: 0, count: Int((Int64(blockSize) - size % Int64(blockSize)) % Int64(blockSize)))
  }
}
