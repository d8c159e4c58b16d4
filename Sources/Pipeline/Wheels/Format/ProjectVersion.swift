/// Versions of Python projects (PEP 440).
enum ProjectVersion {
  /// The same for all ways to write one version: enough to tell a mixed-up file from a differently
  /// written version. What is no version stays as it is, but for case.
  static func normalized(_ text: String) -> String {
    let text = text.lowercased()
    // A wheel's file name has `_` in the place of `-`.
    let pattern =
      #/
      v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:[._][0-9]+)*)
      (?:[-_.]?(?<phase>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<phaseNumber>[0-9]*))?
      (?:-(?<bare>[0-9]+)|(?<post>[-_.]?(?:post|rev|r)[-_.]?)(?<postNumber>[0-9]*))?
      (?:(?<dev>[-_.]?dev[-_.]?)(?<devNumber>[0-9]*))?
      (?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?
      /#
    guard let parts = text.wholeMatch(of: pattern)?.output else { return text }
    let release = parts.release.split { "._".contains($0) }.map(number)
    var result = parts.epoch.map { number($0) + "!" } ?? "0!"
    result += release.reversed().drop { $0 == "0" }.reversed().joined(separator: ".")
    if let phase = parts.phase {
      let isCandidate = ["c", "rc", "pre", "preview"].contains(phase)
      result += (isCandidate ? "rc" : phase.prefix(1)) + number(parts.phaseNumber ?? "")
    }
    if let bare = parts.bare ?? (parts.post == nil ? nil : parts.postNumber) {
      result += ".post" + number(bare)
    }
    if parts.dev != nil { result += ".dev" + number(parts.devNumber ?? "") }
    if let local = parts.local {
      result += "+" + local.split { "-_.".contains($0) }.map(number).joined(separator: ".")
    }
    return result
  }

  /// Without zeros before it; nothing is 0, and what is no number stays.
  private static func number(_ text: Substring) -> String {
    guard text.allSatisfy(\.isNumber) else { return String(text) }
    let digits = text.drop { $0 == "0" }
    return digits.isEmpty ? "0" : String(digits)
  }
}
