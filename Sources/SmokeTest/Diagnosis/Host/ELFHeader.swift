internal import Platform

/// The beginning of a library's file: for what machine it is, and where it ends.
public struct ELFHeader: Hashable, Sendable {
  /// 1 for 32 bits, 2 for 64.
  public let elfClass: UInt8
  /// As `<elf.h>` numbers them.
  public let machine: Int
  /// How many bytes the file must have for its tables.
  public let minimumSize: Int

  /// What this program itself is.
  static var native: (elfClass: UInt8, machine: Int, cacheFlags: Int) {
    #if arch(x86_64)
      (2, 62, 0x0303)
    #else
      (2, 183, 0x0a03)
    #endif
  }

  /// Nothing when these are not the first 64 bytes of an ELF file.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count >= 52, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]), bytes[4] <= 2 else {
      return nil
    }
    let file = Bytes(bytes, from: 0)
    elfClass = bytes[4]
    let is64 = elfClass == 2
    guard let machine = file.number(at: 18, bytes: 2),
      let sections = file.number(at: is64 ? 40 : 32, bytes: is64 ? 8 : 4),
      let size = file.number(at: is64 ? 58 : 46, bytes: 2),
      let count = file.number(at: is64 ? 60 : 48, bytes: 2),
      let segments = file.number(at: is64 ? 32 : 28, bytes: is64 ? 8 : 4),
      sections <= Int.max / 2, segments <= Int.max / 2
    else { return nil }
    self.machine = machine
    minimumSize = max(sections + size * count, segments)
  }

  public var isNative: Bool { elfClass == Self.native.elfClass && machine == Self.native.machine }

  /// What people call the machine.
  public var machineName: String {
    switch machine {
    case 3: "x86, 32 bits"
    case 40: "ARM, 32 bits"
    case 62: "x86-64"
    case 183: "arm64"
    default: "machine \(machine)"
    }
  }
}
