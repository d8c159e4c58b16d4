import Commands
import Content
import Diagnostics
import FileSystem
import Needs
import Packages
import Store
import SystemPackage
import TestSupport
import Testing

@Suite(.needs("root", if: TestEnvironment.isRoot)) struct PristineRootTests {
  init() throws { try #require(UTF8Locale.isSet) }

  @Test func equalsWhatDpkgLeaves() async throws {
    try await withTemporaryFolder { folder in
      let root = try await make(family, in: folder, mergedUsr: false)
      try await shell(
        """
        mkdir -p witness/var/lib/dpkg; : > witness/var/lib/dpkg/status
        for name in alpha beta gamma; do
          dpkg --root="$PWD/witness" --force-depends --unpack debs/${name}_*.deb 2>&1
        done
        mv witness/etc/alpha.conf.dpkg-new witness/etc/alpha.conf
        rm -r witness/var/lib/dpkg/status-old witness/var/lib/dpkg/updates
        echo amd64 > witness/var/lib/dpkg/arch
        md5=$(md5sum < witness/etc/alpha.conf | cut -c 1-32)
        sed -i "s/newconffile/$md5/" witness/var/lib/dpkg/status
        """, in: folder)
      let ours = root.layer.directory
      let theirs = folder.appending("witness")
      // dpkg makes hard links of one package's files anew, and never of the store's.
      let difference = try await inventory(ours, times: false)
        .symmetricDifference(try await inventory(theirs, times: false))
      #expect(difference == [])
      #expect(
        try Files.readText(ours.appending("var/lib/dpkg/status"))
          == (try Files.readText(theirs.appending("var/lib/dpkg/status"))))
      #expect(root.preinsts.isEmpty)
      #expect(root.deferred.isEmpty)
      #expect(try origin(of: "usr/bin/x", in: root)?.name == "gamma")
      #expect(try origin(of: "var/lib/dpkg/info/beta:amd64.list", in: root)?.name == "beta")
      #expect(try origin(of: "var/lib/dpkg/status", in: root) == Origin(.configuration))
    }
  }

  /// - Returns: nil where the root has nothing there.
  private func origin(of path: String, in root: PristineRoot) throws -> Origin? {
    let listing = try LayerListing(reading: root.layer.listing)
    return listing.entries.first { $0.path == path }.map { listing.origin(of: $0, in: root.layer) }
  }

  @Test func mergesUsr() async throws {
    try await withTemporaryFolder { folder in
      let root = try await make(
        [
          TestDeb(
            "old",
            entries: [
              .init("lib/x/a", .file("a")), .init("bin/tool", .file("tool")),
              .init("usr/bin/tool", .symlink("../../bin/tool")),
            ]),
          TestDeb("new", entries: [.init("usr/lib/x/b", .file("b"))]),
        ], in: folder)
      let output = try await shell(
        "cat usr/lib/x/a lib/x/b bin/tool; readlink bin lib64 sbin", in: root.layer.directory)
      #expect(output == "abtoolusr/bin\nusr/lib64\nusr/sbin\n")
      #expect(try origin(of: "usr/lib/x/a", in: root)?.name == "old")
      #expect(try origin(of: "lib/x/a", in: root) == nil)
      let list = try Files.readText(
        root.layer.directory.appending("var/lib/dpkg/info/old.list"))
      #expect(list.contains("/lib/x/a\n/"))
    }
  }

  @Test func takesTheLinksThatBaseFilesShips() async throws {
    try await withTemporaryFolder { folder in
      let root = try await make(
        [
          TestDeb(
            "aaa", entries: [.init("lib/x", .file("x")), .init("usr", .directory, mode: 0o700)]),
          TestDeb(
            "base-files",
            entries: [
              .init("usr/lib", .directory), .init("usr/bin", .directory),
              .init("lib", .symlink("usr/lib")),
              .init("bin", .symlink("usr/bin")),
            ]),
        ], in: folder)
      #expect(try Files.readText(root.layer.directory.appending("usr/lib/x")) == "x")
      #expect(try Files.status(root.layer.directory.appending("usr"))?.permissions == 0o755)
      #expect(!Files.exists(root.layer.directory.appending("lib32")))
      #expect(try origin(of: "lib", in: root)?.name == "base-files")
    }
  }

  @Test func overlapsAreErrorsThatNameBoth() async throws {
    try await withTemporaryFolder { folder in
      let debs = ["one", "two"].map { TestDeb($0, entries: [.init("usr/same", .file($0))]) }
      let error = await #expect(throws: PackageError.self) { try await make(debs, in: folder) }
      #expect(error?.code == .overlap)
      #expect(error?.place == "/usr/same")
      #expect(error?.description.contains("one") == true)
      #expect(error?.description.contains("two") == true)
    }
  }

  @Test func diversionsAreLeftToDpkg() async throws {
    try await withTemporaryFolder { folder in
      let divert = "dpkg-divert --package two \\\n  --rename --add /usr/same"
      let root = try await make(
        [
          TestDeb(
            "one", entries: [.init("usr/same", .file("1"))], control: ["preinst": "#!/bin/sh\n"]),
          TestDeb(
            "two", entries: [.init("usr/same", .file("2"))],
            control: ["preinst": "#!/bin/sh\n\(divert)\n"]),
          TestDeb(
            "base-passwd", control: ["preinst": "#!/bin/sh\ndpkg-divert --no-rename --add /x\n"]),
          TestDeb(
            "asks", control: ["preinst": "#!/bin/sh\n# dpkg-divert\ndpkg-divert --truename /x\n"]),
        ], in: folder)
      #expect(root.deferred.map(\.name) == ["two"])
      #expect(root.packages.map(\.name) == ["one", "base-passwd", "asks"])
      #expect(root.preinsts.map(\.name) == ["base-passwd", "one", "asks"])
      #expect(try Files.readText(root.layer.directory.appending("usr/same")) == "1")
      #expect(!Files.exists(root.layer.directory.appending("var/lib/dpkg/info/two.list")))
      let status = try Files.readText(root.layer.directory.appending("var/lib/dpkg/status"))
      #expect(!status.contains("Package: two"))
    }
  }

  @Test func foldersTakeTheModeOfTheFirstPackage() async throws {
    try await withTemporaryFolder { folder in
      let root = try await make(
        [
          TestDeb(
            "z",
            entries: [
              .init("srv/d", .directory, mode: 0o2770, group: 8), .init("srv/d/f", .file("f")),
            ]),
          TestDeb("a", entries: [.init("srv/d", .directory, mode: 0o755)]),
        ], in: folder)
      let status = try #require(try Files.status(root.layer.directory.appending("srv/d")))
      #expect(status.permissions == 0o2770)
      #expect(status.group == 8)
    }
  }

  @Test func coinstallableArchitecturesShareFiles() async throws {
    try await withTemporaryFolder { folder in
      let debs = ["amd64", "arm64"].map {
        TestDeb(
          "lib", architecture: $0, fields: ["Multi-Arch": "same"],
          entries: [
            .init("usr/share/doc/lib/copyright", .file("c")), .init("usr/lib/\($0)/l", .file($0)),
          ])
      }
      let root = try await make(debs, in: folder)
      let info = try Files.entries(root.layer.directory.appending("var/lib/dpkg/info"))
      #expect(info.contains("lib:amd64.list"))
      #expect(info.contains("lib:arm64.list"))
    }
  }

  @Test func linksTheStoresFilesAndIsReused() async throws {
    try await withTemporaryFolder { folder in
      let debs = [TestDeb("one", entries: [.init("usr/f", .file("f"))])]
      let first = try await make(debs, in: folder)
      let second = try await make(debs, in: folder)
      #expect(!first.reused)
      #expect(second.reused)
      #expect(first.layer == second.layer)
      let package = try #require(first.packages.first)
      #expect(
        try Files.status(package.tree.appending("usr/f"))
          == (try Files.status(first.layer.directory.appending("usr/f"))))
    }
  }

  private func make(
    _ debs: [TestDeb], in folder: FilePath, mergedUsr: Bool = true
  ) async throws -> PristineRoot {
    let store = try Store(root: folder.appending("store"))
    let packages = try await store.unpacked(debs, in: folder)
    return try await PristineRoot.make(
      packages: packages,
      options: .init(architecture: .amd64, mergedUsr: mergedUsr, epoch: 1_700_000_000), store: store
    )
  }
}

