import Archives
import Commands
import FileSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct ArchiveReaderTests {
  init() throws { try #require(UTF8Locale.isSet) }

  @Test func readsEveryKindOfTarEntry() async throws {
    try await withTemporaryFolder { folder in
      try await python(everyKind, in: folder)
      let entries = try list(folder.appending("kinds.tar"), .tar)
      #expect(
        entries.map(\.path) == [
          "./", "./ordner/", "./ordner/größe", "./link", "./hart", "./null", "./pipe", "./ping",
        ])
      #expect(
        entries.map(\.kind) == [
          .directory, .directory, .file, .symlink, .hardLink, .characterDevice, .fifo, .file,
        ])
      #expect(entries[2].permissions == 0o4755)
      #expect(entries[2].owner == 7)
      #expect(entries[2].group == 42)
      #expect(entries[2].groupName == "shadow")
      #expect(entries[2].size == 5)
      #expect(entries[2].modified == 1_234_567_890)
      #expect(entries[3].linkTarget == "ordner/größe")
      #expect(entries[4].linkTarget == "./ordner/größe")
      #expect((entries[5].deviceMajor, entries[5].deviceMinor) == (1, 3))
      #expect(
        entries[7].attributes["security.capability"] == [1, 0, 0, 2, 0, 32]
          + Array(repeating: 0, count: 14))
    }
  }

  @Test(arguments: [("gz", ArchiveReader.Filters.gzip), ("xz", .xz), ("bz2", .bzip2)])
  func readsCompressedTars(_ suffix: String, _ filter: ArchiveReader.Filters) async throws {
    try await withTemporaryFolder { folder in
      try await python(compressed, [suffix], in: folder)
      let path = folder.appending("a.tar.\(suffix)")
      var reader = try ArchiveReader.open(path, formats: .tar, filters: filter)
      #expect(try reader.next()?.path == "a")
      let content = try reader.readAll(limit: 1 << 20)
      #expect(content.count == 300_000)
      #expect(try reader.next() == nil)
      try reader.finish()
      // A compression that the caller did not ask for is no archive to it.
      #expect(code(path, .tar) == .damaged)
    }
  }

  @Test(arguments: ["gz", "xz", "bz2", "zst"])
  func cutOffArchivesAreErrors(_ suffix: String) async throws {
    try await withTemporaryFolder { folder in
      let tar = folder.appending("a.tar.\(suffix)")
      if suffix == "zst" {
        try await python(compressed, ["gz"], in: folder)
        try await Command(
          "sh", ["-c", "gzip -dc a.tar.gz | zstd -q -o a.tar.zst"],
          environment: ["PATH": "/usr/bin:/bin"], workingDirectory: folder
        ).run()
      } else {
        try await python(compressed, [suffix], in: folder)
      }
      let whole = try Files.read(tar)
      #expect(try list(tar, .tar, .all).count == 1)
      for lost in [1, 9, whole.count / 2] {
        try Files.write(whole.dropLast(lost), to: tar)
        #expect(code(tar, .tar, .all) == .damaged, "\(lost) bytes lost")
      }
      // libarchive checks the sums of all but gzip.
      var flipped = whole
      flipped[whole.count / 2] ^= 0x40
      try Files.write(flipped, to: tar)
      #expect(code(tar, .tar, .all) == (suffix == "gz" ? nil : .damaged))
    }
  }

  @Test func cutOffPlainTarIsAnError() async throws {
    try await withTemporaryFolder { folder in
      try await python(everyKind, in: folder)
      let tar = folder.appending("kinds.tar")
      let whole = try Files.read(tar)
      for count in [100, 512 + 512 + 700, 512 * 3 + 3] {
        try Files.write(whole.prefix(count), to: tar)
        #expect(code(tar, .tar) != nil, "\(count) bytes left")
      }
    }
  }

  @Test func streamsNestedArchives() async throws {
    try await withTemporaryFolder { folder in
      try await python(compressed, ["xz"], in: folder)
      try Files.write("2.0\n", to: folder.appending("debian-binary"))
      try await Command(
        "ar", ["qc", "x.deb", "debian-binary", "a.tar.xz"], environment: ["PATH": "/usr/bin:/bin"],
        workingDirectory: folder
      ).run()
      let deb = folder.appending("x.deb")
      var outer = try ArchiveReader.open(deb, formats: .ar)
      #expect(try outer.next()?.path == "debian-binary")
      #expect(try outer.readAll(limit: 100) == Array("2.0\n".utf8))
      #expect(try outer.next()?.path == "a.tar.xz")
      let size = try outer.withNested(formats: .tar, filters: .xz, failure: { $0 }) {
        (inner) throws(ArchiveError) in
        let entry = try inner.next()
        let size = try inner.readAll(limit: 1 << 20).count
        #expect(try inner.next() == nil)
        return (entry?.size, size)
      }
      #expect(size == (300_000, 300_000))
      #expect(try outer.next() == nil)
      try outer.finish()

      try Files.write(try Files.read(deb).dropLast(200), to: deb)
      var cut = try ArchiveReader.open(deb, formats: .ar)
      _ = try cut.next()
      _ = try cut.next()
      #expect(throws: ArchiveError.self) {
        try cut.withNested(formats: .tar, filters: .xz, failure: { $0 }) {
          (inner) throws(ArchiveError) in while try inner.next() != nil {}
        }
      }
    }
  }

  @Test func readsZipByItsDirectory() async throws {
    try await withTemporaryFolder { folder in
      try await python(zip, in: folder)
      let entries = try list(folder.appending("a.zip"), .zip)
      #expect(entries.map(\.path) == ["a.txt", "d/", "d/bin"])
      #expect(entries.map(\.kind) == [.file, .directory, .file])
      #expect(entries[2].permissions == 0o755)
      let bytes = try Files.read(folder.appending("a.zip"))
      var reader = try ArchiveReader.open(bytes: bytes, name: "in memory", formats: .zip)
      _ = try reader.next()
      #expect(try reader.readAll(limit: 5) == Array("hello".utf8))
      try reader.finish()
    }
  }

  @Test func fillsTheHolesOfSparseEntries() async throws {
    try await withTemporaryFolder { folder in
      try await Command(
        "sh",
        [
          "-c",
          "truncate -s 1M s; printf x | dd of=s bs=1 seek=500000 conv=notrunc 2>/dev/null; tar -cSf s.tar s",
        ],
        environment: ["PATH": "/usr/bin:/bin"], workingDirectory: folder
      ).run()
      var reader = try ArchiveReader.open(folder.appending("s.tar"), formats: .tar)
      _ = try reader.next()
      #expect(try reader.readAll(limit: 2 << 20) == (try Files.read(folder.appending("s"))))
      try reader.finish()
    }
  }

  /// Two files of 600 MB each, of which either would do.
  @Test func refusesMoreHolesThanAnybodyNeeds() async throws {
    try await withTemporaryFolder { folder in
      try await Command(
        "sh", ["-c", "for f in a b; do truncate -s 600M $f; done; tar -cSf s.tar a b"],
        environment: ["PATH": "/usr/bin:/bin"], workingDirectory: folder
      ).run()
      var reader = try ArchiveReader.open(folder.appending("s.tar"), formats: .tar)
      var bytes = 0
      var refused: ArchiveError?
      do throws(ArchiveError) {
        while try reader.next() != nil {
          try reader.forEachChunk(failure: { $0 }) { (chunk) throws(ArchiveError) in
            bytes += chunk.byteCount
          }
        }
      } catch { refused = error }
      #expect(refused?.code == .tooLarge && refused?.entry == "b")
      #expect(bytes == 600 << 20)
    }
  }

  @Test func boundsWhatItReads() async throws {
    try await withTemporaryFolder { folder in
      try await python(compressed, ["gz"], in: folder)
      var reader = try ArchiveReader.open(
        folder.appending("a.tar.gz"), formats: .tar, filters: .gzip)
      _ = try reader.next()
      var refused: ArchiveError.Code?
      do throws(ArchiveError) { _ = try reader.readAll(limit: 299_999) } catch {
        refused = error.code
      }
      #expect(refused == .tooLarge)
    }
  }

  @Test func refusesWhatIsNoArchive() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("text")
      try Files.write(String(repeating: "no archive\n", count: 500), to: path)
      #expect(code(path, [.ar, .tar, .zip], .all) != nil)
      #expect(code(folder.appending("absent"), .tar) == .cannotOpen)
    }
  }

  @Test func namesThatAreNotUTF8AreErrors() async throws {
    try await withTemporaryFolder { folder in
      try await python(latin1, in: folder)
      #expect(code(folder.appending("latin.tar"), .tar) == .notUTF8)
    }
  }

  private func list(
    _ path: FilePath, _ formats: ArchiveReader.Formats, _ filters: ArchiveReader.Filters = .none
  ) throws(ArchiveError) -> [ArchiveEntry] {
    var reader = try ArchiveReader.open(path, formats: formats, filters: filters)
    var entries: [ArchiveEntry] = []
    while let entry = try reader.next() { entries.append(entry) }
    try reader.finish()
    return entries
  }

  private func code(
    _ path: FilePath, _ formats: ArchiveReader.Formats, _ filters: ArchiveReader.Filters = .none
  ) -> ArchiveError.Code? {
    do throws(ArchiveError) {
      _ = try list(path, formats, filters)
      return nil
    } catch {
      return error.code
    }
  }
}

