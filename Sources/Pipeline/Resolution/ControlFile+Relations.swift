internal import Content

extension ControlFile.Stanza {
  /// What dependency fields ask for: groups of alternatives, as names without versions.
  func relations(_ names: String...) -> [[String]] {
    names.compactMap { self[$0] }.flatMap { $0.split(separator: ",") }.map { group in
      group.split(separator: "|").map(Self.relationName)
    }
  }

  /// `libc6:any (>= 2.4) [amd64]` → `libc6`. A field may be folded at any blank.
  private static func relationName(_ text: Substring) -> String {
    String(text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace && !":([<".contains($0) })
  }

  /// Bytes on the disk, of which the field tells kilobytes; nil where that can be no size.
  var installedSize: Int64? {
    guard let kilobytes = self["Installed-Size"].flatMap({ Int64($0) }),
      (0...SizeLimit.largest / 1024).contains(kilobytes)
    else { return nil }
    return kilobytes * 1024
  }
}
