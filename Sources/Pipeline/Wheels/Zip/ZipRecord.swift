/// One entry of a zip's directory, checked as far as the directory alone allows.
struct ZipRecord {
  /// Bits of the general purpose flag that wheels have: how hard deflate tried, data descriptor,
  /// UTF-8. All others mean encryption, patches or what nobody has defined.
  private static let knownFlags: UInt16 = 0x080E

  let name: ArraySlice<UInt8>
  let path: String
  let isDirectory: Bool
  let flags: UInt16
  let method: ZipEntry.Method
  let checksum: UInt32
  let compressedSize: Int64
  let size: Int64
  let mode: UInt16
  let offset: Int64

  /// Whether checksum and sizes follow the bytes, since the writer did not know them before.
  var hasDescriptor: Bool { flags & 0x8 != 0 }

  /// Reads the next record of the central directory.
  static func central(
    _ bytes: inout ZipFields, _ file: borrowing ZipFile
  ) throws(WheelError) -> ZipRecord {
    guard bytes.u32() == 0x0201_4b50 else {
      throw file.defect(.notAZip, "its directory is damaged")
    }
    _ = bytes.u32()  // the versions that made it and that are needed
    let (flags, method) = (bytes.u16(), bytes.u16())
    _ = bytes.u32()  // time and date
    let (checksum, compressed, size) = (bytes.u32(), bytes.u32(), bytes.u32())
    let (nameLength, extraLength, commentLength) = (bytes.u16(), bytes.u16(), bytes.u16())
    let disk = bytes.u16()
    _ = bytes.u16()  // whether it is text
    let (attributes, offset) = (bytes.u32(), bytes.u32())
    let name = bytes.take(Int(nameLength))
    let extra = bytes.take(Int(extraLength))
    _ = bytes.take(Int(commentLength))
    guard !bytes.overran else { throw file.defect(.notAZip, "its directory is cut off") }
    let text = try decode(name, flags, file)
    var wide = try ZipExtra(extra, name, text, file)
    let sizes = (wide.take(size), wide.take(compressed), wide.take(offset))
    guard disk == 0, let size = sizes.0, let compressed = sizes.1, let offset = sizes.2 else {
      throw file.defect(.contradictory, "its sizes or its place are missing", entry: text)
    }
    let mode = UInt16(attributes >> 16)
    let isDirectory = try isDirectory(text, mode, size: size, file)
    return ZipRecord(
      name: name, path: isDirectory ? String(decoding: name.dropLast(), as: UTF8.self) : text,
      isDirectory: isDirectory, flags: flags,
      method: try checkedMethod(method, flags, text, file), checksum: checksum,
      compressedSize: compressed, size: size, mode: mode, offset: offset)
  }

  private static func decode(
    _ name: ArraySlice<UInt8>, _ flags: UInt16, _ file: borrowing ZipFile
  ) throws(WheelError) -> String {
    let lossy = String(decoding: name, as: UTF8.self)
    guard let text = String(validating: name, as: UTF8.self) else {
      throw file.defect(.unsafeName, "it is not UTF-8", entry: lossy)
    }
    guard flags & 0x0800 != 0 || name.allSatisfy({ $0 < 0x80 }) else {
      throw file.defect(.unsafeName, "it is not ASCII and not marked as UTF-8", entry: text)
    }
    if let defect = ZipName.defect(text) { throw file.defect(.unsafeName, defect, entry: text) }
    return text
  }

  private static func isDirectory(
    _ name: String, _ mode: UInt16, size: Int64, _ file: borrowing ZipFile
  ) throws(WheelError) -> Bool {
    let isDirectory = name.utf8.last == UInt8(ascii: "/")
    switch mode & 0o170000 {
    case 0: break
    case 0o040000 where isDirectory: break
    case 0o100000 where !isDirectory: break
    case 0o120000: throw file.defect(.unsupported, "it is a symbolic link", entry: name)
    default: throw file.defect(.unsupported, "its type and its name differ", entry: name)
    }
    guard !isDirectory || size == 0 else {
      throw file.defect(.unsupported, "it is a folder with content", entry: name)
    }
    return isDirectory
  }

