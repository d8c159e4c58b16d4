import FileSystem

/// A tar stream taken apart block by block, fed with bytes as they come: what libarchive hides
/// (PAX records, what follows the end-of-archive marker) is what rules want to see.
struct TarBlocks {
  /// What is wrong with the stream itself.
  enum Damage: Hashable, Sendable {
    case badHeader(offset: Int64)
    case badRecord(offset: Int64)
    case truncated
    case noEndMarker
  }

  private(set) var entries: [ImageEntry] = []
  private(set) var contents: PathTable<[UInt8]> = [:]
  private(set) var damage: Damage?
  /// Where bytes other than zero come after the end-of-archive marker, from the stream's start.
  private(set) var trailingData: Int64?

  private enum State { case header, sparseMap(ImageEntry, Int64), data, padding, ended, broken }
  private enum Purpose { case entry, longName, longLink, records, globalRecords }

  private let limit: (ImageEntry) -> Int
  private var state = State.header
  private var block: [UInt8] = []
  private var offset: Int64 = 0
  private var zeroBlocks = 0
  private var purpose = Purpose.entry
  private var remaining: Int64 = 0
  private var padding: Int64 = 0
  private var kept: [UInt8] = []
  private var keep = 0
  private var longName: [UInt8]?
  private var longLink: [UInt8]?
  private var records = PAXRecords()
  private var globals = PAXRecords()

  private static let largestRecord: Int64 = 1 << 20

  /// - Parameter limit: how many bytes of an entry's content to keep; 0 for none.
  init(keeping limit: @escaping (ImageEntry) -> Int) { self.limit = limit }

  mutating func consume(_ chunk: [UInt8]) {
    var rest = chunk[...]
    while !rest.isEmpty {
      let before = rest.count
      switch state {
      case .header, .sparseMap: takeBlock(&rest)
      case .data: takeData(&rest)
      case .padding:
        let count = min(Int64(rest.count), padding)
        rest = rest.dropFirst(Int(count))
        padding -= count
        if padding == 0 { state = .header }
      case .ended:
        if trailingData == nil, let index = rest.firstIndex(where: { $0 != 0 }) {
          trailingData = offset + Int64(index - rest.startIndex)
        }
        rest = []
      case .broken: rest = []
      }
      offset += Int64(before - rest.count)
    }
  }

  /// To be called after the last byte.
  mutating func finish() {
    switch state {
    case .ended, .broken: break
    case .header where block.isEmpty: if zeroBlocks == 0 { damage = .noEndMarker }
    default: damage = damage ?? .truncated
    }
  }

  private mutating func takeBlock(_ rest: inout ArraySlice<UInt8>) {
    let part = rest.prefix(HeaderBlock.blockSize - block.count)
    block += part
    rest = rest.dropFirst(part.count)
    guard block.count == HeaderBlock.blockSize else { return }
    let whole = block
    block = []
    if case .sparseMap(let entry, let size) = state {
      if whole[504] == 0 { begin(entry, size) }
      return
    }
    handle(HeaderBlock(block: whole))
  }

  private mutating func handle(_ header: HeaderBlock) {
    if header.isZero {
      zeroBlocks += 1
      if zeroBlocks == 2 { state = .ended }
      return
    }
    if zeroBlocks > 0 {
      // bsdtar takes one zero block for the end, too.
      trailingData = offset
      state = .ended
      return
    }
    guard header.isValid, let size = header.size, size >= 0 else {
      return fail(.badHeader(offset: offset))
    }
    switch header.type {
    case UInt8(ascii: "L"): collect(.longName, size)
    case UInt8(ascii: "K"): collect(.longLink, size)
    case UInt8(ascii: "x"), UInt8(ascii: "X"): collect(.records, size)
    case UInt8(ascii: "g"): collect(.globalRecords, size)
    default: start(header, size)
    }
  }

  private mutating func collect(_ purpose: Purpose, _ size: Int64) {
    guard size <= Self.largestRecord else { return fail(.badRecord(offset: offset)) }
    self.purpose = purpose
    keep = Int(size)
    setUpData(size)
  }

