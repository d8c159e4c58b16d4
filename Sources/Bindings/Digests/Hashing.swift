internal import CCrypto

/// SHA-256 over a stream of bytes, by libcrypto.
public struct Hasher256: ~Copyable {
  private var state = MessageDigest(.sha256)

  public init() {}

  private init(_ state: consuming MessageDigest) { self.state = state }

  /// Another stream with the same beginning.
  public func copy() -> Hasher256 { Hasher256(state.copy()) }

  public mutating func update(_ bytes: [UInt8]) {
    unsafe state.update(bytes.span.bytes)
  }
  public mutating func update(_ bytes: RawSpan) { state.update(bytes) }

  public consuming func finish() -> SHA256Digest {
    guard let digest = SHA256Digest(bytes: state.finish()) else {
      preconditionFailure("libcrypto's SHA-256 gives 32 bytes")
    }
    return digest
  }
}

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
  enum Algorithm { case sha256, sha1, md5 }

  private let context: OpaquePointer

  init(_ algorithm: Algorithm) {
    let method =
      switch algorithm {
      case .sha256: unsafe EVP_sha256()
      case .sha1: unsafe EVP_sha1()
      case .md5: unsafe EVP_md5()
      }
    guard let context = unsafe EVP_MD_CTX_new(),
      unsafe EVP_DigestInit_ex(context, method, nil) == 1
    else { fatalError("libcrypto cannot start a digest") }
    unsafe self.context = context
  }

  private init(context: OpaquePointer) { unsafe self.context = context }

  func copy() -> MessageDigest {
    guard let copy = unsafe EVP_MD_CTX_new(), unsafe EVP_MD_CTX_copy_ex(copy, context) == 1 else {
      fatalError("libcrypto cannot copy a digest")
    }
    return unsafe MessageDigest(context: copy)
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
