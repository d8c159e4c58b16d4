import Commands
import Content
import Digests
import FileSystem
import Images
import Needs
import Store
import SystemPackage
import TestSupport
import Testing

/// What the store keeps of images, and what the next image takes from it.
@Suite("Segments", .needs("root", if: TestEnvironment.isRoot))
struct SegmentTests {
  private func segments(_ folder: FilePath, store: String = "store") throws -> Set<String> {
    var found: Set<String> = []
    let results = folder.appending("\(store)/results/segment")
    guard Files.exists(results) else { return [] }
    try Files.walk(results) { path, _ in
      if path.hasSuffix("/data") { found.insert(path) }
      return true
    }
    return found
  }

  @Test(
    "an image from a store that has its segments is the same, and reads no file of the layers",
    arguments: ["image.wsl", "image.tar.xz", "image.tar.zst"], [ImageCompression.fast, .compatible])
  func reuse(file: String, compression: ImageCompression) async throws {
    try await withTemporaryFolder { folder in
      let layer = try LayerFixture(folder, "layer")
      for index in 0..<9 {
        try layer.file("srv/\(index)", bytes: Array("\(index) and ".utf8).cycled(400_000))
      }
      let layers = [try layer.layer]
      let request = try ImageWriterTests.request(folder, file, layers)
      let first = try await ImageWriterTests.writer(folder, compression).write([request])
      let made = try segments(folder)
      #expect(made.count == 2)
      try Files.removeFile(folder.appending(file))
      for index in 0..<9 {
        try layer.file("srv/\(index)", bytes: Array("nothing!".utf8).cycled(400_000))
      }
      let second = try await ImageWriterTests.writer(folder, compression).write([request])
      #expect(first == second)
      #expect(try FileDigest(of: folder.appending(file)).sha256 == first[0].sha256)
      #expect(try segments(folder) == made)
    }
  }

  @Test("a changed layer changes its own segment, and none of those below")
  func change() async throws {
    try await withTemporaryFolder { folder in
      var base = try LayerFixture(folder, "base", origin: Origin(.configuration))
      for name in ["one", "two", "three"] {
        try base.file("usr/\(name)", name)
        base.own("usr/\(name)", Origin(.package, name: name, version: "1"))
      }
      let top = try LayerFixture(folder, "top", origin: Origin(.file))
      try top.file("etc/motd", "hello")
      func write() async throws -> Set<String> {
        let request = try ImageWriterTests.request(folder, "a.wsl", [base.layer, top.layer])
        _ = try await ImageWriterTests.writer(folder).write([request])
        return try segments(folder)
      }
      let before = try await write()
      try top.file("etc/motd", "world")
      #expect(try await write().subtracting(before).count == 1)
      // A package that loses a file has a segment without it; the others stay.
      try top.whiteout("usr/two")
      #expect(try await write().subtracting(before).count == 1)
      let names = try await shell("tar tf a.wsl", in: folder).output.split(separator: "\n")
      #expect(!names.contains("./usr/two") && names.contains("./usr/three"))
    }
  }

  @Test("packages are prepared before what comes above them is there")
  func preparation() async throws {
    try await withTemporaryFolder { folder in
      var base = try LayerFixture(folder, "base", origin: Origin(.configuration))
      for name in ["one", "two"] {
        try base.file("usr/\(name)", name)
        base.own("usr/\(name)", Origin(.package, name: name, version: "1"))
      }
      let top = try LayerFixture(folder, "top", origin: Origin(.configuration))
      try top.file("usr/two", "changed")
      let layers = try [base.layer, top.layer]
      let writer = try ImageWriterTests.writer(folder)
      let tree = try await writer.prepare([base.layer], [.wsl])
      let prepared = try segments(folder)
      #expect(prepared.count == 2)
      let request = try ImageWriterTests.request(folder, "a.wsl", layers)
      let image = try await writer.write([request], over: tree)
      // The folders and the configuration, which has the other file now.
      #expect(try segments(folder).subtracting(prepared).count == 2)
      let alone = try await ImageWriterTests.writer(folder, store: "empty").write([request])
      #expect(image == alone)
      #expect(try segments(folder, store: "empty").count == 3)
    }
  }

