import Commands
import Content
import Diagnostics
import Digests
import FileSystem
import Locks
import Needs
import Packages
import Store
import SystemPackage
import TestSupport
import Testing

@Suite struct PackageUnpackerTests {
  init() throws { try #require(UTF8Locale.isSet) }

  @Test(.needs("root", if: TestEnvironment.isRoot), arguments: ["gzip", "xz", "zstd", "none"])
  func unpacksAsDpkgDoes(_ compression: String) async throws {
    try await withTemporaryFolder { folder in
      var deb = sample
      deb.compression = compression
      let store = try Store(root: folder.appending("store"))
      let package = try #require(try await store.unpacked([deb], in: folder).first)
      try await shell(
        "dpkg-deb -x debs/*.deb witness; dpkg-deb -e debs/*.deb witness-control", in: folder)
      // dpkg-deb writes each path of a hard link; the tree that dpkg installs has the link.
      #expect(
        try await inventory(package.tree) == (try await inventory(folder.appending("witness"))))
      #expect(
        try await inventory(package.directory.appending("control"))
          == (try await inventory(folder.appending("witness-control"))))
      let listing = try package.listing().entries
      let listed = try await shell(
        "dpkg-deb --fsys-tarfile debs/*.deb | tar -t | sed 's,^./,,; s,/$,,'", in: folder)
      #expect(
        listing.map(\.path)
          == listed.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
            String.init))
      let tool = try #require(listing.first { $0.path == "usr/bin/tool" })
      #expect(tool.permissions == 0o4755)
      #expect(tool.sha256 == .init(ofText: "tool\n"))
    }
  }

  @Test(.needs("root", if: TestEnvironment.isRoot))
  func findsWhatADiskLostOfAPackage() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder.appending("store"))
      let package = try #require(try await store.unpacked([sample], in: folder).first)
      #expect(try UnpackedPackage.departure(at: package.directory) == nil)
      let file = package.tree.appending("etc/sample.conf")
      let status = try #require(try Files.status(file))
      try Files.write("x=2\n", to: file, permissions: status.permissions)
      try Files.setModified(status.modified, of: file)
      #expect(try UnpackedPackage.departure(at: package.directory) == "tree/etc/sample.conf")
      try Files.removeFile(file)
      #expect(try UnpackedPackage.departure(at: package.directory) == "tree/etc/sample.conf")
      try Files.write("", to: package.controlFile("control"))
      #expect(try UnpackedPackage.departure(at: package.directory) == "control/control")
    }
  }

  @Test func unpacksBzip2AndCapabilities() async throws {
    try await withTemporaryFolder { folder in
      let error = try await unpack(
        """
        deb([file('./ping', b'x', pax={'SCHILY.xattr.user.note': 'kept'})], data='bz2')
        """, in: folder)
      #expect(error == nil)
      let result = try await shell("ls -d store/results/package/*/*/tree", in: folder)
      let tree = folder.appending(result.filter { $0 != "\n" })
      #expect(try Files.attribute("user.note", of: tree.appending("ping")) == Array("kept".utf8))
    }
  }

  @Test func makesSumsWhereThePackageHasNone() async throws {
    try await withTemporaryFolder { folder in
      _ = try await unpack(
        "deb([file('./a', b'x'), link('./b', './a'), symlink('./c', 'a')])", in: folder)
      let sums = try await shell("cat store/results/package/*/*/control/md5sums", in: folder)
      #expect(
        sums == """
          9dd4e461268c8034f5c8564e155c67a6  a
          9dd4e461268c8034f5c8564e155c67a6  b

          """)
    }
  }

  @Test func unpacksOnceAndReportsProgress() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder.appending("store"))
      let first = try await store.unpacked([sample, TestDeb("other")], in: folder)
      #expect(first.map(\.name) == ["sample", "other"])
      #expect(first.allSatisfy { !$0.reused })
      let second = try await store.unpacked([sample, TestDeb("other")], in: folder)
      #expect(second.allSatisfy { $0.reused })
      #expect(second.map(\.directory) == first.map(\.directory))
    }
  }

  @Test(arguments: [
    ("deb([file('../evil', b'x')])", PackageError.Code.unsafePath),
    ("deb([file('./a/../../evil', b'x')])", .unsafePath),
    ("deb([file('/etc/evil', b'x')])", .unsafePath),
    ("deb([file('./a\\nb', b'x')])", .unsafePath),
    ("deb([symlink('./a', '/tmp'), file('./a/evil', b'x')])", .unsafePath),
    ("deb([file('./a', b'x'), file('./a/b', b'x')])", .unsafePath),
    ("deb([file('./a', b'x'), file('./a', b'y')])", .duplicateEntry),
    ("deb([symlink('./a', '/tmp'), folder('./a')])", .duplicateEntry),
    ("deb([folder('./a'), folder('./a', mode=0o777)])", .duplicateEntry),
    ("deb([link('./a', '/etc/passwd')])", .badLink),
    ("deb([symlink('./s', '/etc/passwd'), link('./a', './s')])", .badLink),
    ("deb([device('./null', 0, 0)])", .unsupportedEntry),
    (
      "deb([file('./a', b'x', pax={'SCHILY.xattr.trusted.overlay.opaque': 'y'})])",
      .unsupportedEntry
    ),
    ("deb([], version='3.0')", .notAPackage),
    ("deb([], extra=[('surprise', b'x')])", .notAPackage),
    ("deb([], order='data first')", .notAPackage),
    ("deb([], order='no data')", .notAPackage),
    ("deb([], control_name='x/control')", .unsupportedEntry),
    ("deb([], control_text='Package: x')", .badControl),
    ("deb([], control_text='no field')", .badControl),
    ("deb([], control_text='Package: x\\nVersion: 2\\nArchitecture: all\\n')", .mismatch),
    ("deb([file('./a', b'x' * 90000)], cut=700)", .unreadable),
    ("deb([file('./a', b'x')], lie=100000)", .unreadable),
    ("open('x.deb', 'w').write('no archive ' * 100)", .unreadable),
  ])
  func refusesBadPackages(_ program: String, _ code: PackageError.Code) async throws {
    try await withTemporaryFolder { folder in
      let error = try #require(try await unpack(program, in: folder))
      #expect(error.code == code)
      #expect(error.description.contains("x.deb"))
      let leftovers = try Store(root: folder.appending("store")).leftovers()
      #expect(leftovers == [])
      #expect(!Files.exists(folder.appending("evil")))
    }
  }

  /// In dpkg's database it is a part of file names.
  @Test func refusesANameThatIsAPath() async throws {
    try await withTemporaryFolder { folder in
      let text = "Package: ../x\\nVersion: 1.0\\nArchitecture: all\\n"
      let error = try await unpack("deb([], control_text='\(text)')", as: "../x", in: folder)
      #expect(error?.code == .badControl && error?.reason?.contains("`../x`") == true)
    }
  }

  @Test func foldersMayComeLateOrNever() async throws {
    try await withTemporaryFolder { folder in
      let error = try await unpack(
        "deb([file('./a/b/c', b'x'), folder('./a', mode=0o2750), folder('./a', mode=0o2750)])",
        in: folder)
      #expect(error == nil)
      let modes = try await shell("cd store/results/package/*/*/tree; stat -c %a a a/b", in: folder)
      #expect(modes == "2750\n755\n")
    }
  }

  @Test func cancellationLeavesNothing() async throws {
    try await withTemporaryFolder { folder in
      let task = Task { try await unpack("deb([file('./a', b'x')])", in: folder) }
      task.cancel()
      _ = await task.result
      let leftovers = try Store(root: folder.appending("store")).leftovers()
      #expect(leftovers == [])
    }
  }

  /// Runs the Python maker of odd packages and unpacks what it wrote as `name` 1.0.
  private func unpack(
    _ program: String, as name: String = "x", in folder: FilePath
  ) async throws -> PackageError? {
    let store = try Store(root: folder.appending("store"))
    try await python(oddDebs + program, in: folder)
    let file = folder.appending("x.deb")
    let artifact = try testArtifact(file, name: name)
    do throws(PackageError) {
      _ = try await PackageUnpacker(store: store, jobs: 1, progress: { _ in })
        .unpack([(artifact, file)])
      return nil
    } catch {
      return error
    }
  }
}

