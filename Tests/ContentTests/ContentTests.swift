import Content
import Digests
import FileSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct ByteCountTests {
  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_549, "1.5 kB"), (123_456_789, "123 MB"),
      (2_990_000_000, "2.9 GB"), (1_000_000_000_000, "1.0 TB"), (999_999, "999 kB"),
    ] as [(Int64, String)])
  func readsAsPeopleWriteIt(bytes: Int64, text: String) {
    #expect(ByteCount(bytes).description == text)
  }
}

@Suite struct FileDigestTests {
  @Test func hashesAFileOfSeveralPieces() async throws {
    try await withTemporaryFolder { folder in
      let content = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
      try Files.write(content, to: folder.appending("a"))
      let digest = try FileDigest(of: folder.appending("a"))
      #expect(digest.sha256 == SHA256Digest(of: content))
      #expect(digest.size == 2_500_000)
    }
  }

  @Test func aMissingFileIsTheCallersError() {
    #expect(throws: FileError(.notFound, "read", "/nowhere", cause: .noSuchFileOrDirectory)) {
      try FileDigest(of: "/nowhere")
    }
  }
}
