import Commands
import Diagnostics
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing
import Verification

/// Extraction by WSL's own command lines, check sums, and what they say of bad images.
@Suite(.needs("root", if: TestEnvironment.isRoot))
struct ImageVerifierTests {
  private func verify(
    _ name: String, _ change: String = "", prepare: (FilePath) throws -> Void = { _ in }
  ) async throws -> VerificationReport {
    try await withTemporaryFolder { folder in
      let image = try await SampleImage.write(name, change: change, in: folder)
      try prepare(image)
      let verifier = ImageVerifier(
        environment: ["PATH": TestEnvironment.path], scratch: folder.appending("scratch"))
      let report = try await verifier.verify(image)
      let left = try Files.entries(folder.appending("scratch"))
      #expect(left.isEmpty)
      return report
    }
  }

  @Test(arguments: ["good.wsl", "good.tar.gz"])
  func aGoodImagePassesEveryCheck(name: String) async throws {
    let report = try await verify(name)
    #expect(report.findings.map(\.code) == ["K6132"])
    #expect(report.passed)
    #expect(
      report.checks.map(\.name) == [
        "rules", "sha256", "gzip", "extract WSL 2", "extract WSL 1 UTF-8", "extract WSL 1 C",
      ])
    #expect(report.checks.allSatisfy { $0.passed })
    #expect(report.rendered().contains("1 note"))
  }

  /// WSL 2 takes such names; whether WSL 1 does goes by a locale that nobody tells.
  @Test func whatFailsInTheCLocaleAloneIsAWarning() async throws {
    let report = try await verify("bad.wsl", "format = tarfile.PAX_FORMAT")
    #expect(report.passed)
    let found = report.findings.filter { $0.severity == .warning }
    #expect(found.map(\.code) == ["K6120", "K6131"])
    #expect(found.last?.message.hasPrefix("the import might fail") == true)
    #expect(report.checks.filter { !$0.passed }.map(\.name) == ["extract WSL 1 C"])
  }

  /// What the table of shapes claims, tried: bsdtar really fails.
  @Test(arguments: [
    "add('usr/bin/lonely', kind=H, target='usr/bin/nothing')",
    "add('bin/x', elf)",
    "folder('usr/d'); add('usr/d/x'); link('usr/d', 'x')",
    "add('usr/../x', b'')",
    "add('usr/' + 'x' * 256, b'')",
    "raw = lambda d: d[:-11000]; add('usr/z', b'z' * 9999)",
  ])
  func whatFailsForBsdtarIsFoundTwice(change: String) async throws {
    let report = try await verify("bad.wsl", change)
    let codes = Set(report.findings.filter { $0.severity == .error }.map(\.code))
    #expect(codes.contains("K6131"))
    #expect(codes.subtracting(["K6131", "K6134"]).count == 1)
    #expect(!report.passed)
    // All ways may complain of the same, which is said once.
    let complaints = report.findings.filter { ["K6131", "K6134"].contains($0.code) }
    #expect(Set(complaints.map { [$0.code, $0.reason] }).count == complaints.count)
    let failed = report.checks.filter { $0.name.hasPrefix("extract") && !$0.passed }.map(\.name)
    let named = complaints.map(\.message).joined(separator: "\n")
    #expect(failed.allSatisfy { named.contains($0) })
  }

  /// Every rule would complain of it, and none would say what it is.
  @Test(arguments: [
    (
      "a page", "raw = lambda d: b'<html>' + b'x' * 2000", "it does not begin as a tar archive does"
    ),
    ("short", "raw = lambda d: d[:300]", "it ends before its first entry does"),
    ("no entry", "raw = lambda d: bytes(1024)", "it is a tar archive without an entry"),
  ])
  func whatIsNoArchiveIsOneError(kind: String, change: String, reason: String) async throws {
    for name in ["bad.wsl", "bad.tar"] {
      let pack = name.hasSuffix("tar") ? "; pack = lambda d: d" : ""
      let error = await #expect(throws: VerificationError.self) {
        try await verify(name, change + pack)
      }
      #expect(error?.diagnostics.map(\.code) == ["K6101"], "\(kind)")
      #expect(error?.reason == reason, "\(kind)")
    }
  }

  @Test func aFolderAboveTheRootIsNoDistribution() async throws {
    let report = try await verify("bad.tar.gz", "for t, _ in e: t.name = 'rootfs/' + t.name")
    #expect(Set(report.findings.map(\.code)).isSuperset(of: ["K6124", "K6134"]))
  }

  @Test func wrongCheckSumsAreFound() async throws {
    let flipped = try await verify(
      "bad.wsl", "pack = lambda d: gzip.compress(d)[:-8] + b'abcd' + gzip.compress(d)[-4:]")
    #expect(flipped.findings.map(\.code).contains("K6130"))
    let followed = try await verify("bad.wsl", "pack = lambda d: gzip.compress(d) + b'junk'")
    #expect(followed.findings.map(\.code).contains("K6130"))
    let other = try await verify("bad.wsl") { image in
      try Files.write(
        String(repeating: "0", count: 64) + "  bad.wsl\n", to: FilePath(image.string + ".sha256"))
    }
    #expect(other.findings.map(\.code) == ["K6133"])
  }

  @Test func severalMembersAreOneStream() async throws {
    let report = try await verify(
      "good.wsl",
      "pack = lambda d: b''.join(gzip.compress(d[i:i + 1000]) for i in range(0, len(d), 1000))")
    #expect(report.findings.map(\.code) == ["K6132"])
  }

  /// GNU tar and bsdtar as makers of the same tree: only what each does wrong for WSL is found.
  @Test func imagesOfOtherMakersAreRead() async throws {
    try await withTemporaryFolder { folder in
      let image = try await SampleImage.write("good.tar.gz", in: folder)
      let root = folder.appending("root")
      try Files.makeDirectory(root)
      let environment = ["PATH": TestEnvironment.path, "LC_ALL": "C.UTF-8"]
      try await Command(
        "bsdtar", ["-C", root.string, "-xpf", image.string], environment: environment
      ).run()
      let makers = [
        ("gnu.tar.gz", "tar --numeric-owner --sort=name -czf"),
        ("gnu.tar.xz", "tar --numeric-owner -cJf"),
        ("gnu.tar.zst", "tar --numeric-owner --zstd -cf"),
        ("pax.tar.gz", "tar --numeric-owner --format=pax -czf"),
        ("bsd.tar", "bsdtar --numeric-owner --format=gnutar -cf"),
      ]
      let verifier = ImageVerifier(environment: environment, scratch: folder)
      for (name, maker) in makers {
        try await Command(
          "sh", ["-c", "\(maker) ../\(name) ."], environment: environment, workingDirectory: root
        ).run()
        let codes = try verifier.judge(folder.appending(name)).findings.map(\.code)
        let expected =
          name.hasPrefix("pax")
          ? ["K6120"]
          : name.hasSuffix("gz") || name.hasSuffix("tar")
            ? [] : ["K6129"]
        #expect(codes == expected, "\(name)")
      }
    }
  }
}
