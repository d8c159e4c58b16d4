import Content
import Digests
import FileSystem
import Locks
import Needs
import Packages
import Store
import SystemPackage
import TestSupport
import Testing

@testable import Rootfs

/// Which packages may join a configured root without configuring the others again.
@Suite("Bystanders", .needs("root", if: TestEnvironment.isRoot))
struct BystandersTests {
  private static let others = [
    TestDeb(
      "libc-bin", entries: [.init("usr/sbin/ldconfig", .file("x"), mode: 0o755)],
      control: [
        "triggers": "interest-noawait ldconfig\n",
        "postinst": "#!/bin/sh\nif command -v plumber >/dev/null; then plumber --all; fi\n",
      ]),
    TestDeb("man-db", control: ["triggers": "interest-noawait /usr/share/man\n"]),
    TestDeb("install-info", control: ["triggers": "interest /usr/share/info\n"]),
  ]

  /// Their files by name, built once: they are in every case.
  private static let builtOthers = Task {
    try await withTemporaryFolder { folder in
      var files: [String: [UInt8]] = [:]
      for deb in others { files[deb.fileName] = try Files.read(await deb.build(in: folder)) }
      return files
    }
  }

  /// Packages that change nothing else.
  static let bystanders = [
    TestDeb(
      "tool",
      entries: [
        .init("usr/bin/tool", .file("t"), mode: 0o755), .init("usr/share/man/man1/t.1", .file("m")),
        .init("usr/share/doc/tool/copyright", .file("c")), .init("usr/lib/tool/x/y", .file("y")),
        .init("bin/old", .symlink("../usr/bin/tool")),
      ]),
    TestDeb(
      "libtool9", architecture: "amd64",
      entries: [.init("usr/lib/x86_64-linux-gnu/libtool.so.9", .file("l"))],
      control: ["triggers": "activate-noawait ldconfig\n", "shlibs": "libtool 9 libtool9\n"]),
  ]

  static let meddlers = [
    // Scripts and configuration files.
    TestDeb("scripted", control: ["postinst": "#!/bin/sh\n"]),
    TestDeb(
      "configured", entries: [.init("etc/x.conf", .file("x"))],
      control: ["conffiles": "/etc/x.conf\n"]),
    // Triggers of its own, or others'.
    TestDeb("interested", control: ["triggers": "interest /usr/share/doc\n"]),
    TestDeb("activating", control: ["triggers": "activate-noawait update-ca-certificates\n"]),
    TestDeb("informative", entries: [.init("usr/share/info/x.info", .file("x"))]),
    TestDeb("foreign", entries: [.init("usr/share/man/de/man1/x.1", .file("x"))]),
    // Where scripts look: drop-ins, units, another's folder, a program that a script calls.
    TestDeb("unit", entries: [.init("usr/lib/systemd/system/x.service", .file("x"))]),
    TestDeb("loader", entries: [.init("usr/lib/x86_64-linux-gnu/gconv/X.so", .file("x"))]),
    TestDeb("intruder", entries: [.init("usr/share/tool/x", .file("x"))]),
    TestDeb("plumbing", entries: [.init("usr/bin/plumber", .file("x"), mode: 0o755)]),
    TestDeb("privileged", entries: [.init("usr/bin/su", .file("x"), mode: 0o4755)]),
    // What configuring the others laid there already.
    TestDeb("late", entries: [.init("usr/bin/made", .file("x"), mode: 0o755)]),
    TestDeb("hidden", entries: [.init("usr/share/doc/gone/x", .file("x"))]),
    TestDeb("veiled", entries: [.init("usr/share/man/man8/x.8", .file("x"))]),
    TestDeb("wider", entries: [.init("usr/include", .directory, mode: 0o775)]),
  ]

  @Test("take part unnoticed", arguments: bystanders)
  func unnoticed(deb: TestDeb) async throws { #expect(try await areUnnoticed([deb])) }

  @Test("are refused where others could notice", arguments: meddlers)
  func noticed(deb: TestDeb) async throws { #expect(try await !areUnnoticed([deb])) }

  @Test("are refused together with one that is")
  func together() async throws {
    #expect(try await areUnnoticed(Self.bystanders))
    #expect(try await !areUnnoticed(Self.bystanders + [Self.meddlers[0]]))
  }

  private func areUnnoticed(_ debs: [TestDeb]) async throws -> Bool {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder.appending("store"))
      var packages: [(artifact: Artifact, file: FilePath)] = []
      for (name, content) in try await Self.builtOthers.value {
        try Files.write(content, to: folder.appending(name))
      }
      for deb in Self.others + debs {
        let known = folder.appending(deb.fileName)
        let file = Files.exists(known) ? known : try await deb.build(in: folder)
        let content = try FileDigest(of: file)
        packages.append(
          (
            Artifact(
              kind: .package, name: deb.name, version: deb.version,
              architecture: Architecture(rawValue: deb.architecture), size: content.size,
              sha256: content.sha256, source: "test", path: deb.fileName), file
          ))
      }
      let unpacked = try await PackageUnpacker(store: store, jobs: 2, progress: { _ in })
        .unpack(packages)
      let root = try await PristineRoot.make(
        packages: unpacked, options: .init(architecture: .amd64, epoch: 1_700_000_000),
        store: store)
      let configured = folder.appending("configured")
      try Files.makeDirectories(configured.appending("usr/bin"))
      try Files.write("by a script", to: configured.appending("usr/bin/made"))
      // As an overlay does to every folder that it copies up.
      for name in ["origin", "impure"] {
        try Files.setAttribute(
          "trusted.overlay.\(name)", [1], of: configured.appending("usr/bin"))
      }
      try Files.makeDirectories(configured.appending("usr/share/doc"))
      try Files.makeNode(
        configured.appending("usr/share/doc/gone"), mode: 0o020000, major: 0, minor: 0)
      try Files.makeDirectories(configured.appending("usr/include"))
      try Files.makeDirectories(configured.appending("usr/share/man/man8"))
      try Files.setAttribute(
        "trusted.overlay.opaque", Array("y".utf8), of: configured.appending("usr/share/man/man8"))
      return try Bystanders(
        added: Array(unpacked.dropFirst(Self.others.count)),
        others: Array(unpacked.prefix(Self.others.count)), architecture: .amd64
      ).areUnnoticed(root.layer.directory, configured)
    }
  }
}
