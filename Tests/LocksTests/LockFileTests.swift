import Content
import Diagnostics
import Digests
import FileSystem
import Locks
import SystemPackage
import Testing

/// A lock with one package, for tests to vary.
func sampleLock(
  _ artifacts: [Artifact] = [sampleArtifact()], recipe: String = "demo",
  date: Int64 = 1_700_000_000, requested: [String] = ["hello"]
) -> Lock {
  Lock(
    recipe: recipe, recipeDigest: SHA256Digest(ofText: "recipe"), architecture: .amd64, date: date,
    artifacts: artifacts, requested: requested)
}

func sampleArtifact(
  _ name: String = "hello", kind: Artifact.Kind = .package, version: String = "1:2.10-5",
  size: Int64 = 53_228, content: String = "hello", source: String = "debian",
  path: String = "pool/main/h/hello/hello_2.10-5_amd64.deb", dependencies: [String] = ["libc6"]
) -> Artifact {
  Artifact(
    kind: kind, name: name, version: version, architecture: .amd64, size: size,
    sha256: SHA256Digest(ofText: content), source: source, path: path, installedSize: 1024,
    dependencies: dependencies)
}

@Suite("Lock files") struct LockFileTests {
  private func withFolder(_ body: (FilePath) throws -> Void) throws {
    let folder = FilePath("/tmp/kiln-locks-\(UInt64.random(in: .min ... .max))")
    try Files.makeDirectories(folder)
    defer { try? Files.removeTree(folder) }
    try body(folder)
  }

  @Test("a lock survives its file, and equal locks give equal bytes") func roundTrip() throws {
    try withFolder { folder in
      let path = folder.appending("demo.lock.json")
      #expect(try Lock.read(path) == nil)
      try sampleLock().write(path)
      #expect(try Lock.read(path) == sampleLock())
      let bytes = try Files.read(path)
      #expect(bytes.last == UInt8(ascii: "\n"))
      #expect(try sampleLock().encoded() == bytes)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("pool/main/h/hello/hello_2.10-5_amd64.deb"))
    }
  }

