/// One of WSL's configuration files as WSL itself reads it.
///
/// Source of the rules: `ParseConfigFile` in microsoft/WSL, `src/shared/configfile/configfile.cpp`,
/// as the distribution's init calls it: the first malformed line ends the reading, without a word.
public struct WSLConfiguration: Hashable, Sendable {
  /// One `key = value` line.
  public struct Entry: Hashable, Sendable {
    /// As written; WSL compares without regard to case. Empty before the first section.
    public let section: String
    public let key: String
    /// Without quotes, escapes resolved. Bytes that are not UTF-8 become U+FFFD.
    public let value: String
    /// Counted from 1.
    public let line: Int

    /// `section.key` as written.
    public var name: String { section.isEmpty ? key : "\(section).\(key)" }
  }

  /// What WSL would not tell the file's author, or only in a log.
  public struct Problem: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// Everything from here on is ignored; the text says what the parser wanted.
      case malformed(expected: String)
      /// An earlier line has the same key, and wins.
      case duplicate(name: String, firstLine: Int)
      /// A key before the first section: no setting has such a name.
      case outsideSection(name: String)
    }

    public let kind: Kind
    public let line: Int
    /// In Unicode scalars, from 1; nil where the whole line is meant.
    public let column: Int?
    /// The line's text.
    public let excerpt: String
  }

  /// Every line that was read, in order, with those that an earlier one overrules.
  public let entries: [Entry]
  public let problems: [Problem]
  private let lines: [String]

  /// Reads a file's bytes; never fails, since WSL does not either.
  public init(parsing bytes: [UInt8]) {
    var parser = ConfigurationParser(bytes)
    parser.parse()
    entries = parser.entries
    problems = parser.problems
    lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self)
    }
  }

  public init(parsing text: String) { self.init(parsing: Array(text.utf8)) }

  /// The entry that WSL uses for a setting: the first of its name.
  ///
  /// - Parameter name: `section.key`, in any case of letters.
  public func entry(_ name: String) -> Entry? {
    entries.first { $0.name.lowercased() == name.lowercased() }
  }

  public func value(_ name: String) -> String? { entry(name)?.value }

  /// The setting as WSL reads booleans: `true`, `false`, `1`, `0` in any case; nil where it is
  /// absent or something else, and WSL's default holds.
  public func boolean(_ name: String) -> Bool? { value(name).flatMap(Self.boolean) }

  /// The text of a line, counted from 1.
  public func excerpt(_ line: Int) -> String {
    lines.indices.contains(line - 1) ? lines[line - 1] : ""
  }

  static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "true": true
    case "0", "false": false
    default: nil
    }
  }
}
