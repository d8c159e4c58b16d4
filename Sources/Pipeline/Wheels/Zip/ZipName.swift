/// The rules for names in a wheel; stricter than zip's, since each entry becomes a file.
///
/// They look at bytes: to a `String` a slash with a combining mark behind it is no slash, to the
/// kernel it is one.
enum ZipName {
  static let longestPath = 4000
  static let longestComponent = 255

  /// - Parameter name: as in the zip, a folder with its trailing slash.
  /// - Returns: what is wrong with it, or nil.
  static func defect(_ name: String) -> String? {
    let slash = UInt8(ascii: "/")
    let path = name.utf8.last == slash ? Array(name.utf8.dropLast()) : Array(name.utf8)
    if path.isEmpty { return "it is empty" }
    if path.count > longestPath { return "it is longer than \(longestPath) bytes" }
    if path.first == slash { return "it is an absolute path" }
    if path.contains(UInt8(ascii: "\\")) { return "it has a backslash" }
    if path.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "it has a control character" }
    if path.count >= 2, path[1] == UInt8(ascii: ":"), (0x41...0x5A).contains(path[0] & 0xDF) {
      return "it begins with a drive letter"
    }
    for component in path.split(separator: slash, omittingEmptySubsequences: false) {
      if component.isEmpty { return "it has an empty component" }
      if component.elementsEqual(".".utf8) { return "it has the component ." }
      if component.elementsEqual("..".utf8) { return "it has the component .." }
      if component.count > longestComponent {
        return "it has a component longer than \(longestComponent) bytes"
      }
    }
    return nil
  }

  /// The folder that holds `path`; empty at the top.
  static func parent(_ path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
  }

  /// The part behind the last slash.
  static func last(_ path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) }
      ?? path
  }

  static func components(_ path: String, limit: Int = .max) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: limit - 1).map {
      String(Substring($0))
    }
  }
}
