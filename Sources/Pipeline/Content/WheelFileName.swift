/// The file name of a wheel: `<distribution>-<version>[-<build>]-<python>-<abi>-<platform>.whl`.
///
/// Source: the binary distribution format (PEP 427).
public struct WheelFileName: Hashable, Sendable {
  public let text: String
  /// As written, `_` for `-`.
  public let distribution: String
  public let version: String
  /// Empty where there is none; else it begins with a digit.
  public let build: String
  public let pythonTags: [String]
  public let abiTags: [String]
  public let platformTags: [String]

  /// A text that is no wheel's file name, and why, in half a sentence.
  public struct Malformed: Error, Hashable {
    public let text: String
    public let reason: String
  }

  /// - Parameter text: the last component of a path or URL; `%2B` and its like are decoded.
  public init(_ text: String) throws(Malformed) {
    let text = Percent.decoded(text)
    let refuse = { Malformed(text: text, reason: $0) }
    guard text.utf8.suffix(4).elementsEqual(".whl".utf8) else {
      throw refuse("it does not end in .whl")
    }
    let parts = text.utf8.dropLast(4).split(separator: 0x2D, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard parts.count == 5 || parts.count == 6 else {
      throw refuse("it has \(parts.count) parts, not five or six")
    }
    guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isAllowed) }) else {
      throw refuse("a part is empty or has a character that none may have")
    }
    build = parts.count == 6 ? parts[2] : ""
    guard build.utf8.first.map({ (0x30...0x39).contains($0) }) ?? true else {
      throw refuse("its build number does not begin with a digit")
    }
    self.text = text
    distribution = parts[0]
    version = parts[1]
    let tags = parts.suffix(3).map { $0.split(separator: ".").map(String.init) }
    (pythonTags, abiTags, platformTags) = (tags[0], tags[1], tags[2])
  }

  public var project: String { ProjectName.normalized(distribution) }

  /// The project as pip takes it from the file name, where headers are installed.
  public var writtenProject: String {
    String(decoding: distribution.utf8.map { $0 == 0x5F ? 0x2D : $0 }, as: UTF8.self)
  }

  /// Letters, digits, `_ . + !`: an epoch is `1!`, a local version `+cu128`.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E, 0x2B, 0x21: true
    default: byte >= 0x80
    }
  }
}
