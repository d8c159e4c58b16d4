import CPlatform

/// SHA-256 (FIPS 180-4), for telling which build of a library was there.
public enum Digest {
  /// In hexadecimal; nothing when the file cannot be read.
  public static func ofFile(_ path: String) -> String? {
    unsafe text { unsafe platform_file_sha256(path.characters, $0) == 0 }
  }

  public static func of(_ bytes: [UInt8]) -> String? {
    unsafe text { text in
      unsafe platform_sha256(bytes, bytes.count, text)
      return true
    }
  }

  private static func text(_ body: (UnsafeMutablePointer<CChar>) -> Bool) -> String? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65) { buffer in
      guard let start = buffer.baseAddress, unsafe body(start) else { return nil }
      return unsafe String(optionalCString: start)
    }
  }
}
