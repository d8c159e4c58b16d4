import Commands
import Diagnostics
import FileSystem
import SystemPackage

/// One of WSL's command lines for extracting an image, and the locale that it runs in.
struct ExtractionProfile: Hashable, Sendable {
  let name: String
  let arguments: [String]
  let environment: [String: String]
  /// Whether WSL is known to extract so.
  var isCertain = true

  /// WSL 2: `src/linux/init/main.cpp`, which sets the locale; WSL 1: `LxssUserSession.cpp`
  /// (microsoft/WSL), whose locale nobody tells.
  static let all: [ExtractionProfile] = [
    .init(name: "extract WSL 2", arguments: wsl2, environment: utf8),
    .init(name: "extract WSL 1 UTF-8", arguments: wsl1, environment: utf8),
    .init(
      name: "extract WSL 1 C", arguments: wsl1, environment: ["LC_ALL": "C"], isCertain: false),
  ]

  private static let wsl2 = ["-x", "-p", "--xattrs", "--numeric-owner", "-f", "-"]
  private static let wsl1 = ["-x", "-p", "--xattrs", "--no-acls", "-f", "-"]
  /// WSL says `LANG=en_US.UTF-8`, a locale that few build machines have; C.UTF-8 is in each.
  private static let utf8 = ["LANG": "en_US.UTF-8", "LC_ALL": "C.UTF-8"]
}

/// What one of WSL's ways of extracting an image came to.
struct Extraction: Sendable {
  struct Complaint: Hashable, Sendable {
    /// Of bsdtar.
    let status: Int32
    /// What it printed.
    let words: String
  }

  let profile: ExtractionProfile
  let complaint: Complaint
  /// Whether there is neither /etc nor /bin/sh.
  let isBare: Bool

  var check: VerificationReport.Check {
    .init(name: profile.name, passed: complaint.status == 0 && !isBare)
  }

  /// Says once what is the same in several ways.
  static func findings(of extractions: [Extraction]) -> [Diagnostic] {
    var findings = Dictionary(grouping: extractions, by: \.complaint).compactMap {
      finding($0, $1.map(\.profile))
    }
    if extractions.contains(where: \.isBare) {
      findings.append(
        Diagnostic(
          code: "K6134", message: "what bsdtar extracts has neither /etc nor /bin/sh",
          reason: "WSL calls it no Linux distribution (0x80040326)",
          remedy: "pack from inside the root folder (`tar -C ROOT -c .`)"))
    }
    return findings
  }

  private static func finding(
    _ complaint: Complaint, _ profiles: [ExtractionProfile]
  ) -> Diagnostic? {
    if complaint.status == 0, complaint.words.isEmpty { return nil }
    let names = profiles.map(\.name).joined(separator: ", ")
    let isCertain = profiles.contains(where: \.isCertain)
    return Diagnostic(
      severity: complaint.status != 0 && isCertain ? .error : .warning, code: "K6131",
      message: complaint.status == 0
        ? "bsdtar complains while it extracts the image (\(names))"
        : "the import \(isCertain ? "would" : "might") fail: bsdtar ends with status "
          + "\(complaint.status) (\(names))",
      reason: complaint.words.isEmpty ? nil : complaint.words,
      remedy: "see the findings about the tar's shape, or run the same command by hand: "
        + "bsdtar -C FOLDER \(profiles.first?.arguments.joined(separator: " ") ?? "") < IMAGE")
  }
}

extension ImageVerifier {
  /// Extracts the image into `root` of a scratch folder that `body` may use, and removes that.
  func withExtraction<Value>(
    _ image: FilePath, _ profile: ExtractionProfile,
    _ body: (Extraction, FilePath) async throws(VerificationError) -> Value
  ) async throws(VerificationError) -> Value {
    let folder = scratch.appending("verify-\(UInt64.random(in: .min ... .max))")
    do throws(FileError) { try Files.makeDirectories(folder.appending("root")) } catch {
      throw VerificationError(.noScratch, image, cause: error)
    }
    defer { try? Files.removeTree(folder) }
    return try await body(try await extract(image, profile, folder.appending("root")), folder)
  }

  private func extract(
    _ image: FilePath, _ profile: ExtractionProfile, _ root: FilePath
  ) async throws(VerificationError) -> Extraction {
    // WSL streams the file to bsdtar's standard input: nothing can be sought in.
    var command = Command(
      "sh",
      ["-c", "exec bsdtar -C \"$@\" < \"$0\"", image.string, root.string] + profile.arguments,
      environment: environment.merging(profile.environment) { $1 })
    command.accepted = Set(0...255)
    let result = try await run(command, image)
    if result.status == 127 {
      throw VerificationError(
        .toolFailed, image,
        cause: CommandError(.notInstalled, command: ["bsdtar"]))
    }
    let words = result.errors.split(separator: "\n").prefix(20).joined(separator: "\n")
    return Extraction(
      profile: profile, complaint: .init(status: result.status, words: words),
      isBare: !Files.exists(root.appending("etc")) && !Files.exists(root.appending("bin/sh")))
  }

  /// The compressed stream's own check sums, which neither bsdtar nor WSL looks at.
  func checkCompression(
    _ image: FilePath, _ compression: ImageScan.Compression
  ) async throws(VerificationError) -> Outcome? {
    let tool: String
    switch compression {
    case .none: return nil
    case .gzip: tool = "gzip"
    case .xz: tool = "xz"
    case .zstd: tool = "zstd"
    case .bzip2: tool = "bzip2"
    }
    var command = Command(
      "sh", ["-c", "exec \"$1\" -t < \"$0\"", image.string, tool], environment: environment)
    command.environment["LC_ALL"] = "C"
    command.accepted = Set(0...255)
    let result = try await run(command, image)
    if result.status == 127 {
      return (.init(name: tool, passed: true, skipped: "\(tool) is not installed"), [])
    }
    guard result.status != 0 else { return (.init(name: tool, passed: true), []) }
    let finding = Diagnostic(
      code: "K6130", message: "the \(tool) stream is damaged, or something follows it",
      place: .init(file: image.string),
      reason: result.errors.split(separator: "\n").prefix(5).joined(separator: "\n"),
      remedy: "build or download the image again")
    return (.init(name: tool, passed: false), [finding])
  }

  func run(
    _ command: Command, _ image: FilePath
  ) async throws(VerificationError) -> CommandResult {
    do throws(CommandError) { return try await command.run() } catch {
      let code: VerificationError.Code = error.code == .interrupted ? .interrupted : .toolFailed
      throw VerificationError(code, image, cause: error)
    }
  }
}
