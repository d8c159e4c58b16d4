public import Content
internal import FileSystem
public import Recipes
public import SystemPackage

/// When a distribution's suite stops getting updates, by the host's `distro-info-data`.
public enum EndOfLife {
  /// A notice for a recipe whose suite is past its end; nil for others, and where the host does not
  /// know.
  ///
  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - folder: of `distro-info-data`.
  public static func notice(
    of recipe: Recipe, now: Int64, folder: FilePath = "/usr/share/distro-info"
  ) -> ProgressEvent? {
    let (distribution, suite): (String, String)
    switch recipe.base {
    case .debian(let base): (distribution, suite) = ("debian", base.suite)
    case .ubuntu(let base): (distribution, suite) = ("ubuntu", base.suite)
    case .tarball: return nil
    }
    guard let table = try? Files.readText(folder.appending("\(distribution).csv")) else {
      return nil
    }
    let rows = table.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    guard let header = rows.first, let series = header.firstIndex(of: "series"),
      let row = rows.first(where: { $0.count > series && $0[series] == suite[...] })
    else { return nil }
    let date = { (column: Substring) -> (text: String, day: CivilDate)? in
      guard let index = header.firstIndex(of: column), index < row.count,
        let day = CivilDate(row[index])
      else { return nil }
      return (String(row[index]), day)
    }
    guard let end = date("eol"), end.day.daysSinceEpoch * 86_400 <= now else { return nil }
    var message = "\(distribution) \(suite) got its last regular update on \(end.text)"
    if let longTerm = date("eol-lts") {
      message +=
        longTerm.day.daysSinceEpoch * 86_400 <= now
        ? "; long-term support ended on \(longTerm.text)"
        : "; long-term support ends on \(longTerm.text)"
    }
    return .noticed(code: ResolutionError.Notice.endOfLife.rawValue, message: message)
  }
}
