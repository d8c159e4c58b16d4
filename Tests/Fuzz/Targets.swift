/// A parser of outside data: whatever comes, it answers or throws its own error.
typealias Target = @Sendable ([UInt8]) -> Void

enum Targets {
  static let all: [String: Target] =
    documents.merging(archives) { own, _ in own }.merging(images) { own, _ in own }

  /// The input as text, where the parser takes text.
  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The input in parts, at bytes that text hardly has: for what is made of several documents.
  static func parts(_ bytes: [UInt8], _ count: Int) -> [[UInt8]] {
    let parts = bytes.split(separator: 0x1E, maxSplits: count - 1, omittingEmptySubsequences: false)
    return parts.map(Array.init) + Array(repeating: [], count: count - parts.count)
  }
}
