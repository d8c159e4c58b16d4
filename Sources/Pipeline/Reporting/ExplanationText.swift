public import Builds
public import Comparison
internal import Content
internal import Digests
internal import Images
internal import Rootfs

extension SummaryText {
  /// Why a path is in an image.
  public static func render(_ explanation: PathExplanation) -> String {
    let file = explanation.file
    var facts = ["\(file.kind.rawValue)", file.mode, "\(file.uid):\(file.gid)"]
    if file.kind == .file { facts.append("\(ByteCount(file.size))") }
    if let link = file.link { facts.append("→ \(link)") }
    if let sha256 = file.sha256 { facts.append("sha256 \(sha256)") }
    var lines = ["\(explanation.path): " + facts.joined(separator: ", ")]
    if explanation.asked != explanation.path {
      lines.append("  \(explanation.asked) leads there")
    }
    lines.append("  " + sentence(explanation.origin))
    if let source = explanation.source, let origin = explanation.sourceOrigin {
      lines.append("  compiled from \(source), which is of the \(name(origin))")
    }
    if let component = explanation.component {
      lines.append("  fetched: \(ByteCount(component.size)), sha256 \(component.sha256)")
    }
    if let wanted = explanation.wanted {
      let first = wanted.isRequested ? "the recipe" : "the base system"
      lines.append("  wanted by: " + ([first] + wanted.names).joined(separator: " → "))
    }
    if !explanation.shares.isEmpty {
      lines.append("  below it have files:")
      lines += explanation.shares.prefix(15).map {
        "    \(ByteCount($0.bytes)) in \(counted($0.files, "file")): \(name($0.origin))"
      }
      let rest = explanation.shares.count - 15
      if rest > 0 { lines.append("    and \(rest) more") }
    }
    return joined(lines)
  }

  static func name(_ origin: Origin) -> String {
    [origin.kind.rawValue, origin.name, origin.version].filter { !$0.isEmpty }
      .joined(separator: " ")
  }

  private static func sentence(_ origin: Origin) -> String {
    switch origin.kind {
    case .package, .wheel: "from the \(name(origin))"
    case .base: "from the base \(origin.name)"
    case .configuration: "made when the packages were configured, by their scripts or by kiln"
    case .python: "made with the virtual environment, or by Python's compiler"
    case .archive: "taken out of \(origin.name)"
    case .file: "put there by the recipe's file \(origin.name)"
    case .step: "made or changed by the recipe's step \(origin.name)"
    case .user: "made with the recipe's users"
    case .wsl: "written by kiln, for WSL and from the recipe's `wsl`"
    case .smokeTest: "part of gpu-smoke-test, which every image carries"
    case .materials: "the bill of materials that kiln puts into every image"
    }
  }

  /// What the next build of a recipe makes.
  public static func render(_ explanation: RecipeExplanation) -> String {
    var lines = ["\(explanation.recipe):"]
    for layer in explanation.layers {
      switch layer.state {
      case .reused: lines.append("  ↺ \(layer.layer): reused")
      case .follows: lines.append("  · \(layer.layer): made again, since it stands on that")
      case .made:
        lines.append("  ▸ \(layer.layer): made" + (layer.reason.map { ": \($0)" } ?? ""))
        lines += layer.changes.prefix(10).flatMap(lines(of:))
        let rest = layer.changes.count - 10
        if rest > 0 { lines.append("      and \(rest) more") }
      }
    }
    if explanation.layers.allSatisfy({ $0.state == .reused }) {
      lines.append("nothing changed: the next build reuses every layer")
    }
    return joined(lines)
  }

  private static func lines(of change: LayerExplanation.Change) -> [String] {
    switch (change.before, change.after) {
    case (let before?, let after?):
      let (old, new) = firstDifference(before, after)
      return ["      \(change.input) is another:", "        - \(old)", "        + \(new)"]
    case (nil, let after?): return ["      \(change.input) is new: \(short(after))"]
    case (let before?, nil): return ["      \(change.input) is gone: \(short(before))"]
    case (nil, nil): return ["      \(change.input)"]
    }
  }

  /// Of texts of many lines the first that differs, with its number.
  private static func firstDifference(_ before: String, _ after: String) -> (String, String) {
    let old = before.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let new = after.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard old.count > 1 || new.count > 1 else { return (short(before), short(after)) }
    let index = zip(old, new).prefix { $0 == $1 }.count
    let line = { (lines: [String]) in
      index < lines.count ? "line \(index + 1): \(short(lines[index]))" : "no line \(index + 1)"
    }
    return (line(old), line(new))
  }

  private static func short(_ text: String) -> String {
    let line = text.split(separator: "\n").first.map(String.init) ?? text
    return line.count > 100 ? String(line.prefix(99)) + "…" : line
  }
}
