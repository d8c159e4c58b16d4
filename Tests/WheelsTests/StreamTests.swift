import Content
import Digests
import FileSystem
import SystemPackage
import TestSupport
import Testing
import Wheels

/// What an image takes from a wheel without inflating it.
struct StreamTests {
  @Test func eachStreamDecodesToItsFile() async throws {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make(
        """
        import random
        random.seed(7)
        wheel(files={"a.py": b"a" * 70000, "b.bin": random.randbytes(50000), "same.py": b"a" * 70000,
                     "empty.py": b""})
        """, in: folder)
      let file = folder.appending("plain-1.0-py3-none-any.whl")
      // Fresh from the zip, and read back from the store.
      for reused in [false, true] {
        let wheel = try await WheelMaker.unpack([file], in: folder)[0]
        #expect(wheel.isReused == reused)
        let streams = wheel.streams
        #expect(Set(streams.keys) == Set(wheel.files.map(\.sha256)))
        for (sha256, stream) in streams {
          let program = """
            import hashlib, sys, zlib
            data = open(sys.argv[1], "rb").read()[\(stream.range.lowerBound):\(stream.range.upperBound)]
            decoder = zlib.decompressobj(-15)
            content = decoder.decompress(data)
            assert decoder.eof and not decoder.unused_data
            assert zlib.crc32(content) == \(stream.crc)
            assert hashlib.sha256(content).hexdigest() == "\(sha256.hex)"
            """
          try await python(program.replacing("sys.argv[1]", with: "'\(stream.file)'"), in: folder)
        }
      }
    }
  }

  @Test func whatADiskLostOfAWheelIsFound() async throws {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make("wheel(files={'a.py': b'one', 'b.py': b'two'})", in: folder)
      let file = folder.appending("plain-1.0-py3-none-any.whl")
      let wheel = try await WheelMaker.unpack([file], in: folder)[0]
      let place = wheel.tree.removingLastComponent()
      #expect(try UnpackedWheel.departure(at: place) == nil)
      try Files.write("owt", to: wheel.tree.appending("b.py"))
      #expect(try UnpackedWheel.departure(at: place) == "tree/b.py")
      try Files.removeFile(wheel.tree.appending("a.py"))
      #expect(try UnpackedWheel.departure(at: place) == "tree/a.py")
      try Files.write("", to: place.appending("listing"))
      #expect(try UnpackedWheel.departure(at: place) == "listing")
    }
  }

  @Test func aStoredFileHasNone() async throws {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make(
        "wheel(files={'a.py': b'a' * 70000}, method=zipfile.ZIP_STORED)", in: folder)
      let file = folder.appending("plain-1.0-py3-none-any.whl")
      #expect(try await WheelMaker.unpack([file], in: folder)[0].streams.isEmpty)
    }
  }

  @Test func whatLiesBehindAStreamIsRefused() async throws {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make(
        """
        class Trailing:
            def __init__(self): self.real = zlib.compressobj(6, zlib.DEFLATED, -15)
            def compress(self, data): return self.real.compress(data)
            def flush(self): return self.real.flush() + b"behind the end"
        import zlib
        zipfile._get_compressor = lambda *_, **__: Trailing()
        wheel(files={"a.py": b"a" * 70000})
        """, in: folder)
      let file = folder.appending("plain-1.0-py3-none-any.whl")
      let error = await #expect(throws: WheelError.self) {
        try await WheelMaker.unpack([file], in: folder)
      }
      #expect(error?.code == .damagedContent)
    }
  }
}
