import Content
import FileSystem
import Needs
import Packages
import Store
import SystemPackage
import TestSupport
import Testing

/// Packages that want kiln to write, outside of every sandbox, where it should not: into a file of the
/// host, or into the store.
@Suite(.needs("root", if: TestEnvironment.isRoot)) struct HostilePackageTests {
  init() throws { try #require(UTF8Locale.isSet) }

  private static let database = "var/lib/dpkg"

  /// What a package has at a place of dpkg's database that kiln itself writes.
  @Test(arguments: [
    "status", "arch", "lock", "lock-frontend", "info/evil.list", "info/evil.postinst",
    "info/format", "triggers/File", "triggers/Lock", "triggers/frob",
  ])
  func noLinkStandsInTheDatabasesPlace(name: String) async throws {
    try await withTemporaryFolder { folder in
      let victim = folder.appending("victim")
      try Files.write("mine", to: victim, permissions: 0o600)
      let deb = TestDeb(
        "evil", entries: [.init("\(Self.database)/\(name)", .symlink(victim.string))],
        control: ["postinst": "#!/bin/sh\n", "triggers": "interest frob\n"])
      let error = await #expect(throws: PackageError.self) { try await make([deb], in: folder) }
      #expect(error?.code == .reservedPath && error?.place == "/\(Self.database)/\(name)")
      #expect(error?.package == "evil")
      #expect(try Files.readText(victim) == "mine")
      #expect(try Files.status(victim)?.permissions == 0o600)
    }
  }

  @Test func noFileStandsInTheDatabasesPlace() async throws {
    try await withTemporaryFolder { folder in
      let deb = TestDeb("evil", entries: [.init("\(Self.database)/status", .file("mine"))])
      let error = await #expect(throws: PackageError.self) { try await make([deb], in: folder) }
      #expect(error?.code == .reservedPath)
      let store = try Store(root: folder.appending("store"))
      let package = try #require(try await store.unpacked([deb], in: folder).first)
      #expect(try UnpackedPackage.departure(at: package.directory) == nil)
    }
  }

  /// Inside the image such a link is none of kiln's business.
  @Test(arguments: ["triggers", "info", "", "../"])
  func linksOfFoldersStayInTheRoot(name: String) async throws {
    try await withTemporaryFolder { folder in
      let victim = folder.appending("victim")
      try Files.makeDirectory(victim)
      let link = FilePath(Self.database).appending(name).lexicallyNormalized().string
      let root = try await make(
        [TestDeb("a", entries: [.init(link, .symlink(victim.string))])],
        in: folder)
      #expect(try Files.entries(victim) == [])
      let inside = root.layer.directory.appending(victim.string.drop { $0 == "/" } + "")
      #expect(try !Files.entries(inside).isEmpty)
    }
  }

  @Test(arguments: ["file", "circle"])
  func whatIsNoFolderIsNamed(kind: String) async throws {
    try await withTemporaryFolder { folder in
      let entries: [TestDeb.Entry] =
        kind == "file"
        ? [.init(Self.database, .file(""))]
        : [
          .init(Self.database, .symlink("other")), .init("var/lib/other", .symlink("dpkg")),
        ]
      let error = await #expect(throws: PackageError.self) {
        try await make([TestDeb("evil", entries: entries)], in: folder)
      }
      #expect(error?.code == .unsafePath && error?.place?.hasPrefix("/var/lib/") == true)
    }
  }

  /// `a` with `b.list` and `a.b` are two files of one name: the second would go through the first
  /// one's hard link into the store.
  @Test func noFileOfTheDatabaseIsWrittenTwice() async throws {
    try await withTemporaryFolder { folder in
      let debs = [TestDeb("aa", control: ["b.list": "mine\n"]), TestDeb("aa.b")]
      let error = await #expect(throws: PackageError.self) { try await make(debs, in: folder) }
      #expect(error?.code == .reservedPath && error?.place == "/var/lib/dpkg/info/aa.b.list")
      let store = try Store(root: folder.appending("store"))
      let package = try #require(try await store.unpacked(debs, in: folder).first)
      #expect(try Files.readText(package.controlFile("b.list")) == "mine\n")
    }
  }

  /// dpkg's status has a digest of each file of configuration, and an image is there for all to read.
  @Test(arguments: ["/secret", "../../../../../../../../../../secret"])
  func noFileOfTheHostIsTakenForConfiguration(target: String) async throws {
    try await withTemporaryFolder { folder in
      let secret = folder.appending("secret")
      try Files.write("mine", to: secret)
      let path =
        target.isAbsolutePath ? secret.string : "../../../../../../../../.." + secret.string
      let deb = TestDeb(
        "evil",
        entries: [
          .init("etc/evil", .symlink(path)), .init("etc/good", .symlink("better")),
          .init("etc/better", .file("x")),
        ], control: ["conffiles": "/etc/evil\n/etc/good\n"])
      let root = try await make([deb], in: folder)
      let status = try Files.readText(root.layer.directory.appending("\(Self.database)/status"))
      #expect(!status.contains("/etc/evil"))
      #expect(status.contains("/etc/good 9dd4e461268c8034f5c8564e155c67a6"))
    }
  }

  private func make(_ debs: [TestDeb], in folder: FilePath) async throws -> PristineRoot {
    let store = try Store(root: folder.appending("store"))
    let packages = try await store.unpacked(debs, in: folder)
    return try await PristineRoot.make(
      packages: packages, options: .init(architecture: .amd64, epoch: 1_700_000_000), store: store)
  }
}