  @Test("what images have in common at their beginning is hashed once for all of them")
  func commonBeginning() async throws {
    try await withTemporaryFolder { folder in
      var base = try LayerFixture(folder, "base", origin: Origin(.configuration))
      try base.file("usr/one", "one")
      base.own("usr/one", Origin(.package, name: "one", version: "1"))
      let top = try LayerFixture(folder, "top", origin: Origin(.file))
      func write(_ text: String) async throws -> (said: SHA256Digest, actual: SHA256Digest) {
        try top.file("etc/motd", text)
        let request = try ImageWriterTests.request(folder, "a.wsl", [base.layer, top.layer])
        let images = try await ImageWriterTests.writer(folder).write([request])
        return (images[0].sha256, try FileDigest(of: folder.appending("a.wsl")).sha256)
      }
      let first = try await write("hello")
      #expect(first.said == first.actual)
      let second = try await write("world")
      #expect(second.said == second.actual && second.said != first.said)
      // Proof that the store is asked: with what another hash had come to, the digest is wrong.
      var other = Hasher256()
      other.update([1])
      var count = 0
      let results = folder.appending("store/results/beginning")
      func replace(_ write: ([UInt8], FilePath) throws(FileError) -> Void) throws {
        try Files.walk(results) { path, _ throws(FileError) in
          if path.hasSuffix("/state") {
            count += 1
            try write(other.state.bytes, results.appending(path))
          }
          return true
        }
      }
      try replace { (bytes, path) throws(FileError) in try SealedFile.write(bytes, to: path) }
      // Behind the folders and behind the package, for both; behind each file.
      #expect(count == 4)
      let third = try await write("again")
      #expect(third.said != third.actual)
      // What somebody or the disk changed is not believed.
      try replace { (bytes, path) throws(FileError) in
        try Files.write(bytes.reversed(), to: path)
      }
      let damaged = try await write("once again")
      #expect(damaged.said == damaged.actual)
      // A segment that somebody touched is read.
      try await shell("touch store/results/segment/*/*/data", in: folder)
      let fourth = try await write("once more")
      #expect(fourth.said == fourth.actual)
    }
  }

  @Test("a damaged segment gives no image, and is found and made again")
  func damage() async throws {
    try await withTemporaryFolder { folder in
      let layers = try ImageWriterTests.stack(folder)
      let request = try ImageWriterTests.request(folder, "a.wsl", layers)
      let good = try await ImageWriterTests.writer(folder).write([request])
      try await shell(
        """
        data=$(ls -S store/results/segment/*/*/data | head -n 1)
        printf xyz | dd of="$data" bs=1 seek=70 conv=notrunc status=none
        rm a.wsl
        """, in: folder)
      // Of the image that is known, and of another that has the segment too.
      let other = try LayerFixture(folder, "other", origin: Origin(.step, name: "other"))
      try other.file("etc/other")
      for layers in try [layers, layers + [other.layer]] {
        let bad = try ImageWriterTests.request(folder, "a.wsl", layers)
        let error = await #expect(throws: ImageError.self) {
          try await ImageWriterTests.writer(folder).write([bad])
        }
        #expect(error?.code == .damagedSegment)
        #expect(!Files.exists(folder.appending("a.wsl")))
      }
      let damage = try await Store(root: folder.appending("store")).verify(repair: true, jobs: 2)
      #expect(damage.count == 1 && damage.allSatisfy(\.isRemoved))
      _ = try await ImageWriterTests.writer(folder).write([request])
      #expect(try FileDigest(of: folder.appending("a.wsl")).sha256 == good[0].sha256)
    }
  }

  @Test("a file that stands there byte for byte is left alone, and any other is replaced")
  func standing() async throws {
    try await withTemporaryFolder { folder in
      let layers = try ImageWriterTests.stack(folder)
      let target = folder.appending("a.wsl")
      let request = try ImageWriterTests.request(folder, "a.wsl", layers)
      let image = try await ImageWriterTests.writer(folder).write([request])
      let inode = try #require(try Files.status(target)).inode
      _ = try await ImageWriterTests.writer(folder).write([request])
      #expect(try Files.status(target)?.inode == inode)
      try await shell("printf x | dd of=a.wsl bs=1 seek=999 conv=notrunc status=none", in: folder)
      _ = try await ImageWriterTests.writer(folder).write([request])
      #expect(try FileDigest(of: target).sha256 == image[0].sha256)
    }
  }
}
