public import Builds
internal import Content
internal import Diagnostics
internal import Locks
internal import Recipes

/// The reports of kiln's commands as people read them; no trailing line break.
public enum SummaryText {
  public static func render(_ summary: BuildSummary) -> String {
    var lines = [
      "\(summary.recipe): " + counts(summary.packages, summary.wheels, summary.archives)
    ]
    for image in summary.images {
      lines.append("  \(image.path)  \(ByteCount(image.size))  sha256 \(image.sha256)")
    }
    if let change = summary.lockChange { lines.append("  lock written anew: \(change.sum)") }
    let stages = summary.stages.map { stage in
      let time = elapsedText(milliseconds: stage.milliseconds)
      return "\(stage.stage.rawValue) \(stage.reused ? "reused" : time)"
    }
    lines.append("  time: " + stages.joined(separator: ", "))
    lines.append(
      "  downloaded \(ByteCount(summary.downloaded)), peak memory "
        + "\(ByteCount(summary.peakMemory))")
    if let gpu = summary.gpu { lines += conclusions(gpu).map { "  " + $0 } }
    lines.append("On Windows, beside the file:")
    for image in summary.images { lines.append("  \(image.command)") }
    return joined(lines)
  }

  public static func render(_ report: LockReport) -> String {
    let head =
      report.written ? "\(report.path): written" : "\(report.path): up to date, nothing written"
    guard !report.difference.isEmpty else { return joined([head]) }
    return joined([head] + indented(report.difference.description))
  }

  public static func render(_ plan: BuildPlan) -> String {
    var lines = [
      "\(plan.recipe): \(counts(plan.packages, plan.wheels, plan.archives)); "
        + "the lock is \(plan.lock)",
      "  fetch    \(counted(plan.toFetch.count, "file")), \(ByteCount(plan.fetchSize))",
    ]
    lines += plan.toFetch.sorted { $0.size > $1.size }.prefix(10).map {
      "             \($0.name) \($0.version)  \(ByteCount($0.size))"
    }
    if plan.toFetch.count > 10 { lines.append("             and \(plan.toFetch.count - 10) more") }
    lines.append("  unpack   \(plan.toUnpack)")
    lines.append(
      "  make     " + (plan.madeFrom.map { "\($0), and all that follows" } ?? "nothing anew"))
    lines.append(
      "  space    about \(ByteCount(plan.spaceNeeded)) needed, \(ByteCount(plan.spaceFree)) free"
        + (plan.spaceNeeded > plan.spaceFree ? ": too little" : ""))
    return joined(lines)
  }

  private static func counts(_ packages: Int, _ wheels: Int, _ archives: Int) -> String {
    [counted(packages, "package"), counted(wheels, "wheel")].joined(separator: ", ")
      + (archives == 0 ? "" : ", " + counted(archives, "archive"))
  }

  static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)" + (count == 1 ? "" : "s")
  }

  /// Lines as one text, which every report leaves by: what they name may come out of images, locks and
  /// recipes that others made.
  static func joined(_ lines: [String]) -> String {
    lines.map(\.harmlessLine).joined(separator: "\n")
  }

  static func indented(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
  }
}