  @Test("what the file system refuses keeps its own code") func unwritable() throws {
    try withFolder { folder in
      #expect {
        try sampleLock().write(folder.appending("absent/demo.lock.json"))
      } throws: { error in
        (error as? LockError)?.diagnostics.first?.code == "K7001"
      }
    }
  }

  @Test(
    "broken files are named as what they are",
    arguments: [
      ("", LockError.Code.corrupt), ("[]", .corrupt), ("{\"lock\": 1}", .corrupt),
      ("{\"lock\": 2}", .unknownVersion), ("{\"lock\": \"1\"}", .corrupt), ("\u{1}", .corrupt),
    ])
  func broken(text: String, code: LockError.Code) throws {
    #expect {
      try Lock.decode(Array(text.utf8), from: "demo.lock.json")
    } throws: { error in
      (error as? LockError)?.code == code
    }
  }

  @Test("a missing key is named") func missingKey() throws {
    let text = String(decoding: try sampleLock().encoded(), as: UTF8.self)
      .split(separator: "\n").filter { !$0.contains("\"version\"") }.joined(separator: "\n")
    #expect {
      try Lock.decode(Array(text.utf8), from: "demo.lock.json")
    } throws: { error in
      (error as? LockError)?.reason == "artifacts.[0].version: the key is missing"
        || (error as? LockError)?.reason?.hasSuffix("version: the key is missing") == true
    }
  }

  @Test(
    "paths that leave their source are refused",
    arguments: [
      "/etc/passwd", "../x.deb", "a/../../x.deb", "a//b.deb", "./a.deb",
      "http://example.org/a.deb", "a\nb", "", "a\\b",
    ])
  func oddPath(path: String) throws {
    let bytes = try sampleLock([sampleArtifact(path: path)]).encoded()
    #expect {
      try Lock.decode(bytes, from: "demo.lock.json")
    } throws: { error in
      (error as? LockError)?.code == .oddArtifact
    }
  }

  @Test("the recipe's own URLs are fine") func recipeURL() throws {
    let lock = sampleLock([
      sampleArtifact(source: "recipe", path: "https://example.org/hello.deb")
    ])
    #expect(try Lock.decode(lock.encoded(), from: "demo.lock.json") == lock)
  }

  @Test(
    "odd names, sources, versions and sizes are refused",
    arguments: [
      sampleArtifact("a/b"), sampleArtifact(""), sampleArtifact("..", source: "debian"),
      sampleArtifact(source: "example.org/x"), sampleArtifact(version: "1/2"),
      sampleArtifact(version: "1\u{1B}]0;x\u{7}"), sampleArtifact(version: "1\r\n"),
      sampleArtifact(source: "recipe", path: "https://example.org/a\u{1B}[2J.deb"),
      sampleArtifact(source: "recipe", path: "https://example.org/a\u{9B}2J.deb"),
      sampleArtifact(size: 0), sampleArtifact(size: .max),
    ])
  func oddField(artifact: Artifact) throws {
    let bytes = try sampleLock([artifact]).encoded()
    #expect {
      try Lock.decode(bytes, from: "demo.lock.json")
    } throws: { error in
      (error as? LockError)?.code == .oddArtifact
    }
  }

  /// A committed lock with a date below 0 ended the build in a trap.
  @Test("dates that no image can have are refused", arguments: [-1, 1 << 33, Int64.max, Int64.min])
  func oddDate(date: Int64) throws {
    let bytes = try sampleLock(date: date).encoded()
    let error = #expect(throws: LockError.self) { try Lock.decode(bytes, from: "demo.lock.json") }
    #expect(error?.code == .oddArtifact)
    #expect(error?.subject == "the date")
    #expect(sampleLock(date: (1 << 33) - 1).fault == nil)
    #expect(sampleLock(date: 0).fault == nil)
  }

  @Test("sizes that are too much together are refused") func sizes() {
    let lock = sampleLock([
      sampleArtifact(size: SizeLimit.largest), sampleArtifact("world", size: 1),
    ])
    #expect(lock.fault?.subject == "all sizes")
    #expect(sampleLock([sampleArtifact(size: SizeLimit.largest)]).fault == nil)
  }

  @Test("the same package twice is refused, a package and a wheel of one name are not")
  func duplicates() throws {
    let twice = try sampleLock([sampleArtifact(), sampleArtifact(version: "2")]).encoded()
    #expect {
      try Lock.decode(twice, from: "demo.lock.json")
    } throws: { error in
      (error as? LockError)?.code == .duplicate
    }
    let both = sampleLock([
      sampleArtifact(), sampleArtifact(kind: .wheel, path: "hello/hello-1-py3-none-any.whl"),
    ])
    #expect(try Lock.decode(both.encoded(), from: "demo.lock.json") == both)
  }

  @Test("archives of the recipe are told apart by their paths, those of an index by their project")
  func archives() throws {
    let own = { (path: String) in
      sampleArtifact("tool.zip", kind: .archive, source: "recipe", path: path)
    }
    let indexed = { (version: String) in
      sampleArtifact(
        "tool", kind: .archive, version: version, source: "pypi", path: "tool/tool-1.whl")
    }
    let lock = sampleLock([own("a/tool.zip"), own("b/tool.zip"), indexed("1")])
    #expect(try Lock.decode(lock.encoded(), from: "demo.lock.json") == lock)
    #expect(lock.archives.map(\.isInIndex) == [false, false, true])
    for twice in [[own("a"), own("a")], [indexed("1"), indexed("2")]] {
      let bytes = try sampleLock(twice).encoded()
      let error = #expect(throws: LockError.self) { try Lock.decode(bytes, from: "demo.lock.json") }
      #expect(error?.code == .duplicate)
    }
    #expect(
      LockDifference(from: sampleLock([indexed("1")]), to: sampleLock([indexed("2")])).description
        .hasPrefix("~ archive tool 1 → 2"))
  }

  @Test("freshness is the recipe's digest") func fresh() {
    #expect(sampleLock().isFresh(for: SHA256Digest(ofText: "recipe")))
    #expect(!sampleLock().isFresh(for: SHA256Digest(ofText: "another")))
  }
}
