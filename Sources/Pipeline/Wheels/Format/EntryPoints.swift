/// The commands that a wheel's `entry_points.txt` asks for.
///
/// Source: the entry points specification, read as importlib.metadata does.
public struct EntryPoints: Hashable, Sendable {
  /// One command: calls `function` of `module`.
  public struct Script: Hashable, Sendable {
    /// The command's file name.
    public let name: String
    /// Dotted.
    public let module: String
    /// Dotted where it is an attribute of a class.
    public let function: String
    /// Parts of the project that the command needs; installers pass over them.
    public let extras: [String]
  }

  public let console: [Script]
  public let gui: [Script]

  static let none = EntryPoints(console: [], gui: [])

  private init(console: [Script], gui: [Script]) {
    self.console = console
    self.gui = gui
  }

  /// - Parameter wheel: the wheel's name, for errors.
  init(parsing text: String, wheel: String) throws(WheelError) {
    var section = ""
    var found: [String: [Script]] = [:]
    for line in TextLines.split(text).map(TextLines.trim) {
      if line.isEmpty || line.utf8.first == UInt8(ascii: "#") { continue }
      if line.utf8.first == UInt8(ascii: "["), line.utf8.last == UInt8(ascii: "]") {
        section = String(decoding: line.utf8.dropFirst().dropLast(), as: UTF8.self)
        continue
      }
      guard section == "console_scripts" || section == "gui_scripts" else { continue }
      found[section, default: []].append(try Script(parsing: line, wheel: wheel))
    }
    console = Self.lastOfEach(found["console_scripts"] ?? [])
    gui = Self.lastOfEach(found["gui_scripts"] ?? [])
  }

  /// Of two with one name the last counts, as in Python's dictionary.
  private static func lastOfEach(_ scripts: [Script]) -> [Script] {
    var seen: Set<String> = []
    return scripts.reversed().filter { seen.insert($0.name).inserted }.reversed()
  }
}

extension EntryPoints.Script {
  /// Parses `name = module:function [extra, …]`.
  fileprivate init(parsing line: String, wheel: String) throws(WheelError) {
    let refuse = { WheelError(.badEntryPoint, wheel: wheel, entry: line, reason: $0) }
    let sides = line.utf8.split(
      separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false
    ).map { TextLines.trim(Substring($0)) }
    guard sides.count == 2 else { throw refuse("it has no =") }
    name = sides[0]
    guard !name.isEmpty, name != ".", name != "..",
      name.unicodeScalars.allSatisfy({ Self.isWord($0) || "-.+".unicodeScalars.contains($0) })
    else { throw refuse("its name is not a plain file name") }
    var target = sides[1]
    extras = Self.takeExtras(&target)
    let parts = target.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy(Self.isDotted) else {
      throw refuse("its value is not of the form module:function")
    }
    (module, function) = (parts[0], parts[1])
  }

  private static func takeExtras(_ target: inout String) -> [String] {
    guard target.utf8.last == UInt8(ascii: "]"),
      let bracket = target.utf8.firstIndex(of: UInt8(ascii: "["))
    else { return [] }
    let list = target[target.utf8.index(after: bracket)...].dropLast()
    target = TextLines.trim(target[..<bracket])
    return list.split(separator: ",").map { TextLines.trim($0) }
  }

  /// Whether `text` is one or more names with dots between: nothing else may stand in the script
  /// that is made of it.
  private static func isDotted(_ text: String) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.unicodeScalars.allSatisfy(isWord)
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isXIDContinue && scalar.value >= 0x80
      || ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar)
      || ("A"..."Z").contains(scalar)
  }
}
