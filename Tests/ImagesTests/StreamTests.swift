import Commands
import Content
import Digests
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

@testable import Images

/// Deflate streams of wheels that stand in an image as they are.
@Suite("Streams", .needs("root", if: TestEnvironment.isRoot))
struct StreamTests {
  private static let wheel = Origin(.wheel, name: "big", version: "1")

  /// A layer with a wheel's files, the zip that they come from in the store, and its streams.
  private func stack(_ folder: FilePath) async throws -> ([Layer], DeflateSources) {
    var layer = try LayerFixture(folder, "layer", origin: Origin(.python))
    try await python(
      """
      import random, zipfile
      random.seed(1)
      # Longer than deflate looks back, so that it is compressed like words without end.
      words = b"".join(random.choice([b"kiln ", b"wheel ", b"%d " % random.getrandbits(40)])
                       for _ in range(10_000))
      with zipfile.ZipFile("big.whl", "w", zipfile.ZIP_DEFLATED, compresslevel=2) as z:
          for name, size in [("large", 700_001), ("small", 999), ("larger", 3_000_000)]:
              z.writestr(name, (words * (size // len(words) + 1))[:size])
      with zipfile.ZipFile("big.whl") as z, open("places", "w") as places:
          for i in z.infolist():
              open("layer/" + i.filename, "wb").write(z.read(i))
              start = i.header_offset + 30 + len(i.filename)
              print(i.filename, start, i.compress_size, i.CRC, file=places)
      """, in: folder)
    let zip = folder.appending("big.whl")
    let sha256 = try FileDigest(of: zip).sha256
    let stored = folder.appending("store/artifacts/\(sha256.hex.prefix(2))")
    try Files.makeDirectories(stored)
    let file = stored.appending(String(sha256.hex.dropFirst(2)))
    try Files.copy(zip, to: file)
    var streams: [SHA256Digest: DeflateSource] = [:]
    for line in try Files.readText(folder.appending("places")).split(separator: "\n") {
      let fields = line.split(separator: " ")
      let start = try #require(Int64(fields[1]))
      let length = try #require(Int64(fields[2]))
      layer.own(String(fields[0]), Self.wheel)
      let content = try FileDigest(of: layer.directory.appending(String(fields[0]))).sha256
      streams[content] = DeflateSource(
        artifact: sha256, file: file, range: start..<start + length,
        crc: try #require(UInt32(fields[3])))
    }
    return (try [layer.layer], [Self.wheel: streams])
  }

  @Test("need no space of their own in the store")
  func space() async throws {
    try await withTemporaryFolder { folder in
      let (layers, streams) = try await stack(folder)
      let tree = try FileTree(layers, sourceDateEpoch: ImageWriterTests.epoch)
      let plan = ImagePlan(
        tree.entries, order: OriginOrder(artifacts: [], carried: tree.origins),
        memberSize: 1 << 20, streams: streams)
      let group = try #require(plan.groups.first { $0.origin == Self.wheel })
      #expect(group.size > 3_700_000 && group.sizeToCompress < 10_000)
    }
  }

  @Test(
    "readers see the same tree, with streams and without", arguments: ImageCompression.allCases)
  func readers(compression: ImageCompression) async throws {
    try await withTemporaryFolder { folder in
      let (layers, streams) = try await stack(folder)
      let request = try ImageWriterTests.request(folder, "a.wsl", layers)
      let writer = try ImageWriterTests.writer(folder, compression, streams: streams)
      _ = try await writer.write([request])
      try await shell(
        """
        gzip -t < a.wsl; pigz -t < a.wsl; mkdir one two
        bsdtar -x -p --xattrs --numeric-owner -f - -C one < a.wsl
        gzip -dc < a.wsl | tar -x -C two
        diff -r one layer; diff -r two layer
        """, in: folder)
      // The largest file's stream is in the image as the wheel has it, where that pays.
      let found = try await shell(
        """
        python3 - <<'END'
        start, length = next(l.split()[1:3] for l in open("places") if l.startswith("larger"))
        wheel = open("big.whl", "rb").read()[int(start):int(start) + int(length)]
        print(wheel in open("a.wsl", "rb").read())
        END
        """, in: folder
      ).output
      #expect(
        found == (["fast", "balanced"].contains(compression.rawValue) ? "True\n" : "False\n"))
    }
  }

  @Test("a changed file of a wheel is not taken from it")
  func changed() async throws {
    try await withTemporaryFolder { folder in
      let (layers, streams) = try await stack(folder)
      let changed = Array("other ".utf8).cycled(700_001)
      try Files.write(changed, to: layers[0].directory.appending("large"))
      try LayerListing(of: layers[0].directory).write(to: layers[0].listing)
      let request = try ImageWriterTests.request(folder, "a.wsl", layers)
      _ = try await ImageWriterTests.writer(folder, streams: streams).write([request])
      try await shell("mkdir out; bsdtar -xf a.wsl -C out; diff -r out layer", in: folder)
    }
  }
}
