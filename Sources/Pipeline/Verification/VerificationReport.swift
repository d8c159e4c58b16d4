public import Content
public import Diagnostics
public import Digests
public import Recipes

/// What a verification found; its JSON is what `kiln verify --json` prints.
public struct VerificationReport: Hashable, Codable, Sendable {
  /// One thing that was tried, whether it found something or not.
  public struct Check: Hashable, Codable, Sendable {
    /// `rules`, `sha256`, `gzip`, `extract WSL 2`, `boot …`.
    public let name: String
    public let passed: Bool
    /// Why it was left out; nil where it was done.
    public let skipped: String?

    public init(name: String, passed: Bool, skipped: String? = nil) {
      self.name = name
      self.passed = passed
      self.skipped = skipped
    }
  }

  public let image: String
  public let flavour: WSLSettings.Flavour
  /// Of its programs, by its package database.
  public let architecture: Architecture
  public let compression: ImageScan.Compression
  /// Bytes of the file.
  public let size: Int64
  /// Of the file, as computed now.
  public let sha256: SHA256Digest
  public let entries: Int
  /// Errors first, then by code and place.
  public internal(set) var findings: [Diagnostic]
  public internal(set) var checks: [Check]

  public func count(_ severity: Diagnostic.Severity) -> Int {
    findings.count { $0.severity == severity }
  }

  /// Whether WSL would import and start the image: there is no finding that is an error.
  public var passed: Bool { count(.error) == 0 }

  /// Adds what one more check found.
  public mutating func add(_ check: Check, _ found: [Diagnostic] = []) {
    checks.append(check)
    add(found)
  }

  mutating func add(_ found: [Diagnostic]) { findings = Self.sorted(findings + found) }

  static func sorted(_ findings: [Diagnostic]) -> [Diagnostic] {
    let rank = { (severity: Diagnostic.Severity) in
      Diagnostic.Severity.allCases.firstIndex(of: severity) ?? 0
    }
    return findings.sorted { left, right in
      (rank(left.severity), left.code, left.place?.file ?? "", left.place?.line ?? 0, left.message)
        < (
          rank(right.severity), right.code, right.place?.file ?? "", right.place?.line ?? 0,
          right.message
        )
    }
  }

  /// The text for a terminal or a log, without a trailing line break.
  public func rendered(color: Bool = false) -> String {
    var lines = findings.flatMap { [$0.rendered(color: color), ""] }
    lines.append("\(image): \(ByteCount(size)), \(entries) entries, for \(flavour.rawValue)")
    lines += checks.map { check in
      let outcome = check.skipped.map { "skipped: \($0)" } ?? (check.passed ? "ok" : "failed")
      return "  \(check.name): \(outcome)"
    }
    let counts = [(count(.error), "error"), (count(.warning), "warning"), (count(.note), "note")]
    let found = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
    lines.append(found.isEmpty ? "nothing to complain about" : found.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }
}
