public import Content
import Diagnostics
import Digests
import FileSystem
public import Recipes
public import SystemPackage

/// Judges an image from its bytes alone, as WSL would meet it.
public struct ImageVerifier: Sendable {
  let environment: [String: String]
  let scratch: FilePath
  let selfCheck: SelfCheck?
  let progress: ProgressSink

  /// - Parameters:
  ///   - environment: for the tools (`bsdtar`, `gzip`); their locale is set per run.
  ///   - scratch: an existing folder with room for the unpacked image; left as it was.
  ///   - selfCheck: how to run the image's own smoke test; nil leaves that out.
  public init(
    environment: [String: String], scratch: FilePath, selfCheck: SelfCheck? = nil,
    progress: @escaping ProgressSink = { _ in }
  ) {
    self.environment = environment
    self.scratch = scratch
    self.selfCheck = selfCheck
    self.progress = progress
  }

  /// The flavour that a file's name says: `.wsl` is for `wsl --install --from-file`.
  public static func flavour(of image: FilePath) -> WSLSettings.Flavour {
    image.extension?.lowercased() == "wsl" ? .fromFile : .importing
  }

  /// Everything: rules over one pass of the stream, check sums, and extraction
  /// with WSL's own command lines.
  ///
  /// - Parameters:
  ///   - flavour: nil is what the file's name says.
  ///   - architecture: nil is what the image's own package database says.
  ///   - extract: whether to unpack the image, which needs root and room.
  ///   - boot: a test to run on the tree that WSL 2 would extract; needs `extract`.
  public func verify(
    _ image: FilePath, flavour: WSLSettings.Flavour? = nil, architecture: Architecture? = nil,
    extract: Bool = true, boot: BootTest? = nil
  ) async throws(VerificationError) -> VerificationReport {
    progress(.started(.verify, total: nil, unit: .items))
    var report = try judge(image, flavour: flavour, architecture: architecture)
    let digest = try checkDigest(image, report.sha256)
    report.add(digest.check, digest.findings)
    if let stream = try await checkCompression(image, report.compression) {
      report.add(stream.check, stream.findings)
    }
    if extract {
      var extractions: [Extraction] = []
      for profile in ExtractionProfile.all {
        progress(.advanced(.verify, done: 0, item: profile.name))
        let (extraction, outcomes) = try await withExtraction(image, profile) {
          (extraction, folder) async throws(VerificationError) -> (Extraction, [Outcome]) in
          guard profile == ExtractionProfile.all.first, extraction.check.passed else {
            return (extraction, [])
          }
          return (extraction, try await execute(boot, in: folder, image, report))
        }
        extractions.append(extraction)
        report.add(extraction.check)
        for outcome in outcomes { report.add(outcome.check, outcome.findings) }
      }
      report.add(Extraction.findings(of: extractions))
    }
    progress(.finished(.verify, reused: false))
    return report
  }

  /// What programs of the image say of it: its smoke test, and systemd where a boot is asked for.
  private func execute(
    _ boot: BootTest?, in folder: FilePath, _ image: FilePath, _ report: VerificationReport
  ) async throws(VerificationError) -> [Outcome] {
    var outcomes: [Outcome] = []
    if let selfCheck {
      progress(.advanced(.verify, done: 0, item: "gpu-smoke-test"))
      outcomes.append(
        try await selfCheck.run(
          in: folder.appending("root"), image: image, architecture: report.architecture))
    }
    if let boot {
      progress(.advanced(.verify, done: 0, item: "boot"))
      outcomes += try await boot.run(
        in: folder, image: image, flavour: report.flavour, architecture: report.architecture)
    }
    return outcomes
  }

  /// The rules alone: reads the image once and runs nothing.
  public func judge(
    _ image: FilePath, flavour: WSLSettings.Flavour? = nil, architecture: Architecture? = nil
  ) throws(VerificationError) -> VerificationReport {
    let scan = try ImageScan.scan(image)
    if Task.isCancelled { throw VerificationError(.interrupted, image) }
    let flavour = flavour ?? Self.flavour(of: image)
    let subject = ImageUnderTest(scan, flavour: flavour, architecture: architecture)
    // What a stream lacks behind a damage, the image may have had.
    let rules = scan.endsEarly ? TarRules.all : Rule.all
    let findings = rules.flatMap { $0.diagnostics(subject) }
    let content: FileDigest
    do throws(FileError) { content = try FileDigest(of: image) } catch {
      throw VerificationError(.cannotRead, image, cause: error)
    }
    return VerificationReport(
      image: image.lastComponent?.string ?? image.string, flavour: flavour,
      architecture: subject.architecture, compression: scan.compression, size: content.size,
      sha256: content.sha256,
      entries: scan.entries.count,
      findings: VerificationReport.sorted(findings),
      checks: [.init(name: "rules", passed: !findings.contains { $0.severity == .error })])
  }

  typealias Outcome = (check: VerificationReport.Check, findings: [Diagnostic])

  /// Compares with `<image>.sha256`, as `sha256sum -c` does.
  private func checkDigest(
    _ image: FilePath, _ digest: SHA256Digest
  ) throws(VerificationError) -> Outcome {
    let path = FilePath(image.string + ".sha256")
    guard Files.exists(path) else {
      let note = Diagnostic(
        severity: .note, code: "K6132", message: "there is no \(path.lastComponent?.string ?? "")",
        place: .init(file: path.string),
        reason: "WSL does not check gzip's check sums: nothing else guards the download",
        remedy: "publish one (`sha256sum IMAGE > IMAGE.sha256`)")
      return (.init(name: "sha256", passed: true, skipped: "no .sha256 beside the image"), [note])
    }
    let text: String
    do throws(FileError) { text = try Files.readText(path, limit: 1 << 16) } catch {
      throw VerificationError(.cannotRead, path, cause: error)
    }
    let stated = CheckSums(text).digest(of: image.lastComponent?.string ?? "")
    if stated == digest { return (.init(name: "sha256", passed: true), []) }
    let finding = Diagnostic(
      code: "K6133", message: "the image is not the one that its .sha256 names",
      place: .init(file: path.string),
      reason: "stated \(stated?.hex ?? "nothing of it"), is \(digest.hex)",
      remedy: "download both again, or build the image again")
    return (.init(name: "sha256", passed: false), [finding])
  }
}
