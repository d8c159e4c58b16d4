import Commands
import FileSystem
import SystemPackage
import TestSupport
import Testing
import Wheels

struct ZipDirectoryTests {
  /// Zips by hand: each part can lie on its own.
  private static let prelude = """
    import io, struct, zipfile, zlib
    def deflate(data):
        c = zlib.compressobj(6, zlib.DEFLATED, -15)
        return c.compress(data) + c.flush()
    def local(name, data=b"", method=0, flags=0, crc=None, csize=None, size=None, extra=b"",
              raw=None, tail=b""):
        raw = (deflate(data) if method == 8 else data) if raw is None else raw
        crc = zlib.crc32(data) if crc is None else crc
        csize = len(raw) if csize is None else csize
        size = len(data) if size is None else size
        return struct.pack("<IHHHIIIIHH", 0x04034b50, 20, flags, method, 0, crc, csize, size,
                           len(name), len(extra)) + name + extra + raw + tail
    def central(name, data=b"", method=0, flags=0, crc=None, csize=None, size=None, offset=0,
                mode=0o100644, extra=b"", raw=None, disk=0):
        raw = (deflate(data) if method == 8 else data) if raw is None else raw
        crc = zlib.crc32(data) if crc is None else crc
        csize = len(raw) if csize is None else csize
        size = len(data) if size is None else size
        return struct.pack("<IHHHHIIIIHHHHHII", 0x02014b50, 0x031e, 20, flags, method, 0, crc,
                           csize, size, len(name), len(extra), 0, disk, 0, mode << 16, offset) \\
            + name + extra
    def end(count, size, offset, comment=b"", here=None, disk=0):
        return struct.pack("<IHHHHIIH", 0x06054b50, disk, disk, count if here is None else here,
                           count, size, offset, len(comment)) + comment
    def end64(count, size, offset, at):
        return struct.pack("<IQHHIIQQQQ", 0x06064b50, 44, 45, 45, 0, 0, count, count, size, offset) \\
            + struct.pack("<IIQI", 0x07064b50, 0, at, 1)
    def archive(locals_, centrals, **changes):
        body, directory = b"".join(locals_), b"".join(centrals)
        return body + directory + end(len(centrals), len(directory), len(body), **changes)
    def simple(name, data=b"data", **c):
        return archive([local(name, data, **{k: v for k, v in c.items() if k != "mode"})],
                       [central(name, data, **c)])
    def write(data):
        open("test.zip", "wb").write(data)

    """

  /// The zips of the tests with many arguments.
  private static let made = Task {
    try await WheelMaker.files(
      ofEach: wideZips + badEntries.map(\.0) + badZips.map(\.0), behind: prelude)
  }

