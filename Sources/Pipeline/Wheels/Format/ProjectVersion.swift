internal import Content

/// Versions of Python projects.
enum ProjectVersion {
  /// Equal for versions that PEP 440 holds equal by padding, zeros, case or separators: enough to
  /// tell a mixed-up file from a differently written version.
  static func normalized(_ text: String) -> String {
    let halves = text.lowercased().split(separator: "+", maxSplits: 1)
    let release = (halves.first ?? "").split(whereSeparator: { "-_.".contains($0) })
      .map { Int($0).map(String.init) ?? String($0) }
    let trimmed = release.reversed().drop { $0 == "0" }.reversed()
    return (Array(trimmed) + (halves.count > 1 ? ["+" + ProjectName.normalized(halves[1])] : []))
      .joined(separator: ".")
  }
}