  private mutating func start(_ header: HeaderBlock, _ headerSize: Int64) {
    var all = globals
    all.merge(records)
    let entry = ImageEntry(
      header, records: all, longName: longName, longLink: longLink, headerSize: headerSize)
    let size = Self.hasContent(header.type) ? all.number("size") ?? headerSize : 0
    guard size >= 0 else { return fail(.badHeader(offset: offset)) }
    longName = nil
    longLink = nil
    records = PAXRecords()
    if header.type == UInt8(ascii: "S"), header.sparseContinues {
      state = .sparseMap(entry, size)
    } else {
      begin(entry, size)
    }
  }

  private static func hasContent(_ type: UInt8) -> Bool {
    !(UInt8(ascii: "1")...UInt8(ascii: "6")).contains(type)
  }

  private mutating func begin(_ entry: ImageEntry, _ size: Int64) {
    entries.append(entry)
    purpose = .entry
    keep = entry.kind == .file ? max(limit(entry), 20) : 0
    setUpData(size)
  }

  private mutating func setUpData(_ size: Int64) {
    remaining = size
    padding = (512 - size % 512) % 512
    kept = []
    if size == 0 { endData() } else { state = .data }
  }

  private mutating func takeData(_ rest: inout ArraySlice<UInt8>) {
    let count = Int(min(Int64(rest.count), remaining))
    if kept.count < keep { kept += rest.prefix(min(count, keep - kept.count)) }
    rest = rest.dropFirst(count)
    remaining -= Int64(count)
    if remaining == 0 { endData() }
  }

  private mutating func endData() {
    state = padding == 0 ? .header : .padding
    switch purpose {
    case .longName: longName = Array(kept.prefix { $0 != 0 })
    case .longLink: longLink = Array(kept.prefix { $0 != 0 })
    case .records:
      guard let found = PAXRecords(kept) else { return fail(.badRecord(offset: offset)) }
      records.merge(found)
    case .globalRecords:
      guard let found = PAXRecords(kept) else { return fail(.badRecord(offset: offset)) }
      globals.merge(found)
    case .entry: finishEntry()
    }
    kept = []
  }

  private mutating func finishEntry() {
    guard let entry = entries.last, entry.kind == .file else { return }
    entries[entries.count - 1].elf = ELFIdentity(kept)
    if limit(entry) > 0 { contents[entry.path] = Array(kept.prefix(limit(entry))) }
  }

  private mutating func fail(_ damage: Damage) {
    self.damage = self.damage ?? damage
    state = .broken
  }
}

extension ImageEntry {
  init(
    _ header: HeaderBlock, records: PAXRecords, longName: [UInt8]?, longLink: [UInt8]?,
    headerSize: Int64
  ) {
    let text = { (bytes: [UInt8]) in String(decoding: bytes, as: UTF8.self) }
    name = text(records["GNU.sparse.name"] ?? records["path"] ?? longName ?? header.name)
    path = name.plainPath
    linkTarget = text(records["linkpath"] ?? longLink ?? header.linkName)
    kind = Self.kind(header.type, name)
    permissions = header.permissions
    owner = records.number("uid") ?? header.owner
    group = records.number("gid") ?? header.group
    ownerName = text(records["uname"] ?? header.ownerName)
    groupName = text(records["gname"] ?? header.groupName)
    let sparse = header.type == UInt8(ascii: "S") ? header.sparseSize : nil
    size =
      records.number("GNU.sparse.realsize") ?? records.number("GNU.sparse.size") ?? sparse
      ?? records.number("size") ?? headerSize
    attributes = records.values.keys.compactMap { key in
      ["SCHILY.xattr.", "LIBARCHIVE.xattr."].first { key.hasPrefix($0) }.map {
        String(key.dropFirst($0.count))
      }
    }.sorted()
    accessLists = records.values.keys.filter { $0.hasPrefix("SCHILY.acl.") }.sorted().map {
      text(records[$0] ?? [])
    }
    nonASCIIRecords = ["path", "linkpath"].filter { key in
      records[key]?.contains { $0 >= 0x80 } == true
    }
  }

  private static func kind(_ type: UInt8, _ name: String) -> Kind {
    switch type {
    // Before ustar a trailing slash meant a folder.
    case 0: name.endsWithSlash ? .directory : .file
    case UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "S"): .file
    case UInt8(ascii: "1"): .hardLink
    case UInt8(ascii: "2"): .symlink
    case UInt8(ascii: "3"): .characterDevice
    case UInt8(ascii: "4"): .blockDevice
    case UInt8(ascii: "5"): .directory
    case UInt8(ascii: "6"): .fifo
    default: .unknown
    }
  }
}