private let everyKind = """
  import tarfile, io
  t = tarfile.open('kinds.tar', 'w', format=tarfile.PAX_FORMAT)
  def add(name, type, data=b'', **more):
      i = tarfile.TarInfo(name); i.type = type; i.size = len(data)
      for key, value in more.items(): setattr(i, key, value)
      t.addfile(i, io.BytesIO(data))
  add('./', tarfile.DIRTYPE, mode=0o755)
  add('./ordner/', tarfile.DIRTYPE, mode=0o2755)
  add('./ordner/größe', tarfile.REGTYPE, b'12345', mode=0o4755, uid=7, gid=42, gname='shadow', mtime=1234567890)
  add('./link', tarfile.SYMTYPE, linkname='ordner/größe')
  add('./hart', tarfile.LNKTYPE, linkname='./ordner/größe')
  add('./null', tarfile.CHRTYPE, devmajor=1, devminor=3)
  add('./pipe', tarfile.FIFOTYPE)
  add('./ping', tarfile.REGTYPE, pax_headers={'SCHILY.xattr.security.capability': '\\x01\\0\\0\\x02\\0\\x20' + '\\0' * 14})
  t.close()
  """

private let compressed = """
  import tarfile, io, sys, random
  t = tarfile.open('a.tar.' + sys.argv[1], 'w:' + sys.argv[1])
  i = tarfile.TarInfo('a'); i.size = 300000
  t.addfile(i, io.BytesIO(random.Random(1).randbytes(300000)))
  t.close()
  """

private let zip = """
  import zipfile
  z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED)
  def add(name, mode, data):
      i = zipfile.ZipInfo(name); i.create_system = 3; i.external_attr = mode << 16
      z.writestr(i, data)
  add('a.txt', 0o100644, 'hello'); add('d/', 0o40755, ''); add('d/bin', 0o100755, 'x')
  z.close()
  """

private let latin1 = """
  import tarfile
  t = tarfile.open('latin.tar', 'w', format=tarfile.GNU_FORMAT, encoding='latin-1')
  t.addfile(tarfile.TarInfo('gr\\xfc\\xdfe')); t.close()
  """
