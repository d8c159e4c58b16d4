import Commands
import Compression
import FileSystem
import SystemPackage
import TestSupport
import Testing

@Suite("Block compressors")
struct BlockCompressorTests {
  static let cases = CompressionFormat.allCases.flatMap { format in
    CompressionSetting.allCases.map { BlockCompressor(format, $0) }
  }

  @Test(
    "units in a row decode to their blocks in a row, by the format's own tool", arguments: cases)
  func roundTrip(compressor: BlockCompressor) async throws {
    let blocks = [Sample.text(60_000), [], Sample.noise(20_000), [7], Sample.zeros(300_000)]
    let units = try blocks.map { try compressor.unit(of: $0) }
    try await withTemporaryFolder { folder in
      try Files.write(joined(units), to: folder.appending("packed"))
      let tool = compressor.format.tool
      try await shell("\(tool) < packed > plain", in: folder)
      #expect(try Files.read(folder.appending("plain")) == joined(blocks))
    }
  }

  @Test("the same block gives the same bytes", arguments: cases)
  func repeatable(compressor: BlockCompressor) throws {
    let block = Sample.text(100_000)
    #expect(try compressor.unit(of: block) == compressor.unit(of: block))
  }

  @Test("the name of gzip's compressors is of what the library that runs makes")
  func names() async throws {
    let names = Set(CompressionSetting.allCases.map { BlockCompressor(.gzip, $0).description })
    #expect(names.count == 3)
    // Length and check sum of what the library makes of a sample, and no release that kiln was built
    // with.
    for name in names {
      #expect(name.contains(/^gzip \w+ libdeflate level \d+ sample \d{4,5} \d+$/), "\(name)")
    }
  }

  @Test("a gzip member says nothing of where and when it was made")
  func header() throws {
    let unit = try BlockCompressor(.gzip, .balanced).unit(of: [1, 2, 3])
    #expect(unit.prefix(10) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
  }

  @Test(
    "slower settings are smaller", arguments: [CompressionFormat.gzip, .xz, .zstd])
  func settings(format: CompressionFormat) throws {
    let block = Sample.text(1 << 17)
    let sizes = try CompressionSetting.allCases.map {
      try BlockCompressor(format, $0).unit(of: block).count
    }
    #expect(sizes[0] > sizes[1])
    #expect(sizes[2] * 100 < sizes[1] * 101)
  }

  @Test("what liblzma needs is known before it is taken")
  func memory() {
    let memory = BlockCompressor(.xz, .small).workingMemory(blockSize: 8 << 20)
    #expect(memory > 64 << 20 && memory < 128 << 20)
  }
}

@Suite("Joined deflate streams")
struct JoinableDeflateTests {
  static let blocks: [[UInt8]] =
    [[], [0], Sample.zeros(1 << 20), Sample.text(100_000), Sample.noise(50_000)]
    + (1...40).map { Sample.text($0 * 97) + Sample.noise($0) }

  @Test("many streams become one member", arguments: CompressionSetting.allCases)
  func join(setting: CompressionSetting) async throws {
    var join = GzipJoin()
    var bytes = Gzip.header
    for block in Self.blocks {
      let stream = try JoinableDeflate(Deflate.stream(of: block, setting))
      join.add(crc: stream.crc, size: stream.size)
      bytes += stream.bytes
    }
    bytes += join.end()
    try await withTemporaryFolder { folder in
      try Files.write(bytes, to: folder.appending("joined.gz"))
      try await shell("gzip -t joined.gz", in: folder)
      let program = """
        import zlib
        reader = zlib.decompressobj(31)
        plain = reader.decompress(open("joined.gz", "rb").read())
        assert reader.eof and not reader.unused_data
        open("plain", "wb").write(plain)
        """
      try await python(program, in: folder)
      #expect(try Files.read(folder.appending("plain")) == joined(Self.blocks))
    }
  }

  @Test("streams that another compressor made join too")
  func foreign() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Sample.text(100_000), to: folder.appending("plain"))
      let program = """
        import zlib
        plain = open("plain", "rb").read()
        for level in range(10):
            packer = zlib.compressobj(level, zlib.DEFLATED, -15)
            open(f"{level}", "wb").write(packer.compress(plain) + packer.flush())
        """
      try await python(program, in: folder)
      let plain = try Files.read(folder.appending("plain"))
      let crc = try Deflate.stream(of: plain, .fast).crc
      var join = GzipJoin()
      var bytes = Gzip.header
      for level in 0..<10 {
        let stream = try JoinableDeflate(
          DeflateStream(
            bytes: try Files.read(folder.appending("\(level)")), crc: crc, size: plain.count))
        join.add(crc: stream.crc, size: stream.size)
        bytes += stream.bytes
      }
      try Files.write(bytes + join.end(), to: folder.appending("joined.gz"))
      try await shell("gzip -dc joined.gz > all", in: folder)
      #expect(
        try Files.read(folder.appending("all"))
          == joined((0..<10).map { _ in plain }))
    }
  }

  @Test("a stream that is cut, damaged, followed by more or of another size is refused")
  func damaged() throws {
    let stream = try Deflate.stream(of: Sample.text(50_000), .balanced)
    let wrong = [
      DeflateStream(bytes: stream.bytes.dropLast(), crc: 0, size: stream.size),
      DeflateStream(bytes: stream.bytes + [0], crc: 0, size: stream.size),
      DeflateStream(bytes: stream.bytes, crc: 0, size: stream.size - 1),
      DeflateStream(bytes: [7] + stream.bytes, crc: 0, size: stream.size),
      DeflateStream(bytes: [], crc: 0, size: 0),
    ]
    for stream in wrong {
      #expect(throws: CompressionError(.badStream, "zlib")) { try JoinableDeflate(stream) }
    }
  }
}

/// Blocks with different statistics, the same in every run.
enum Sample {
  static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  static func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15 &+ UInt64(count)
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 32)
    }
  }

  static func text(_ count: Int) -> [UInt8] {
    let words = ["tar", "gzip", "member", "kiln", "distribution", "\n", "layer", "and", "1972"]
    var bytes: [UInt8] = []
    for index in noise(count / 2 + 1) where bytes.count < count {
      bytes += Array((words[Int(index) % words.count] + " ").utf8)
    }
    return Array(bytes.prefix(count))
  }
}

func joined(_ parts: [[UInt8]]) -> [UInt8] { parts.reduce(into: []) { $0 += $1 } }

@discardableResult
func shell(_ script: String, in folder: FilePath) async throws -> CommandResult {
  try await Command(
    "sh", ["-ec", script], environment: ["PATH": TestEnvironment.path, "LC_ALL": "C"],
    workingDirectory: folder
  ).run()
}

extension CompressionFormat {
  fileprivate var tool: String {
    switch self {
    case .plain: "cat"
    case .gzip: "gzip -dc"
    case .xz: "xz -dc"
    case .zstd: "zstd -dcq"
    }
  }
}
