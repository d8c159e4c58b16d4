/// How manifests and comparisons write permission bits.
public enum FileMode {
  /// Four octal digits, those of setuid, setgid and sticky first: `0644`.
  public static func text(_ permissions: UInt16) -> String {
    let digits = stride(from: 9, through: 0, by: -3).map { shift in
      UInt8(ascii: "0") + UInt8(truncatingIfNeeded: permissions >> shift & 7)
    }
    return String(decoding: digits, as: UTF8.self)
  }
}
