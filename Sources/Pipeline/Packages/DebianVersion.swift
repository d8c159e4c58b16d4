/// A version of a Debian package, in the order of deb-version(7).
public struct DebianVersion: Hashable, Sendable, CustomStringConvertible {
  public let epoch: Int
  public let upstream: String
  public let revision: String

  /// - Returns: nil for what is no version: empty, with blanks, or with an epoch that is no number.
  public init?(_ text: String) {
    guard !text.isEmpty, !text.contains(where: \.isWhitespace) else { return nil }
    var rest = text[...]
    if let colon = rest.firstIndex(of: ":") {
      guard let number = Int(rest[..<colon]), number >= 0 else { return nil }
      epoch = number
      rest = rest[rest.index(after: colon)...]
    } else {
      epoch = 0
    }
    let dash = rest.lastIndex(of: "-")
    upstream = String(rest[..<(dash ?? rest.endIndex)])
    revision = dash.map { String(rest[rest.index(after: $0)...]) } ?? ""
    guard !upstream.isEmpty else { return nil }
  }

  public var description: String {
    (epoch == 0 ? "" : "\(epoch):") + upstream + (revision.isEmpty ? "" : "-\(revision)")
  }
}

extension DebianVersion: Comparable {
  /// Whether the two are the same to dpkg: `1.0` and `1.0-0` are, though their texts differ.
  public static func == (left: Self, right: Self) -> Bool { compare(left, right) == 0 }

  public static func < (left: Self, right: Self) -> Bool { compare(left, right) < 0 }

  public func hash(into hasher: inout Hasher) { hasher.combine(epoch) }

  private static func compare(_ left: Self, _ right: Self) -> Int {
    if left.epoch != right.epoch { return left.epoch < right.epoch ? -1 : 1 }
    let upstream = compare(left.upstream, right.upstream)
    return upstream != 0 ? upstream : compare(left.revision, right.revision)
  }

  /// The comparison of dpkg's `verrevcmp`: runs of other characters and runs of digits in turn.
  private static func compare(_ left: String, _ right: String) -> Int {
    var left = Array(left.utf8)[...]
    var right = Array(right.utf8)[...]
    while !left.isEmpty || !right.isEmpty {
      while left.first.map(isDigit) == false || right.first.map(isDigit) == false {
        let difference = order(left.first) - order(right.first)
        if difference != 0 { return difference }
        left = left.dropFirst()
        right = right.dropFirst()
      }
      let difference = compareNumbers(digits(&left), digits(&right))
      if difference != 0 { return difference }
    }
    return 0
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// `~` before the end, the end and digits before letters, letters before all else.
  private static func order(_ byte: UInt8?) -> Int {
    guard let byte, !isDigit(byte) else { return 0 }
    if byte == UInt8(ascii: "~") { return -1 }
    let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    return isLetter ? Int(byte) : Int(byte) + 256
  }

  private static func digits(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let run = text.prefix { isDigit($0) }
    text = text.dropFirst(run.count)
    return run.drop { $0 == UInt8(ascii: "0") }
  }

  private static func compareNumbers(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
    if left.count != right.count { return left.count - right.count }
    return left.lexicographicallyPrecedes(right) ? -1 : left.elementsEqual(right) ? 0 : 1
  }
}
