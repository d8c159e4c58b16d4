import Commands
import Content
import FileSystem
import Needs
import Store
import SystemPackage
import TestSupport
import Testing
import Wheels

@Suite(.needs("python3", if: Files.exists("/usr/bin/python3")))
struct ByteCodeTests {
  private static let program = """
    code = "import os\\ndef f%d(path='name', *a, **k):\\n    return {'x', 'y', 'z%d'} , os.path\\n"
    files = {"pkg/m%d.py" % n: (code % (n, n) * (n + 1)).encode() for n in range(12)}
    files["pkg/bad.py"] = b"print 'other Python'\\n"
    files["pkg/data.txt"] = b"no module"
    files["a-1.0.data/scripts/tool.py"] = b"#!python\\nx = 1\\n"
    wheel("a", files=files)
    wheel("b", files={"b.py": b"b = {'k': ('k', 'l')}\\n"})
    """

  private func run(_ command: ByteCode.Command) async throws -> CommandResult {
    try await Command(
      command.arguments[0], Array(command.arguments.dropFirst()),
      environment: command.environment
    ).run()
  }

  private func byteCode(below folder: FilePath) throws -> [String: String] {
    try treeListing(folder).filter { $0.key.hasSuffix(".pyc") }
  }

  @Test func compilesOnceAndReproducibly() async throws {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make(Self.program, in: folder)
      let version = try await python(
        "import sys; print('%d.%d' % sys.version_info[:2], end='')", in: folder)
      let unpacked = try await WheelMaker.unpack(
        ["a", "b"].map { folder.appending("\($0)-1.0-py3-none-any.whl") }, in: folder)
      let place = folder.appending("image")
      let environment = VirtualEnvironment(
        path: place.string, pythonVersion: version.output.filter { !$0.isNewline },
        interpreter: "/usr/bin/python3")
      let requests = unpacked.map { WheelRequest(wheel: $0, isRequested: true) }
      let installed = try WheelInstaller(environment: environment).install(requests, into: "/")
      let store = try Store(root: folder.appending("store"))
      let code = ByteCode(store: store, python: "test")
      #expect(try code.restore(installed, into: "/") == [0, 1])

      let result = try await run(code.command(for: [0, 1], of: installed, jobs: 3))
      #expect(result.errors.contains("bad.py"))
      let first = try byteCode(below: place)
      #expect(first.count == 14)
      let module = place.appending(try #require(first.keys.sorted().first))
      #expect(try Files.read(module)[4..<8] == [1, 0, 0, 0], "unchecked hash")
      try await code.keep([0, 1], of: installed, from: "/")
      let kept = try store.results(.byteCode)
      #expect(kept.count == 2)
      for result in kept {
        let listing = try LayerListing(reading: result.appending(LayerListing.fileName))
        #expect(try listing.departure(in: result.appending("upper")) == nil)
        #expect(listing.entries.contains { $0.kind == .file })
      }

      for path in first.keys { try Files.removeFile(place.appending(path)) }
      _ = try await run(code.command(for: [1], of: installed, jobs: 1))
      _ = try await run(code.command(for: [0], of: installed, jobs: 1))
      #expect(try byteCode(below: place) == first)

      let upper = folder.appending("upper")
      try Files.makeDirectory(upper)
      #expect(try code.restore(installed, into: upper) == [])
      #expect(try byteCode(below: upper.appending(environment.path)) == first)
      #expect(
        try ByteCode(store: store, python: "other").restore(installed, into: upper) == [0, 1])
    }
  }

  /// Of the image's own Python, which may be anybody's.
  @Test func nothingIsKeptThatALinkLeadsTo() async throws {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make(
        "wheel('a', files={'a.py': b'1', 'b/b.py': b'2', 'c/c.py': b'3'})", in: folder)
      let unpacked = try await WheelMaker.unpack(
        [folder.appending("a-1.0-py3-none-any.whl")], in: folder)
      let (layer, upper, victim) = (
        folder.appending("layer"), folder.appending("upper"), folder.appending("victim")
      )
      for path in [layer, victim] { try Files.makeDirectory(path) }
      let installed = try WheelInstaller(
        environment: VirtualEnvironment(path: "opt/ml", pythonVersion: "3.13")
      ).install(unpacked.map { WheelRequest(wheel: $0, isRequested: true) }, into: layer)
      let site = upper.appending("opt/ml/lib/python3.13/site-packages")
      for path in ["b", "c/__pycache__"] { try Files.makeDirectories(site.appending(path)) }
      for name in ["a", "b", "c"] {
        try Files.write("mine", to: victim.appending("\(name).cpython-313.pyc"))
      }
      for path in ["__pycache__", "b/__pycache__"] {
        try Files.makeSymlink(site.appending(path), to: victim.string)
      }
      try Files.makeSymlink(
        site.appending("c/__pycache__/c.cpython-313.pyc"),
        to: victim.appending("c.cpython-313.pyc").string)
      let code = ByteCode(
        store: try Store(root: folder.appending("store")), python: "test")
      try await code.keep([0], of: installed, from: upper)
      let again = folder.appending("again")
      try Files.makeDirectory(again)
      #expect(try code.restore(installed, into: again) == [])
      #expect(try Files.entries(again) == [])
      #expect(try Files.status(victim.appending("a.cpython-313.pyc"))?.linkCount == 1)
      let kept = folder.appending("store/results/byte-code")
      var links: [String] = []
      try Files.walk(kept) { path, status in
        if status.kind == .symlink { links.append(path) }
        return true
      }
      #expect(links == [])
    }
  }

  /// Such a file has other bytes than the wheel says, and the same size.
  @Test func replacesTheByteCodeThatAWheelBrings() async throws {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make(
        "wheel('a', files={'a.py': b'1', '__pycache__/a.cpython-313.pyc': b'theirs'})", in: folder)
      let unpacked = try await WheelMaker.unpack(
        [folder.appending("a-1.0-py3-none-any.whl")], in: folder)
      let (layer, upper) = (folder.appending("layer"), folder.appending("upper"))
      try Files.makeDirectory(layer)
      let installed = try WheelInstaller(
        environment: VirtualEnvironment(path: "opt/ml", pythonVersion: "3.13")
      ).install(unpacked.map { WheelRequest(wheel: $0, isRequested: true) }, into: layer)
      let site = "opt/ml/lib/python3.13/site-packages"
      let compiled = "\(site)/__pycache__/a.cpython-313.pyc"
      try Files.makeDirectories(upper.appending(compiled).removingLastComponent())
      try Files.write("kiln's", to: upper.appending(compiled))

      let store = try Store(root: folder.appending("store"))
      let digests = try ByteCode(store: store, python: "test").join(
        upper, into: layer, of: installed)

      #expect(try Files.readText(layer.appending(compiled)) == "kiln's")
      #expect(installed.digests[compiled] != nil)
      #expect(Set(installed.digests.paths).subtracting(digests.paths) == [compiled])
    }
  }
}
