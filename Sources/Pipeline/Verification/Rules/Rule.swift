import Content
public import Diagnostics
internal import FileSystem
import Recipes
import WSL

/// One thing that must hold of an image, with what it means when it does not.
public struct Rule: Sendable {
  /// Stable, like `K6111`; `docs/errors.md` has a section of each.
  public let code: String
  public let severity: Diagnostic.Severity
  /// What must hold, as one sentence without a full stop.
  public let title: String
  /// What the author of the image can do.
  public let remedy: String
  let check: @Sendable (ImageUnderTest) -> [Finding]

  init(
    _ code: String, _ severity: Diagnostic.Severity, _ title: String, remedy: String,
    check: @escaping @Sendable (ImageUnderTest) -> [Finding]
  ) {
    self.code = code
    self.severity = severity
    self.title = title
    self.remedy = remedy
    self.check = check
  }

  /// Every rule, in the order of their codes.
  public static let all =
    TarRules.all + AcceptanceRules.all + ConfigurationRules.all + FirstLaunchRules.all
    + GPURules.all

  /// More findings of one rule than these are counted only.
  private static let mostShown = 5

  func diagnostics(_ image: ImageUnderTest) -> [Diagnostic] {
    let findings = check(image)
    return findings.prefix(Self.mostShown).enumerated().map { index, finding in
      let left = index == Self.mostShown - 1 ? findings.count - Self.mostShown : 0
      let reason = [finding.reason, left > 0 ? "and \(left) more like this" : nil]
      return Diagnostic(
        severity: finding.severity ?? severity, code: code, message: finding.message,
        place: finding.place,
        reason: reason.contains { $0 != nil }
          ? reason.compactMap(\.self).joined(separator: "\n") : nil,
        remedy: finding.remedy ?? remedy)
    }
  }
}

/// Where and how an image breaks a rule.
struct Finding {
  let message: String
  let place: Diagnostic.Place?
  let reason: String?
  /// Where the rule's own does not fit.
  let remedy: String?
  /// Where the rule's own does not fit.
  let severity: Diagnostic.Severity?

  /// - Parameter path: inside the image, without a leading slash.
  init(
    _ message: String, at path: String? = nil, reason: String? = nil, remedy: String? = nil,
    severity: Diagnostic.Severity? = nil
  ) {
    self.message = message
    self.remedy = remedy
    self.severity = severity
    place = path.map { Diagnostic.Place(file: "/" + $0) }
    self.reason = reason
  }

  init(
    _ message: String, at path: String, line: Int, column: Int? = nil, excerpt: String,
    reason: String? = nil, remedy: String? = nil
  ) {
    self.message = message
    self.remedy = remedy
    severity = nil
    place = .init(file: "/" + path, line: line, column: column, excerpt: excerpt)
    self.reason = reason
  }
}

/// What rules judge: the scan, the tree that it makes, and WSL's reading of its configuration.
struct ImageUnderTest: Sendable {
  let scan: ImageScan
  let tree: ExtractedTree
  let flavour: WSLSettings.Flavour
  let architecture: Architecture
  let conf: WSLConfiguration?
  let distribution: WSLConfiguration?
  let passwd: [PasswdLine]
  let packages: [InstalledPackage]

  init(
    _ scan: ImageScan, flavour: WSLSettings.Flavour, architecture: Architecture? = nil
  ) {
    self.scan = scan
    self.flavour = flavour
    let tree = ExtractedTree(scan.entries)
    self.tree = tree
    conf = scan.contents["etc/wsl.conf"].map { WSLConfiguration(parsing: $0) }
    distribution = scan.contents["etc/wsl-distribution.conf"].map { WSLConfiguration(parsing: $0) }
    passwd = PasswdLine.read(scan.text("etc/passwd"))
    packages = InstalledPackage.all(in: scan.contents[InterestingFiles.dpkgStatus] ?? [])
    let own = packages.first { $0.name == "libc6" || $0.name == "dpkg" }.flatMap {
      Architecture(rawValue: $0.architecture)
    }
    self.architecture = architecture ?? own ?? .amd64
  }

  func text(_ path: String) -> String? { scan.text(path) }

  func lines(_ path: String) -> [(number: Int, text: String)] {
    (scan.text(path) ?? "").split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { ($0.offset + 1, String($0.element)) }
  }

  /// Every path that is left after the extraction, with its entry; the last of equal paths.
  var files: some Sequence<ImageEntry> {
    scan.entries.lazy.filter { $0.kind == .file || $0.kind == .symlink || $0.kind == .hardLink }
  }

  var hasSystemd: Bool { conf?.boolean("boot.systemd") == true }
}

extension ImageScan {
  func text(_ path: String) -> String? {
    contents[path].map { String(decoding: $0, as: UTF8.self) }
  }
}
