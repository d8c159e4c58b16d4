import Commands
import Content
import Diagnostics
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing
import WSL

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

  /// As root, in the folder that holds an image of anybody's.
  @Test func whatIsLaidIntoAnImageStaysInIt() async throws {
    try await withTemporaryFolder { folder in
      let (root, victim) = (folder.appending("root"), folder.appending("victim"))
      try Files.makeDirectories(victim.appending("lib"))
      for path in ["usr/lib", "etc/ld.so.conf.d"] {
        try Files.makeDirectories(root.appending(path))
      }
      for name in ["file", "secret"] { try Files.write("mine", to: victim.appending(name)) }
      try Files.write("[boot]\nsystemd=true\n", to: victim.appending("secret"))
      try Files.makeSymlink(
        root.appending("etc/ld.so.conf.d/ld.wsl.conf"), to: victim.appending("file").string)
      try Files.makeSymlink(
        root.appending("etc/wsl.conf"), to: victim.appending("secret").string)
      try Files.makeSymlink(root.appending("usr/lib/wsl"), to: victim.string)
      let test = BootTest(environment: [:])
      #expect(test.configuration(root, "etc/wsl.conf") == nil)
      try test.layHostLibraries(root, .amd64)
      #expect(try Files.entries(victim) == ["file", "lib", "secret"])
      #expect(try Files.entries(victim.appending("lib")) == [])
      #expect(try Files.readText(victim.appending("file")) == "mine")
      // Where WSL, for which the image is all there is, would find them.
      let inside = root.appending(victim.string.drop { $0 == "/" } + "/lib")
      #expect(try Files.entries(inside) == FakeLibrary.names.sorted())
      #expect(
        try Files.readText(root.appending("etc/ld.so.conf.d/ld.wsl.conf")) == "/usr/lib/wsl/lib\n")
    }
  }

  @Test func theImagesConfigurationIsFoundThroughItsLinks() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("usr/lib"))
      try Files.write("[boot]\nsystemd=true\n", to: folder.appending("usr/lib/wsl.conf"))
      try Files.makeSymlink(folder.appending("wsl.conf"), to: "/usr/lib/wsl.conf")
      let found = BootTest(environment: [:]).configuration(folder, "wsl.conf")
      #expect(found?.boolean("boot.systemd") == true)
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
