import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// Packages that dpkg itself unpacks, beside those that kiln unpacked.
@Suite(.needs("root, gpg and dpkg-deb", if: TinyDebian.isAvailable))
struct ConfigurationTests {
  private static let packages = [
    TestDeb(
      "early", entries: [.init("usr/share/early", .file("early\n"))],
      control: ["postinst": "#!/bin/sh\nset -e\necho configured > /etc/early\n"]),
    // It moves another package's file away before its own is there; that it does not do it here
    // spares the root the program.
    TestDeb(
      "mover", fields: ["Pre-Depends": "early (>= 1.0)"],
      entries: [.init("usr/share/mover", .file("mover\n"))],
      control: [
        "preinst":
          "#!/bin/sh\nif false; then dpkg-divert --package mover --rename --add /usr/share/early; fi\n"
      ]),
  ]

  /// As `postgresql-common`, which pre-depends on `init-system-helpers`.
  @Test func oneThatPreDependsOnAPackageThatIsNotConfiguredYet() async throws {
    let recipe = TinyDebian.recipe.replacing("[demo]", with: "[demo, mover]")
      .replacing("cat /opt/hello", with: "cat /usr/share/mover /etc/early")
    try await TinyDebian.with(recipe, more: Self.packages) { debian in
      let server = try LoopbackServer()
      server.serve(folder: debian.repository.root)
      let kiln = KilnProgram(home: debian.folder)
      try kiln.addSmokeTest()
      var command = kiln.command(["build", "tiny.yaml", "--progress", "none"])
      command.environment["KILN_MIRROR_DEBIAN"] = server.url
      command.environment["KILN_MIRROR_DEBIAN_SECURITY"] = server.url
      try await command.run()
      let greeting = Command(
        "tar", ["-xzOf", "Images/tiny.tar.gz", "./greeting"],
        environment: ["PATH": TestEnvironment.path], workingDirectory: debian.folder)
      #expect(try await greeting.run().output == "mover\nconfigured\n")
    }
  }
}
