/// How manifests and comparisons write permission bits.
public enum FileMode {
  /// Four octal digits, those of setuid, setgid and sticky first: `0644`.
  public static func text(_ permissions: UInt16) -> String {
    let octal = String(permissions, radix: 8)
    return String(repeating: "0", count: max(0, 4 - octal.utf8.count)) + octal
  }
}
