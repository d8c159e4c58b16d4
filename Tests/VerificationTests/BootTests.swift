import Commands
import Content
import Diagnostics
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

@testable import Verification

@Suite struct BootTests {
  /// ldconfig is the witness: it takes the file for a library of that name.
  @Test func theLoaderTakesFakeLibraries() async throws {
    try await withTemporaryFolder { folder in
      for name in FakeLibrary.names {
        try Files.write(
          FakeLibrary.bytes(name: name, architecture: .amd64), to: folder.appending(name),
          permissions: 0o755)
      }
      let result = try await Command(
        "/sbin/ldconfig", ["-N", "-n", "-v", folder.string], environment: [:]
      ).run()
      for name in FakeLibrary.names { #expect(result.output.contains(name + " ->")) }
    }
  }

  /// A root of the real archive, made ready as kiln does it, boots; without what WSL needs, not.
  @Test(
    .needs(
      "KILN_E2E=1 and root, to boot a root of the archive",
      if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot),
    arguments: ["bookworm", "trixie"])
  func realRootsBoot(suite: String) async throws {
    try await withTemporaryFolder { folder in
      let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
      try await Command(
        "mmdebstrap",
        [
          "--variant=minbase", "--include=systemd-sysv,dbus,libpam-systemd,login,sudo,passwd",
          suite, folder.appending("base.tar").string,
        ], environment: environment, timeout: 600
      ).run()
      let image = try await ReadyImage.write(
        folder.appending("base.tar"), to: folder.appending("image.wsl"))
      let verifier = ImageVerifier(environment: environment, scratch: folder)
      let report = try await verifier.verify(image, boot: BootTest(environment: environment))
      #expect(report.findings.allSatisfy { $0.severity == .note }, "\(report.rendered())")
      #expect(
        report.checks.filter { $0.name.hasPrefix("boot") }.map(\.name) == [
          "boot loader", "boot start", "boot running", "boot out-of-box", "boot session",
          "boot login-path", "boot sudo-path", "boot stop",
        ])
      #expect(report.checks.allSatisfy { $0.passed })
    }
  }
}
