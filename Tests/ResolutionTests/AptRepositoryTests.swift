import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

@Suite("The generated repository", .needs("gpg and dpkg-deb", if: AptRepository.isAvailable))
struct AptRepositoryTests {
  @Test("apt accepts it, signature and all") func accepted() async throws {
    try await AptRepository.withTemporary { repository, folder in
      let deb = TestDeb(
        "hello", version: "1:2.0-1", fields: ["Depends": "world"],
        entries: [
          .init("usr/bin/hello", .file("#!/bin/sh\n"), mode: 0o755),
          .init("usr/share/hello", .symlink("../bin/hello")),
        ],
        control: ["postinst": "#!/bin/sh\nexit 0\n"])
      try await repository.publish(
        .init(suite: "trixie", components: ["main": [deb, TestDeb("world")]]))
      try Files.makeDirectories(folder.appending("apt/lists/partial"))
      try Files.makeDirectories(folder.appending("apt/cache/archives/partial"))
      try Files.write("", to: folder.appending("apt/status"))
      try Files.write(
        "deb [signed-by=\(repository.key.keyring)] file:\(repository.root) trixie main\n",
        to: folder.appending("apt/sources.list"))
      let apt = { (arguments: [String]) in
        Command(
          "apt-get",
          ["-o", "Dir=\(folder)/apt", "-o", "Dir::Etc::sourcelist=\(folder)/apt/sources.list"]
            + ["-o", "Dir::Etc::sourceparts=/dev/null", "-o", "Dir::Etc::trustedparts=/dev/null"]
            + ["-o", "Dir::State::status=\(folder)/apt/status", "-o", "Dir::State=\(folder)/apt"]
            + ["-o", "Dir::State::lists=\(folder)/apt/lists", "-o", "APT::Sandbox::User=root"]
            + ["-o", "APT::Architecture=amd64", "-o", "Dir::Cache=\(folder)/apt/cache"]
            + arguments,
          environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"])
      }
      try await apt(["update", "-o", "APT::Update::Error-Mode=any"]).run()
      let uris = try await apt(["install", "-y", "-qq", "--print-uris", "hello"]).run().output
      #expect(uris.contains("pool/main/h/hello/hello_2.0-1_all.deb"))
      #expect(uris.contains("hello_1%3a2.0-1_all.deb"))
      #expect(uris.contains("world_1.0_all.deb"))
    }
  }

  @Test("Release dates are real dates") func date() {
    #expect(AptRepository.date(1_700_000_000) == "Tue, 14 Nov 2023 22:13:20 UTC")
    #expect(AptRepository.date(1_709_164_800) == "Thu, 29 Feb 2024 00:00:00 UTC")
  }
}
