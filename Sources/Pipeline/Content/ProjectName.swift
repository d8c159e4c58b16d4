/// Names of Python projects as indexes compare them.
public enum ProjectName {
  /// Lower case, runs of `-`, `_` and `.` as one `-` (PEP 503).
  public static func normalized(_ name: some StringProtocol) -> String {
    var result = ""
    for character in name.lowercased() {
      guard "-_.".contains(character) else {
        result.append(character)
        continue
      }
      if result.last != "-" { result.append("-") }
    }
    return result
  }
}
