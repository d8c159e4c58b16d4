import Content
import Digests
import FileSystem
import Images
import Needs
import Store
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Images that stand where they are to be written.
@Suite("Standing images", .needs("root", if: TestEnvironment.isRoot))
struct StandingTests {
  private final class Kitchen: Sendable {
    let folder: FilePath
    let store: Store
    let layer: LayerFixture
    let made = Mutex(0)

    init(_ folder: FilePath) throws {
      self.folder = folder
      store = try Store(root: folder.appending("store"))
      // As the store has its results: the name is over all that the layer is made from.
      layer = try LayerFixture(folder, "store/results/layer/ab/cdef/upper")
      try layer.file("etc/file", "content")
    }

    func write(inputs: String = "") async throws -> WrittenImage {
      let companions = Companions([".about"], inputs: SHA256Digest(ofText: inputs)) { [self] _, _ in
        made.withLock { $0 += 1 }
        return [Array(inputs.utf8)]
      }
      let writer = ImageWriter(
        provenance: ImageWriterTests.provenance(), segments: SegmentStore(store: store, jobs: 1),
        companions: companions, progress: { _ in })
      let request = try ImageWriterTests.request(folder, "image.tar.gz", [layer.layer])
      return try #require(try await writer.write([request]).first)
    }
  }

  @Test("are told apart from others without being read")
  func untouched() async throws {
    try await withTemporaryFolder { folder in
      let kitchen = try Kitchen(folder)
      let first = try await kitchen.write()
      #expect(try await kitchen.write() == first)
      #expect(kitchen.made.withLock { $0 } == 1)
    }
  }

  @Test("are rid of what a killed kiln left beside them")
  func abandoned() async throws {
    try await withTemporaryFolder { folder in
      let kitchen = try Kitchen(folder)
      let first = try await kitchen.write()
      let left = folder.appending(".image.tar.gz.about.1-2.part")
      try Files.write("half", to: left)
      #expect(try await kitchen.write() == first)
      #expect(kitchen.made.withLock { $0 } == 1 && !Files.exists(left))
    }
  }

  @Test(
    "are written again where any of their files is another",
    arguments: ["image.tar.gz", "image.tar.gz.about", "image.tar.gz.sha256"])
  func changed(name: String) async throws {
    try await withTemporaryFolder { folder in
      let kitchen = try Kitchen(folder)
      let first = try await kitchen.write()
      let path = folder.appending(name)
      let content = try Files.read(path)
      let time = try #require(try Files.status(path)).modified
      // In place, of the same size, and as old as before.
      try Files.write([UInt8](content.reversed()), to: path)
      try Files.setModified(time, of: path)
      #expect(try await kitchen.write() == first)
      #expect(try Files.read(path) == content)
      #expect(kitchen.made.withLock { $0 } == 2)
    }
  }

  @Test("are written again where what they tell is another")
  func inputs() async throws {
    try await withTemporaryFolder { folder in
      let kitchen = try Kitchen(folder)
      _ = try await kitchen.write()
      _ = try await kitchen.write(inputs: "more")
      #expect(try Files.readText(folder.appending("image.tar.gz.about")) == "more")
    }
  }

  @Test("are read where a layer is none of the store's, since it may change")
  func foreign() async throws {
    try await withTemporaryFolder { folder in
      let layer = try LayerFixture(folder, "layer")
      try layer.file("etc/file", "content")
      let request = try ImageWriterTests.request(folder, "image.tar.gz", [layer.layer])
      let first = try await ImageWriterTests.writer(folder).write([request])
      try layer.file("etc/file", "another")
      let again = try ImageWriterTests.request(folder, "image.tar.gz", [layer.layer])
      #expect(again == request)
      #expect(try await ImageWriterTests.writer(folder).write([again]) != first)
    }
  }
}