private let family = [
  TestDeb(
    "alpha",
    fields: ["Depends": "x (>= 1) | y, z", "Homepage": "http://example.org", "X-Odd": "yes"],
    entries: [
      .init("etc/alpha.conf", .file("a\n")), .init("usr/bin/x", .file("x\n"), mode: 0o755),
      .init("usr/bin/su", .file("s"), mode: 0o4755),
      .init("usr/bin/xx", .hardLink("usr/bin/x")), .init("usr/bin/l", .symlink("x")),
      .init("usr/share/man/alpha.1", .file("m\n")),
    ], control: ["conffiles": "/etc/alpha.conf\n"]),
  TestDeb(
    "beta", architecture: "amd64", fields: ["Multi-Arch": "same", "Priority": "required"],
    entries: [.init("usr/share/man/beta.1", .file("1\n"))],
    control: [
      "triggers": "# why\ninterest-noawait /usr/share/man\ninterest frob\ninterest-await /usr/lib\n"
        + "activate-noawait frob\n"
    ]),
  TestDeb(
    "gamma", fields: ["Replaces": "alpha (<< 2), beta"],
    entries: [
      .init("usr/bin/x", .file("replaced\n")), .init("usr/share/man/gamma.1", .file("C\n")),
    ],
    control: ["triggers": "interest /usr/share/man\n"]),
]
