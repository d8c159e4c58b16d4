public import Builds
public import Bundles
internal import Content
public import Store

extension SummaryText {
  public static func render(_ stats: StoreKeeper.Stats) -> String {
    let sum = stats.holdings.reduce(0) { $0 + $1.bytes }
    let width = stats.holdings.map { "\($0.count)".count }.max() ?? 0
    let lines = stats.holdings.map { holding in
      let kind = holding.kind + String(repeating: " ", count: max(1, 12 - holding.kind.count))
      let count = "\(holding.count)"
      return "  \(kind)\(String(repeating: " ", count: width - count.count))\(count)  "
        + "\(ByteCount(holding.bytes))"
    }
    return joined(["\(stats.path): \(ByteCount(sum))"] + lines)
  }

  public static func render(_ health: StoreKeeper.Health) -> String {
    guard !health.damaged.isEmpty else { return "everything is whole" }
    return joined(
      health.damaged.map { "\($0.path): \($0.reason)\($0.removed ? ", removed" : "")" })
  }

  public static func render(_ collected: Store.Collected) -> String {
    "removed \(collected.removed) (\(ByteCount(collected.freedBytes))), kept \(collected.kept) "
      + "(\(ByteCount(collected.keptBytes))), of which \(collected.inUse) in use"
  }

  public static func render(_ report: BundleReport) -> String {
    joined(["\(report.path): \(report.artifacts) artifacts, \(ByteCount(report.bytes))"])
  }

  public static func render(_ imported: Bundle.Imported) -> String {
    joined([
      "\(imported.path): \(imported.artifacts) artifacts, of which \(imported.added) are new "
        + "(\(ByteCount(imported.addedBytes)))"
    ])
  }
}