  private static func checkedMethod(
    _ method: UInt16, _ flags: UInt16, _ name: String, _ file: borrowing ZipFile
  ) throws(WheelError) -> ZipEntry.Method {
    guard flags & 0x2041 == 0 else {
      throw file.defect(.unsupported, "it is encrypted", entry: name)
    }
    guard flags & ~knownFlags == 0 else {
      throw file.defect(.unsupported, "it has the unknown flags \(flags)", entry: name)
    }
    guard let method = ZipEntry.Method(rawValue: method) else {
      throw file.defect(
        .unsupported, "it is compressed by method \(method), not by deflate", entry: name)
    }
    return method
  }
}

extension ZipRecord {
  /// What a local header says beyond the directory: how long it is.
  struct Local {
    let length: Int64
  }

  /// Reads the local header of `record` and holds it against the directory.
  static func local(
    _ file: borrowing ZipFile, at offset: Int64, of record: ZipRecord
  ) throws(WheelError) -> Local {
    var header = try file.bytes(at: offset, count: 30)
    guard header.u32() == 0x0403_4b50 else {
      throw file.defect(
        .contradictory, "it is not where the directory says", entry: record.path)
    }
    _ = header.u16()  // the version that is needed
    let (flags, method) = (header.u16(), header.u16())
    _ = header.u32()  // time and date
    let (checksum, compressed, size) = (header.u32(), header.u32(), header.u32())
    let (nameLength, extraLength) = (Int(header.u16()), Int(header.u16()))
    var rest = try file.bytes(at: offset + 30, count: nameLength + extraLength)
    let name = rest.take(nameLength)
    var wide = try ZipExtra(rest.take(extraLength), name, record.path, file)
    let sizes = (wide.take(size), wide.take(compressed))
    let empty = record.hasDescriptor && checksum == 0 && sizes.0 == 0 && sizes.1 == 0
    guard name == record.name, flags == record.flags, method == record.method.rawValue,
      empty
        || (checksum == record.checksum && sizes.0 == record.size
          && sizes.1 == record.compressedSize)
    else {
      throw file.defect(
        .contradictory, "its own header gives another name, size, checksum or method",
        entry: record.path)
    }
    return Local(length: Int64(30 + nameLength + extraLength))
  }
}

/// The extra fields of a header: 64-bit sizes, taken in the order in which the 32-bit fields are
/// full.
struct ZipExtra {
  private var wide: ZipFields

  init(
    _ extra: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>, _ entry: String,
    _ file: borrowing ZipFile
  ) throws(WheelError) {
    var fields = ZipFields(Array(extra))
    var wide: [UInt8]?
    while fields.remaining > 0 {
      let (kind, length) = (fields.u16(), fields.u16())
      let value = fields.take(Int(length))
      guard !fields.overran else {
        throw file.defect(.contradictory, "its extra fields are cut off", entry: entry)
      }
      switch kind {
      case 0x0001:
        guard wide == nil else {
          throw file.defect(.contradictory, "it has two sets of 64-bit sizes", entry: entry)
        }
        wide = Array(value)
      // Info-ZIP's Unicode path: some readers would take that name, others the plain one.
      case 0x7075 where value.dropFirst(5) != name:
        throw file.defect(.contradictory, "it has two names", entry: entry)
      default: break
      }
    }
    self.wide = ZipFields(wide ?? [])
  }

  /// - Returns: nil where the field is full and there is no 64-bit one, or an absurd one.
  mutating func take(_ short: UInt32) -> Int64? {
    guard short == .max else { return Int64(short) }
    let value = wide.u64()
    return wide.overran ? nil : Int64(exactly: value)
  }
}
