/// The fat binaries of an ELF file: records of device code for several architectures, which the CUDA
/// compilers put into sections of their own.
///
/// A record is a header (magic u32, version u16, header size u16, size of what follows u64) and
/// entries; an entry is a header (kind u16 at 0, header size u32 at 4, payload size u64 at 8,
/// architecture u32 at 28, flags u64 at 40) and its payload, compressed or not. Only the headers are
/// read. The record's header is in CUDA's own `fatbinary_section.h` and `fatBinaryCtl.h`; entries
/// and flags were learned from what `fatbinary` of CUDA 13.5 writes and `cuobjdump` says of it.
struct FatBinaries: ~Copyable {
  private let elf: ELFFile
  private var code = DeviceCode()
  private var entriesLeft = Self.mostEntries
  private var gapLeft: UInt64 = 0

  static let magic: UInt32 = 0xBA55_ED50
  private static let recordHeaderSize: UInt64 = 16
  /// As far as an entry's header is of interest.
  private static let entryHeaderSize = 64
  /// libcufft of CUDA 12.8 has 25,000.
  private static let mostEntries = 1 << 18
  /// What a device link leaves where nothing was linked is a module of 872 bytes without a kernel,
  /// for the compiler's default architecture; one empty kernel makes 2,400.
  private static let smallestModule: UInt64 = 1024

  /// Sections with records, and what may lie between these: in the compilers' own there is padding
  /// only. cuBLASLt, cuDNN and cuSPARSELt keep more records among the resources of
  /// `.cask_resource`, and cuFFT most of its code, as PTX, in `.ldata`.
  private static let homes: [(name: String, onlyPadding: Bool)] = [
    (".nv_fatbin", true), ("__nv_relfatbin", true), (".cask_resource", false), (".ldata", false),
  ]
  /// Bytes between records to look at, in one section: cuFFT's need 11 million.
  private static let longestGaps: UInt64 = 16 << 20

  private init(_ elf: consuming ELFFile) { self.elf = elf }

  /// - Returns: what the file has for GPUs, and its name for the loader.
  static func read(
    _ elf: consuming ELFFile
  ) throws(GPUCodeError) -> (code: DeviceCode, soname: String?) {
    var reader = FatBinaries(elf)
    for home in homes {
      for section in reader.elf.sections where section.name == home.name {
        reader.gapLeft = Self.longestGaps
        try reader.read(section.range, onlyPadding: home.onlyPadding)
      }
    }
    return (reader.code, try reader.elf.soname())
  }

  private mutating func read(
    _ section: Range<UInt64>, onlyPadding: Bool
  ) throws(GPUCodeError) {
    // Records are aligned in the file, whatever the section is.
    var position = (section.lowerBound + 7) / 8 * 8
    guard position < section.upperBound else { return }
    while let start = try nextRecord(position..<section.upperBound, onlyPadding: onlyPadding) {
      position = start
      let header = try elf.file.bytes(Int(Self.recordHeaderSize), at: start)
      let first = start + UInt64(header.uint16(6))
      let size = header.uint64(8)
      guard header.uint16(4) == 1, first >= start + Self.recordHeaderSize,
        first <= section.upperBound, size <= section.upperBound - first
      else {
        if onlyPadding { throw damaged("a record of device code leads out of its section") }
        // Among other resources the magic may be chance.
        position += 8
        continue
      }
      try readEntries(first..<first + size)
      position = first + size
    }
  }

  private mutating func readEntries(_ record: Range<UInt64>) throws(GPUCodeError) {
    var position = record.lowerBound
    while record.upperBound - position >= UInt64(Self.entryHeaderSize) {
      entriesLeft -= 1
      guard entriesLeft >= 0 else { throw damaged("it has more device code than any library") }
      let entry = try elf.file.bytes(Self.entryHeaderSize, at: position)
      let headerSize = UInt64(entry.uint32(4))
      let payload = entry.uint64(8)
      let rest = record.upperBound - position
      guard headerSize >= UInt64(Self.entryHeaderSize), headerSize <= rest,
        payload <= rest - headerSize
      else { throw damaged("an entry of its device code leads out of its record") }
      add(entry)
      position += headerSize + payload
    }
  }

  private mutating func add(_ entry: LittleEndianBytes) {
    let flags = entry.uint64(40)
    let variant: GPUArchitecture.Variant =
      flags & 0x10_0000 != 0 ? .specific : flags & 0x20_0000 != 0 ? .family : .portable
    let architecture = GPUArchitecture(entry.uint32(28), variant)
    switch entry.uint16(0) {
    case 1: code.add(ptx: architecture)
    // 2 is a cubin; 16 one whose last step is the driver's. Others (intermediate code for linking)
    // run nowhere.
    case 2, 16: if !isEmpty(entry, flags) { code.add(machine: architecture) }
    default: break
    }
  }

  private func isEmpty(_ entry: LittleEndianBytes, _ flags: UInt64) -> Bool {
    let isCompressed = flags & 0xA000 != 0
    return (isCompressed ? entry.uint64(56) : entry.uint64(8)) < Self.smallestModule
  }

  /// Where the next record in `range` begins.
  private mutating func nextRecord(
    _ range: Range<UInt64>, onlyPadding: Bool
  ) throws(GPUCodeError) -> UInt64? {
    var position = range.lowerBound
    // Records mostly follow each other: the first look is a short one.
    var length: UInt64 = Self.recordHeaderSize
    while range.upperBound - position >= Self.recordHeaderSize {
      let count = min(length, range.upperBound - position)
      let bytes = try elf.file.bytes(Int(count), at: position)
      for offset in stride(from: 0, through: bytes.bytes.count - 8, by: 8) {
        if bytes.uint32(offset) == Self.magic { return position + UInt64(offset) }
        if onlyPadding, bytes.uint64(offset) != 0 {
          throw damaged("its section of device code has something else in it")
        }
      }
      let passed = count / 8 * 8
      guard passed <= gapLeft else {
        if onlyPadding { throw damaged("its section of device code is mostly empty") }
        return nil
      }
      gapLeft -= passed
      position += passed
      length = 1 << 16
    }
    return nil
  }

  private func damaged(_ reason: String) -> GPUCodeError {
    elf.file.damaged(reason)
  }
}