  private func readMade(_ program: String) async throws -> Result<ZipDirectory, WheelError> {
    let files = try #require(try await Self.made.value[program])
    return try await withTemporaryFolder { folder in
      let zip = folder.appending("test.zip")
      try Files.write(try #require(files["test.zip"]), to: zip)
      return Result { () throws(WheelError) in try ZipDirectory.read(zip) }
    }
  }

  private func read(
    _ program: String, limits: ZipDirectory.Limits = .init()
  ) async throws -> Result<ZipDirectory, WheelError> {
    try await withTemporaryFolder { folder in
      try await python(Self.prelude + program, in: folder)
      return Result { () throws(WheelError) in
        try ZipDirectory.read(folder.appending("test.zip"), limits: limits)
      }
    }
  }

  @Test func readsWhatZipfileWrites() async throws {
    let program = """
      with zipfile.ZipFile("test.zip", "w", zipfile.ZIP_DEFLATED) as z:
          i = zipfile.ZipInfo("folder/"); i.external_attr = 0o40755 << 16; z.writestr(i, b"")
          i = zipfile.ZipInfo("folder/run"); i.external_attr = 0o100750 << 16
          z.writestr(i, b"#!" * 100, zipfile.ZIP_DEFLATED)
          z.writestr("\\u96ea", b"stored", zipfile.ZIP_STORED)
      """
    let entries = try await read(program).get().entries
    #expect(entries.map(\.path) == ["folder", "folder/run", "雪"])
    #expect(entries.map(\.isDirectory) == [true, false, false])
    #expect(entries.map(\.isExecutable) == [false, true, false])
    #expect(entries.map(\.method) == [.stored, .deflated, .stored])
    #expect(entries.map(\.size) == [0, 200, 6])
    #expect(entries.allSatisfy { $0.dataRange.count == Int($0.compressedSize) })
  }

  @Test func givesTheRawRangeOfAnEntry() async throws {
    try await withTemporaryFolder { folder in
      let program = """
        write(archive([local(b"a", b"one"), local(b"b", b"two" * 50, method=8)],
                      [central(b"a", b"one"), central(b"b", b"two" * 50, method=8, offset=34)]))
        """
      try await python(Self.prelude + program, in: folder)
      let zip = folder.appending("test.zip")
      let entry = try #require(try ZipDirectory.read(zip).entries.last)
      let range = "\(entry.dataRange.lowerBound), \(entry.dataRange.upperBound)"
      let check = """
        raw = open("test.zip", "rb").read()[slice(\(range))]
        data = zlib.decompress(raw, -15)
        print(data == b"two" * 50 and zlib.crc32(data) == \(entry.checksum))
        """
      #expect(try await python(Self.prelude + check, in: folder).output == "True\n")
    }
  }

  /// Streams with data descriptors, and 64-bit sizes and end records, as big wheels have them.
  private static let wideZips: [String] = [
    """
    class Pipe(io.RawIOBase):
        def __init__(self, f): self.f = f
        def writable(self): return True
        def write(self, b): return self.f.write(b)
    with open("test.zip", "wb") as f, zipfile.ZipFile(Pipe(f), "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("a", b"streamed" * 9); z.writestr("b", b"")
    """,
    """
    with zipfile.ZipFile("test.zip", "w") as z:
        with z.open("a", "w", force_zip64=True) as f: f.write(b"wide")
        z.writestr("b", b"")
    """,
    """
    l, c = local(b"a", b"x") + local(b"b"), central(b"a", b"x") + central(b"b", offset=32)
    write(l + c + end64(2, len(c), len(l), len(l + c)) + end(65535, 2**32 - 1, 2**32 - 1))
    """,
    """
    x = struct.pack("<HHQQ", 1, 16, 1, 1)
    m = 2**32 - 1
    l = local(b"a", b"x", csize=m, size=m, extra=x) + local(b"b")
    c = central(b"a", b"x", csize=m, size=m, extra=x) + central(b"b", offset=len(l) - 31)
    write(l + c + end(2, len(c), len(l)))
    """,
    """
    d = struct.pack("<IIQQ", 0x08074b50, zlib.crc32(b"x"), 1, 1)
    l = local(b"a", b"x", flags=8, crc=0, csize=0, size=0, tail=d) + local(b"b")
    c = central(b"a", b"x", flags=8) + central(b"b", offset=len(l) - 31)
    write(l + c + end(2, len(c), len(l)))
    """,
  ]

  @Test(arguments: wideZips)
  func readsStreamedAndWideEntries(program: String) async throws {
    #expect(try await readMade(program).get().entries.map(\.path) == ["a", "b"])
  }

  private static let badEntries: [(String, WheelError.Code)] = [
    (#"write(simple(b"/etc/passwd"))"#, .unsafeName),
    (#"write(simple(b"../up"))"#, .unsafeName),
    (#"write(simple(b"a/../../up"))"#, .unsafeName),
    (#"write(simple(b"a/.."))"#, .unsafeName),
    (#"write(simple(b"a/./b"))"#, .unsafeName),
    (#"write(simple(b"a//b"))"#, .unsafeName),
    (#"write(simple(b""))"#, .unsafeName),
    (#"write(simple(b"/"))"#, .unsafeName),
    (#"write(simple(b"a\\b"))"#, .unsafeName),
    (#"write(simple(b"..\\up"))"#, .unsafeName),
    (#"write(simple(b"C:/windows"))"#, .unsafeName),
    (#"write(simple(b"c:evil"))"#, .unsafeName),
    (#"write(simple(b"a\0b"))"#, .unsafeName),
    (#"write(simple(b"a\nb"))"#, .unsafeName),
    (#"write(simple(b"\xff\xfe", flags=0x800))"#, .unsafeName),
    (#"write(simple("\u00e9".encode()))"#, .unsafeName),
    (#"write(simple(b"a" * 256))"#, .unsafeName),
    (#"write(simple(b"a/" * 2500 + b"b"))"#, .unsafeName),
    // A slash with a combining mark is one character to Swift, and still a slash to the kernel.
    (#"write(simple("..\u002f\u0301x/a".encode(), flags=0x800))"#, .unsafeName),
    (#"write(simple("a/..\u002f\u0301b".encode(), flags=0x800))"#, .unsafeName),
    (#"write(simple(b"link", b"../../etc/passwd", mode=0o120777))"#, .unsupported),
    (#"write(simple(b"device", b"", mode=0o020666))"#, .unsupported),
    (#"write(simple(b"fifo", b"", mode=0o010666))"#, .unsupported),
    (#"write(simple(b"folder", b"", mode=0o040755))"#, .unsupported),
    (#"write(simple(b"folder/", b"content"))"#, .unsupported),
    (#"write(simple(b"a", flags=1))"#, .unsupported),
    (#"write(simple(b"a", flags=0x41))"#, .unsupported),
    (#"write(simple(b"a", flags=0x2000))"#, .unsupported),
    (#"write(simple(b"a", flags=0x20))"#, .unsupported),
    (#"write(simple(b"a", method=12))"#, .unsupported),
    (#"write(simple(b"a", method=9))"#, .unsupported),
    (
      #"write(archive([local(b"a")] * 2, [central(b"a"), central(b"a", offset=31)]))"#,
      .duplicateName
    ),
    (
      #"write(archive([local(b"a"), local(b"a/b")], [central(b"a"), central(b"a/b", offset=31)]))"#,
      .duplicateName
    ),
    (
      #"write(archive([local(b"a/b/c"), local(b"a")], [central(b"a/b/c"), central(b"a", offset=35)]))"#,
      .duplicateName
    ),
    (
      #"write(archive([local(b"a"), local(b"a/")], [central(b"a"), central(b"a/", offset=31, mode=0)]))"#,
      .duplicateName
    ),
  ]

  @Test(arguments: badEntries)
  func refusesEntries(program: String, code: WheelError.Code) async throws {
    guard case .failure(let error) = try await readMade(program) else {
      Issue.record("accepted")
      return
    }
    #expect(error.code == code)
    #expect(error.entry != nil)
    #expect(!error.diagnostics.isEmpty)
  }

  private static let badZips: [(String, WheelError.Code)] = [
    // Headers that lie.
    (#"write(archive([local(b"b", b"x")], [central(b"a", b"x")]))"#, .contradictory),
    (#"write(archive([local(b"a", b"x", crc=1)], [central(b"a", b"x")]))"#, .contradictory),
    (#"write(archive([local(b"a", b"x", size=2)], [central(b"a", b"x")]))"#, .contradictory),
    (#"write(archive([local(b"a", b"x", method=8)], [central(b"a", b"x")]))"#, .contradictory),
    (#"write(archive([local(b"a", b"x", flags=8)], [central(b"a", b"x")]))"#, .contradictory),
    (#"write(simple(b"a", b"x", size=2))"#, .contradictory),
    (#"write(simple(b"a", b"x" * 99, method=8, size=1 << 30))"#, .contradictory),
    (#"write(simple(b"a", b"x", flags=8))"#, .contradictory),
    (
      #"write(archive([local(b"a", b"xy", csize=1, size=1, raw=b"xy", crc=zlib.crc32(b"x"))], [central(b"a", b"x")]))"#,
      .notAZip
    ),
    (#"write(simple(b"a", b"x", csize=2**32-2, size=2**32-2))"#, .notAZip),
    (#"write(simple(b"a", b"x", csize=2**32-1))"#, .contradictory),
    (
      #"write(simple(b"a", extra=struct.pack("<HHQQ", 1, 16, 2**63, 2**63), size=2**32-1))"#,
      .contradictory
    ),
    (#"write(simple(b"a", extra=b"\1\0\x30\0xx"))"#, .contradictory),
    (#"write(simple(b"a", extra=struct.pack("<HHBI", 0x7075, 8, 1, 0) + b"b/c"))"#, .contradictory),
    // Ranges that overlap, or that leave bytes out.
    (
      #"write(archive([local(b"a", b"x" * 90)], [central(b"a", b"x" * 90), central(b"b", b"x", offset=40)]))"#,
      .contradictory
    ),
    (#"write(archive([local(b"a")], [central(b"a"), central(b"b")]))"#, .contradictory),
    (
      #"write(archive([local(b"a"), b"gap", local(b"b")], [central(b"a"), central(b"b", offset=34)]))"#,
      .notAZip
    ),
    (#"write(archive([local(b"a"), b"hidden"], [central(b"a")]))"#, .notAZip),
    (#"write(archive([local(b"a"), local(b"hidden")], [central(b"a")]))"#, .notAZip),
    (#"write(b"before" + simple(b"a"))"#, .notAZip),
    (#"write(archive([b"before", local(b"a")], [central(b"a", offset=6)]))"#, .notAZip),
    (#"write(simple(b"a") + b"behind")"#, .notAZip),
    (#"write(simple(b"a") + simple(b"b"))"#, .notAZip),
    (#"write(archive([local(b"a")], [central(b"a")], comment=b"comment"))"#, .notAZip),
    (#"write(archive([local(b"a")], [central(b"a"), b"PK"]))"#, .notAZip),
    (#"write(archive([local(b"a")], [central(b"a")], disk=1))"#, .unsupported),
    (#"write(archive([local(b"a")], [central(b"a")], here=2))"#, .unsupported),
    (#"write(archive([local(b"a")], [central(b"a", offset=5000)]))"#, .notAZip),
    (#"c = central(b"a"); write(local(b"a") + c + end(0, len(c), 31))"#, .contradictory),
    // Cut off.
    (#"write(b"")"#, .notAZip), (#"write(b"PK")"#, .notAZip), (#"write(bytes(5000))"#, .notAZip),
    (#"write(simple(b"a")[:-1])"#, .notAZip), (#"write(simple(b"a")[:60])"#, .notAZip),
    (#"write(simple(b"a", b"x" * 5000)[3000:])"#, .notAZip),
    // Zip64 records that are missing or disagree.
    (#"write(local(b"a") + central(b"a") + end(65535, 47, 31))"#, .notAZip),
    (
      #"c = central(b"a"); write(local(b"a") + c + end64(1, len(c), 31, 5) + end(1, len(c), 31))"#,
      .contradictory
    ),
    (
      #"c = central(b"a"); write(local(b"a") + c + end64(1, len(c), 31, 31 + len(c)) + end(2, len(c), 31))"#,
      .contradictory
    ),
  ]

  @Test(arguments: badZips)
  func refusesZips(program: String, code: WheelError.Code) async throws {
    guard case .failure(let error) = try await readMade(program) else {
      Issue.record("accepted")
      return
    }
    #expect(error.code == code, "\(error)")
  }

  /// Every cut of a zip is refused, none crashes.
  @Test func refusesEveryCut() async throws {
    try await withTemporaryFolder { folder in
      let program = """
        write(archive([local(b"a", b"one"), local(b"b/c", b"two" * 9, method=8)],
                      [central(b"a", b"one"), central(b"b/c", b"two" * 9, method=8, offset=34)]))
        """
      try await python(Self.prelude + program, in: folder)
      let whole = try Files.read(folder.appending("test.zip"))
      let cut = folder.appending("cut.zip")
      for length in whole.indices {
        try Files.write(whole[..<length], to: cut)
        #expect(throws: WheelError.self) { try ZipDirectory.read(cut) }
      }
      for index in whole.indices {
        var changed = whole
        changed[index] ^= 0xFF
        try Files.write(changed, to: cut)
        // Times, versions and contents may change unseen here; nothing may trap.
        _ = try? ZipDirectory.read(cut)
      }
    }
  }

  @Test func holdsItsLimits() async throws {
    let program =
      #"write(archive([local(b"a", b"xx"), local(b"b")], [central(b"a", b"xx"), central(b"b", offset=33)]))"#
    for limits in [
      ZipDirectory.Limits(entries: 1), .init(directoryBytes: 50), .init(unpackedBytes: 1),
    ] {
      guard case .failure(let error) = try await read(program, limits: limits) else {
        Issue.record("accepted")
        continue
      }
      #expect(error.code == .tooLarge)
    }
    let fits = ZipDirectory.Limits(entries: 2, directoryBytes: 94, unpackedBytes: 2)
    #expect(try await read(program, limits: fits).get().entries.count == 2)
  }

  @Test func namesAMissingFile() throws {
    let error = #expect(throws: WheelError.self) {
      try ZipDirectory.read("/nonexistent/wheel.whl")
    }
    #expect(error?.code == .unreadable)
  }
}
