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

  /// The normalised project of a requirement as pip writes it: `Torch_DirectML==0.2.5` is
  /// `torch-directml`.
  public static func ofRequirement(_ requirement: String) -> String {
    normalized(
      requirement.prefix {
        $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
      })
  }
}
