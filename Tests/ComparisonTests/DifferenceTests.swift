import Commands
import Comparison
import Dispatch
import FileSystem
import SystemPackage
import TestSupport
import Testing

/// Images that differ in one thing, written by Python's tarfile.
@Suite struct DifferenceTests {
  init() throws { try #require(UTF8Locale.isSet) }

  private static let program = """
    import gzip, io, lzma, sys, tarfile
    status = b"Package: bash\\nStatus: install ok installed\\nVersion: 5.2\\n\\n" \\
        b"Package: gone\\nStatus: deinstall ok config-files\\nVersion: 1\\n"
    def entries():
        return [
            dict(name="./", kind="d"),
            dict(name="./etc", kind="d"),
            dict(name="./etc/a", data=b"content"),
            dict(name="./etc/b", data=b"content"),
            dict(name="./etc/link", kind="l", link="a"),
            dict(name="./etc/wsl.conf", data=b"[boot]\\nsystemd=true\\n"),
            dict(name="./etc/same", kind="h", link="./etc/a"),
            dict(name="./var/lib/dpkg/status", data=status),
            dict(name="./opt/numpy-2.5.dist-info/METADATA",
                 data=b"Metadata-Version: 2.1\\nName: NumPy\\nVersion: 2.5\\n\\nName: no\\n"),
        ]
    def write(path, entries, form=tarfile.GNU_FORMAT, pack=lambda b: gzip.compress(b, 6, mtime=0)):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=form) as tar:
            for e in entries:
                info = tarfile.TarInfo(e["name"])
                info.mode = e.get("mode", 0o644)
                info.mtime = e.get("time", 1600000000)
                info.uid, info.gid = e.get("owner", 0), e.get("group", 0)
                info.pax_headers = e.get("pax", {})
                kind = e.get("kind", "f")
                info.type = dict(f=tarfile.REGTYPE, d=tarfile.DIRTYPE, l=tarfile.SYMTYPE,
                                 h=tarfile.LNKTYPE)[kind]
                info.linkname = e.get("link", "")
                info.size = len(e.get("data", b""))
                tar.addfile(info, io.BytesIO(e["data"]) if kind == "f" else None)
        open(path, "wb").write(pack(out.getvalue()))
    first, second = entries(), entries()
    arguments = {}
    def find(name):
        return next(e for e in second if e["name"] == name)

    """

  /// - Parameters:
  ///   - first: Python that changes `first`, the list of the first image's entries.
  ///   - second: Python that changes `second`, or the `arguments` of writing it.
  private func difference(
    _ second: String, first: String = ""
  ) async throws -> ImageDifference {
    try await withTemporaryFolder { folder in
      try await python(
        Self.program + first + "\n" + second
          + "\nwrite('a.tar.gz', first); write('b.tar.gz', second, **arguments)\n", in: folder)
      return try await ImageDifference.between(
        folder.appending("a.tar.gz"), folder.appending("b.tar.gz"))
    }
  }

  @Test func theSameBytesAreTheSame() async throws {
    let difference = try await difference("")
    #expect(difference.isSame && difference.reasons.isEmpty)
    #expect(difference.added.isEmpty && difference.removed.isEmpty && difference.changed.isEmpty)
    #expect(difference.before.paths == 9 && difference.before.sha256 == difference.after.sha256)
  }

  @Test(
    arguments: [
      ("find('./etc/b')['data'] = b'other__'", [.content], ["etc/b"]),
      ("find('./etc/b')['data'] = b'longer content'", [.content], ["etc/b"]),
      ("find('./etc/b')['mode'] = 0o755", [.mode], ["etc/b"]),
      ("find('./etc/b')['owner'] = 7", [.owner], ["etc/b"]),
      ("find('./etc/b')['group'] = 7", [.owner], ["etc/b"]),
      ("find('./etc/b')['time'] = 1600000001", [.time], ["etc/b"]),
      ("find('./etc/link')['link'] = 'b'", [.link], ["etc/link"]),
      ("find('./etc/b').update(kind='d')", [.kind, .content], ["etc/b"]),
      ("second.remove(find('./etc/b'))", [.paths], ["etc/b"]),
      ("second.append(dict(name='./opt/new', data=b'n'))", [.paths], ["opt/new"]),
      ("second[2], second[3] = second[3], second[2]", [.order], ["etc/b", "etc/a"]),
      ("arguments['pack'] = lambda b: gzip.compress(b, 1, mtime=0)", [.compression], []),
      ("arguments['pack'] = lzma.compress", [.compression], []),
      ("arguments['pack'] = bytes", [.compression], []),
      ("arguments['form'] = tarfile.USTAR_FORMAT", [.headers], []),
    ] as [(String, [ImageDifference.Reason.Kind], [String])])
  func oneThingIsOneReason(
    change: String, kinds: [ImageDifference.Reason.Kind], paths: [String]
  ) async throws {
    let difference = try await difference(change)
    #expect(!difference.isSame)
    #expect(difference.reasons.map(\.kind) == kinds)
    #expect(difference.reasons.first?.examples == paths)
  }

  /// Were the places of paths not all different, their order would be another one each time.
  @Test func pathsThatComeAgainHaveOneOrder() async throws {
    let again = """
      for n in range(40): first.append(dict(name=f'./opt/{n}', data=b'n'))
      first = [e for e in first for _ in range(2)]
      """
    for _ in 0..<4 {
      let difference = try await difference(
        "second = list(first)\narguments['pack'] = bytes", first: again)
      #expect(difference.reasons.map(\.kind) == [.compression])
    }
  }

  @Test func anAttributeIsAReason() async throws {
    let capability = """
      arguments['form'] = tarfile.PAX_FORMAT
      find('./etc/b')['pax'] = {'SCHILY.xattr.user.note': 'x'}
      """
    let difference = try await difference(capability)
    #expect(difference.reasons.map(\.kind) == [.attributes])
  }

  @Test func severalThingsAreSeveralReasons() async throws {
    let difference = try await difference(
      """
      find('./etc/a').update(mode=0o600, data=b'changed!')
      find('./etc/b').update(mode=0o600)
      second.append(dict(name='./etc/c', data=b'12345'))
      second.remove(find('./etc/link'))
      """)
    #expect(difference.reasons.map(\.kind) == [.paths, .content, .mode])
    #expect(difference.reasons.map(\.count) == [2, 1, 2])
    #expect(difference.added.map(\.path) == ["etc/c"] && difference.added.map(\.size) == [5])
    #expect(difference.removed.map(\.path) == ["etc/link"])
    #expect(difference.changed.map(\.path) == ["etc/a", "etc/b"])
    #expect(difference.changed.map(\.fields) == [[.content, .mode], [.mode]])
    #expect(difference.changed.map(\.growth) == [1, 0])
  }

  @Test func packagesWheelsAndSettingsComeFromTheBytes() async throws {
    let difference = try await difference(
      """
      e = find('./var/lib/dpkg/status')
      e['data'] = e['data'].replace(b'5.2', b'5.3') \
        + b'\\nPackage: new\\nStatus: install ok installed\\nVersion: 1\\n'
      e = find('./opt/numpy-2.5.dist-info/METADATA')
      e['data'] = e['data'].replace(b'2.5', b'2.6')
      find('./etc/wsl.conf')['data'] = b'[boot]\\nsystemd = false\\n[user]\\ndefault=me\\n'
      """)
    #expect(
      difference.components.map { "\($0.kind) \($0.name) \($0.before) \($0.after)" } == [
        #"package bash ["5.2"] ["5.3"]"#, #"package new [] ["1"]"#, #"wheel numpy ["2.5"] ["2.6"]"#,
      ])
    #expect(
      difference.configuration.map { "\($0.name) \($0.before ?? "-") \($0.after ?? "-")" } == [
        "etc/wsl.conf: boot.systemd true false", "etc/wsl.conf: user.default - me",
      ])
  }

  @Test func theLastEntryOfAPathCounts() async throws {
    let difference = try await difference(
      "second.append(dict(name='etc/a', data=b'later'))", first: "")
    #expect(difference.changed.map(\.path) == ["etc/a"])
    #expect(difference.reasons.map(\.kind) == [.content, .order])
  }

  @Test(arguments: ["", "no archive at all", "{", "{\"manifest\": 1}"])
  func whatIsNoImageIsRefused(content: String) async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("x.tar")
      try Files.write(content, to: path)
      let error = await #expect(throws: ComparisonError.self) {
        try await ImageDifference.between(path, path)
      }
      #expect(error?.code == .unreadable && error?.subject == path.string)
    }
  }

  @Test func aCutImageIsRefused() async throws {
    try await withTemporaryFolder { folder in
      try await python(
        Self.program + "write('a.tar.gz', first); write('b.tar.gz', second)\n", in: folder)
      let path = folder.appending("b.tar.gz")
      try Files.write(try Files.read(path).dropLast(40), to: path)
      let error = await #expect(throws: ComparisonError.self) {
        try await ImageDifference.between(folder.appending("a.tar.gz"), path)
      }
      #expect(error?.code == .unreadable && error?.subject == path.string)
    }
  }

  /// An archive of 2 kB with a file that is all hole.
  private static let sparse = """
    import sys
    block = bytearray(512)
    for offset, text in [(0, "a"), (100, "0000644"), (108, "0000000"), (116, "0000000"),
                         (124, "%011o" % 5), (136, "%011o" % 0), (148, "        "), (156, "S"),
                         (257, "ustar  "), (386, "%011o" % 0), (398, "%011o" % 5)]:
        block[offset:offset + len(text)] = text.encode()
    block[483:495] = b"\\x80" + (1 << EXPONENT).to_bytes(11, "big")
    block[148:155] = b"%06o\\0" % sum(block)
    open("a.tar", "wb").write(block + b"hello" + bytes(507 + 1024))
    """

  @Test(arguments: ["62", "42", "30"])
  func aHoleThatCostsItsArchiveNothingIsRefused(exponent: String) async throws {
    try await withTemporaryFolder { folder in
      try await python(Self.sparse.replacing("EXPONENT", with: exponent), in: folder)
      let path = folder.appending("a.tar")
      let error = await #expect(throws: ComparisonError.self) {
        try await ImageDifference.between(path, path)
      }
      #expect(error?.code == .unreadable && error?.causes.count == 1)
    }
  }

  @Test func theReadingOfALargeFileIsInterrupted() async throws {
    try await withTemporaryFolder { folder in
      try await python(Self.sparse.replacing("EXPONENT", with: "29"), in: folder)
      let path = folder.appending("a.tar")
      let task = Task { try await ImageDifference.between(path, path) }
      // On a thread of its own, as signals come: reading takes all that tasks and the global queues have.
      let queue = DispatchQueue(label: "interrupter")
      queue.asyncAfter(deadline: .now() + .milliseconds(50)) { task.cancel() }
      let error = await #expect(throws: ComparisonError.self) { try await task.value }
      #expect(error?.code == .interrupted)
    }
  }
}
