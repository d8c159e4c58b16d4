import Content

/// A shared library that holds nothing but its name: enough for ldconfig to put it into the
/// loader's cache, as it does with the host's GPU libraries inside WSL.
enum FakeLibrary {
  /// What WSL mounts at `/usr/lib/wsl/lib`, as far as programs look for it by name.
  static let names = ["libcuda.so.1", "libd3d12.so", "libdxcore.so", "libnvidia-ml.so.1"]

  private static let headerSize = 64
  private static let segmentSize = 56
  private static let dynamicEntrySize = 16

  /// - Parameter name: the `DT_SONAME`, which ldconfig goes by.
  static func bytes(name: String, architecture: Architecture) -> [UInt8] {
    let strings = [0] + Array(name.utf8) + [0]
    let dynamic = headerSize + 2 * segmentSize
    let dynamicSize = 4 * dynamicEntrySize
    let stringTable = dynamic + dynamicSize
    let size = stringTable + strings.count
    var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    // ET_DYN, machine, EV_CURRENT, no entry, program headers behind this one, no sections.
    file += little(3, 2) + little(Int(architecture.elfMachine), 2) + little(1, 4)
    file += little(0, 8) + little(headerSize, 8) + little(0, 8) + little(0, 4)
    for field in [headerSize, segmentSize, 2, 64, 0, 0] { file += little(field, 2) }
    file += segment(type: 1, offset: 0, size: size, alignment: 4096)
    file += segment(type: 2, offset: dynamic, size: dynamicSize, alignment: 8)
    // DT_STRTAB, DT_STRSZ, DT_SONAME (at 1 in the strings), DT_NULL.
    for (tag, value) in [(5, stringTable), (10, strings.count), (14, 1), (0, 0)] {
      file += little(tag, 8) + little(value, 8)
    }
    return file + strings
  }

  private static func segment(type: Int, offset: Int, size: Int, alignment: Int) -> [UInt8] {
    let readable = 4
    return little(type, 4) + little(readable, 4) + little(offset, 8) + little(offset, 8)
      + little(offset, 8) + little(size, 8) + little(size, 8) + little(alignment, 8)
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
