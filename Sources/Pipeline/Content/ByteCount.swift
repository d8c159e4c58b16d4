/// A size as people read it: `1.5 MB`, powers of 1000 as in Debian's tools.
public struct ByteCount: Hashable, Sendable, CustomStringConvertible {
  public let bytes: Int64

  public init(_ bytes: Int64) { self.bytes = bytes }

  public var description: String {
    guard bytes >= 1000 else { return "\(bytes) B" }
    var unit = 0
    var tenths = bytes / 100
    while tenths >= 10_000, unit < 3 {
      tenths /= 1000
      unit += 1
    }
    let name = ["kB", "MB", "GB", "TB"][unit]
    return tenths >= 1000 ? "\(tenths / 10) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
  }
}
