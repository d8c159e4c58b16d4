public import Builds
public import Comparison
internal import Content
internal import Digests

extension SummaryText {
  /// What changed between two images, the reasons first.
  ///
  /// - Parameter rows: how many paths of each list are shown.
  public static func render(_ difference: ImageDifference, rows: Int = 20) -> String {
    let (before, after) = (difference.before, difference.after)
    var lines = [line(before, "-"), line(after, "+")]
    if difference.isSame { return joined(lines + ["the same bytes"]) }
    lines.append("they differ because:")
    lines += difference.reasons.map { "  " + sentence($0) }
    lines += section("made otherwise:", difference.settings.map(line))
    lines += section(
      "packages and wheels:", difference.components.map { line($0) })
    lines += section("configuration of WSL:", difference.configuration.map(line))
    lines += section(
      "bytes by origin:",
      difference.growth.prefix(rows).map { "\(signed($0.bytes))  \($0.origin)" })
    lines += section(
      "only in the second:",
      list(difference.added.map { path($0.path, $0.origin, "+\(ByteCount($0.size))") }, rows))
    lines += section(
      "only in the first:",
      list(difference.removed.map { path($0.path, $0.origin, "-\(ByteCount($0.size))") }, rows))
    lines += section(
      "changed:",
      list(
        difference.changed.map { change in
          let fields = change.fields.map(\.rawValue).joined(separator: ", ")
          let growth = change.growth == 0 ? "" : " \(signed(change.growth))"
          return path(change.path, change.origin, fields + growth)
        }, rows))
    return joined(lines)
  }

  private static func line(_ side: ImageDifference.Side, _ sign: String) -> String {
    "\(sign) \(side.file): \(ByteCount(side.size)), \(side.paths) paths, "
      + "\(ByteCount(side.content)) unpacked, sha256 \(side.sha256)"
  }

  private static func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [title] + lines.map { "  " + $0 }
  }

  private static func list(_ lines: [String], _ rows: Int) -> [String] {
    lines.count > rows ? lines.prefix(rows) + ["and \(lines.count - rows) more"] : lines
  }

  private static func path(_ path: String, _ origin: String?, _ what: String) -> String {
    "/\(path)  \(what)" + (origin.map { "  (\($0))" } ?? "")
  }

  private static func line(_ setting: ImageDifference.Setting) -> String {
    "\(setting.name): \(setting.before ?? "nothing") → \(setting.after ?? "nothing")"
  }

  private static func line(_ component: ImageDifference.Component) -> String {
    let versions = { (versions: [String]) in
      versions.isEmpty ? "nothing" : versions.joined(separator: ", ")
    }
    return "\(component.kind) \(component.name): \(versions(component.before)) → "
      + versions(component.after)
  }

  private static func signed(_ bytes: Int64) -> String {
    bytes < 0 ? "-\(ByteCount(-bytes))" : "+\(ByteCount(bytes))"
  }

  private static func sentence(_ reason: ImageDifference.Reason) -> String {
    let count = counted(reason.count, "path")
    let examples = reason.examples.map { "/\($0)" }.joined(separator: ", ")
    let paths = count + (examples.isEmpty ? "" : " (\(examples)\(reason.count > 3 ? ", …" : ""))")
    switch reason.kind {
    case .paths: return "only one of them has \(paths)"
    case .kind: return "another kind of file: \(paths)"
    case .content: return "other content: \(paths)"
    case .mode: return "another mode: \(paths)"
    case .owner: return "another owner or group: \(paths)"
    case .link: return "a link to another target: \(paths)"
    case .attributes: return "other extended attributes: \(paths)"
    case .time: return "another time of modification: \(paths)"
    case .order: return "another order in the archive: \(paths)"
    case .headers: return "the same entries, written with other tar headers or padding"
    case .compression: return "the same tar stream, compressed in another way"
    case .unknown:
      return "the manifests do not say: the trees are the same; compare the images themselves"
    }
  }
}

extension SummaryText {
  public static func render(_ report: RebuildReport) -> String {
    if report.isSame { return joined(["\(report.image): built again, the same bytes"]) }
    var lines = ["\(report.image): built again, other bytes"]
    if let difference = report.difference { lines += indented(render(difference)) }
    lines += report.companions.map { "  \($0) differs" }
    return joined(lines)
  }
}