private let sample = TestDeb(
  "sample", architecture: "amd64", fields: ["Multi-Arch": "same"],
  entries: [
    .init("usr/bin/tool", .file("tool\n"), mode: 0o4755),
    .init("usr/bin/also", .hardLink("usr/bin/tool")),
    .init("usr/bin/größe", .symlink("tool")),
    .init("etc/sample.conf", .file("x=1\n"), mode: 0o640, group: 42),
    .init("var/mail", .directory, mode: 0o2775, group: 8),
    .init(
      "usr/share/\(String(repeating: "long-", count: 40))/\(String(repeating: "n", count: 120))",
      .file("long")),
  ],
  control: ["conffiles": "/etc/sample.conf\n", "postinst": "#!/bin/sh\n", "triggers": ""])

/// Python that writes `x.deb` with `ar` and tar members as a test wants them.
private let oddDebs = """
  import io, tarfile
  def entry(name, type, data=b'', mode=0o644, pax=None, **more):
      i = tarfile.TarInfo(name); i.type = type; i.size = len(data); i.mode = mode
      if pax: i.pax_headers = pax
      for key, value in more.items(): setattr(i, key, value)
      return i, data
  def file(name, data, **more): return entry(name, tarfile.REGTYPE, data, **more)
  def folder(name, mode=0o755): return entry(name, tarfile.DIRTYPE, mode=mode)
  def symlink(name, to): return entry(name, tarfile.SYMTYPE, linkname=to)
  def link(name, to): return entry(name, tarfile.LNKTYPE, linkname=to)
  def device(name, a, b): return entry(name, tarfile.CHRTYPE, devmajor=a, devminor=b)
  def tar(entries, compression, lie=0):
      out = io.BytesIO()
      t = tarfile.open(fileobj=out, mode='w:' + compression, format=tarfile.PAX_FORMAT)
      for i, data in entries: t.addfile(i, io.BytesIO(data))
      t.close()
      whole = out.getvalue()
      if lie:  # the header of the last entry promises more bytes than there are
          i = entries[-1][0]; i.size = lie
          whole = i.tobuf(format=tarfile.USTAR_FORMAT) + entries[-1][1].ljust(512, b'x')
      return whole
  def deb(entries, data='gz', version='2.0', extra=[], order='', control_name='./control',
          control_text='Package: x\\nVersion: 1.0\\nArchitecture: all\\nDescription: x\\n', cut=0, lie=0):
      control = ('control.tar.gz', tar([file(control_name, control_text.encode())], 'gz'))
      content = ('data.tar' if lie else 'data.tar.' + data, tar(entries, '' if lie else data, lie))
      members = [('debian-binary', (version + '\\n').encode())] + extra
      members += {'': [control, content], 'data first': [content, control], 'no data': [control]}[order]
      out = b'!<arch>\\n'
      for name, body in members:
          out += b'%-16s%-12d%-6d%-6d%-8s%-10d`\\n' % (name.encode(), 0, 0, 0, b'100644', len(body))
          out += body + b'\\n' * (len(body) % 2)
      open('x.deb', 'wb').write(out[:len(out) - cut])

  """
