import FileSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct OpenFileTests {
  private static let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 3) }

  @Test func bytesAreReadWhereTheyAre() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("a")
      try Files.write(Self.content, to: path)
      let file = try ReadableFile(path)
      #expect(try file.size == 100_000)
      #expect(try file.bytes(at: 300, count: 70_000) == Array(Self.content[300..<70_300]))
      #expect(try file.bytes(at: 99_990, upTo: 50) == Array(Self.content[99_990...]))
      #expect(try file.bytes(at: 200_000, upTo: 1) == [])
      #expect(try file.bytes(at: 7, count: 0) == [])
      #expect(throws: FileError(.damaged, "read", path)) {
        try file.bytes(at: 99_990, count: 11)
      }
      var buffer: [UInt8] = [1, 2, 3, 4]
      #expect(try file.fill(&buffer, 1..<3, from: 3) == 2)
      #expect(buffer == [1, 1, 1, 4])
      #expect(try file.fill(&buffer, 0..<4, from: 99_999) == 1)
    }
  }

  @Test func aFolderIsNoFileToRead() async throws {
    try await withTemporaryFolder { folder in
      let file = try ReadableFile(folder)
      #expect(throws: FileError("read", folder, errno: .isDirectory)) {
        try file.bytes(at: 0, count: 1)
      }
    }
  }

  @Test func aNewFileStandsWhereNothingDid() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("a")
      func write() throws(FileError) {
        let file = try WritableFile(new: path, permissions: 0o600)
        try file.write([1, 2])
        let last: [UInt8] = [3]
        try unsafe file.write(last.span.bytes)
        try file.setPermissions(0o4755)
      }
      try write()
      #expect(try Files.read(path) == [1, 2, 3])
      #expect(try Files.status(path)?.permissions == 0o4755)
      #expect(throws: FileError("write", path, errno: .fileExists)) { try write() }
    }
  }

  @Test func aFileIsExtendedAndBegunAgain() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("a")
      for byte in [UInt8(1), 2] { try WritableFile(extending: path).write([byte]) }
      #expect(try Files.read(path) == [1, 2])
      let file = try WritableFile(extending: path)
      try file.write([3])
      try file.clear()
      try file.write([4])
      #expect(try Files.read(path) == [4])
    }
  }

  @Test func aFullDiskIsSaid() throws {
    let file = try WritableFile(extending: "/dev/full")
    #expect(throws: FileError("write", "/dev/full", errno: .noSpace)) { try file.write([1]) }
  }
}
