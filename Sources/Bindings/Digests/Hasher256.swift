internal import CCrypto

/// SHA-256 over a stream of bytes, by libcrypto.
public struct Hasher256: ~Copyable {
  private var context = SHA256_CTX()

  public init() { unsafe Self.check(SHA256_Init(&context)) }

  public mutating func update(_ bytes: [UInt8]) { unsafe update(bytes.span.bytes) }

  public mutating func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes {
      unsafe Self.check(SHA256_Update(&context, $0.baseAddress, $0.count))
    }
  }

  public consuming func finish() -> SHA256Digest {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      unsafe Self.check(SHA256_Final(buffer.baseAddress, &context))
      count = 32
    }
    guard let digest = SHA256Digest(bytes: bytes) else {
      preconditionFailure("libcrypto's SHA-256 gives 32 bytes")
    }
    return digest
  }

  /// libcrypto reports failure only for what cannot happen here: no caller could go on.
  private static func check(_ status: Int32) {
    guard status == 1 else { fatalError("libcrypto cannot compute a digest") }
  }
}

extension Hasher256 {
  /// What a hasher has come to, from which another one goes on, in another process too.
  public struct State: Hashable, Sendable {
    /// The intermediate digest, the count of bytes so far as a number of eight bytes, and those bytes
    /// that do not fill a block of 64.
    public let bytes: [UInt8]

    fileprivate static let start = 40

    fileprivate init(words: [UInt32], length: UInt64, rest: some Sequence<UInt8>) {
      bytes = words.flatMap(\.bigEndianBytes) + length.bigEndianBytes + rest
    }

    /// - Returns: nil for what is no state.
    public init?(bytes: [UInt8]) {
      guard bytes.count >= Self.start, bytes.count - Self.start == UInt64(bytes[32..<40]) % 64
      else { return nil }
      self.bytes = bytes
    }
  }

  public var state: State {
    let words = unsafe withUnsafeBytes(of: context.h) {
      unsafe Array($0.bindMemory(to: UInt32.self))
    }
    let length = UInt64(context.Nh) << 32 | UInt64(context.Nl)
    let count = Int(context.num)
    // libcrypto counts bits.
    return unsafe withUnsafeBytes(of: context.data) {
      unsafe State(words: words, length: length >> 3, rest: $0.prefix(count))
    }
  }

  /// Goes on where another one stood.
  public init(_ state: State) {
    self.init()
    let words = (0..<8).map { UInt32(truncatingIfNeeded: UInt64(state.bytes[4 * $0..<4 * $0 + 4])) }
    unsafe withUnsafeMutableBytes(of: &context.h) { target in
      unsafe words.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    }
    let rest = state.bytes[State.start...]
    let length = UInt64(state.bytes[32..<40]) - UInt64(rest.count)
    context.Nl = UInt32(truncatingIfNeeded: length << 3)
    context.Nh = UInt32(truncatingIfNeeded: length >> 29)
    update(Array(rest))
  }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  fileprivate var bigEndianBytes: [UInt8] {
    stride(from: bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}

extension UInt64 {
  /// From at most eight bytes, the most significant first.
  init(_ bytes: ArraySlice<UInt8>) { self = bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
