internal import CCrypto

/// MD5 as dpkg's `md5sums` and `Conffiles` need it: an identifier there, never a proof.
public struct HasherMD5: ~Copyable {
  private var state = MessageDigest(.md5)

  public init() {}

  public mutating func update(_ bytes: [UInt8]) {
    unsafe state.update(bytes.span.bytes)
  }

  /// 32 lower-case hexadecimal digits.
  public consuming func finish() -> String { Hexadecimal.text(state.finish()) }
}

/// SHA-1 as SPDX 2.3 demands it of every file: an identifier there, beside a SHA-256.
public struct HasherSHA1: ~Copyable {
  private var state = MessageDigest(.sha1)

  public init() {}

  public mutating func update(_ bytes: [UInt8]) {
    unsafe state.update(bytes.span.bytes)
  }
  public mutating func update(_ bytes: RawSpan) { state.update(bytes) }

  /// 40 lower-case hexadecimal digits.
  public consuming func finish() -> String { Hexadecimal.text(state.finish()) }
}

/// One running digest context. libcrypto reports failure only for a missing algorithm or for lack
/// of memory; both end the program, since no caller could go on. It is not private: Swift 6.3 refers
/// to its metadata from other modules in release builds, and could not link them.
@safe struct MessageDigest: ~Copyable {
  enum Algorithm { case sha1, md5 }

  private let context: OpaquePointer

  init(_ algorithm: Algorithm) {
    let method =
      switch algorithm {
      case .sha1: unsafe EVP_sha1()
      case .md5: unsafe EVP_md5()
      }
    guard let context = unsafe EVP_MD_CTX_new(),
      unsafe EVP_DigestInit_ex(context, method, nil) == 1
    else { fatalError("libcrypto cannot start a digest") }
    unsafe self.context = context
  }

  mutating func update(_ bytes: RawSpan) {
    let status = unsafe bytes.withUnsafeBytes {
      unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
    }
    guard status == 1 else { fatalError("libcrypto cannot continue a digest") }
  }

  mutating func finish() -> [UInt8] {
    var length: UInt32 = 0
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    guard unsafe EVP_DigestFinal_ex(context, &bytes, &length) == 1 else {
      fatalError("libcrypto cannot finish a digest")
    }
    return Array(bytes.prefix(Int(length)))
  }

  deinit { unsafe EVP_MD_CTX_free(context) }
}
