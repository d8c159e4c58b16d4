import Digests
import FileSystem
import Images
import Needs
import SystemPackage
import TestSupport
import Testing

@Suite("What stands beside an image", .needs("root", if: TestEnvironment.isRoot))
struct CompanionTests {
  private static let companions = Companions(
    [".note.json"], signatures: [".sig", ".minisig"], inputs: SHA256Digest(ofText: "")
  ) { _, image in [Array(image.sha256.hex.utf8)] }

  /// Builds an image of a file with that content, in a store that knows it or a new one.
  private func build(_ content: String, in folder: FilePath, store: String = "store") async throws {
    let layer = try LayerFixture(folder, "layer")
    try layer.file("etc/motd", content)
    let writer = try ImageWriterTests.writer(folder, store: store, companions: Self.companions)
    _ = try await writer.write([ImageWriterTests.request(folder, "a.wsl", [layer.layer])])
  }

  private func withSignedImage(_ body: (FilePath, FilePath) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      try await build("hello", in: folder)
      let signature = folder.appending("a.wsl.sig")
      try Files.write("signed", to: signature)
      try await body(folder, signature)
    }
  }

  @Test("a signature is kept beside an image that is built again, whatever the store knows")
  func kept() async throws {
    try await withSignedImage { folder, signature in
      try await build("hello", in: folder)
      #expect(Files.exists(signature))
      try await build("hello", in: folder, store: "other")
      #expect(Files.exists(signature))
      // kiln verifies without the check sum's file, too.
      try Files.removeFile(folder.appending("a.wsl.sha256"))
      try await build("hello", in: folder, store: "third")
      #expect(Files.exists(signature))
      #expect(try Files.readText(folder.appending("a.wsl.note.json")).count == 64)
    }
  }

  @Test("a signature of another image is removed", arguments: [true, false])
  func removed(hasCheckSum: Bool) async throws {
    try await withSignedImage { folder, signature in
      try Files.write("signed", to: folder.appending("a.wsl.minisig"))
      try Files.write("of another file", to: folder.appending("b.wsl.sig"))
      if !hasCheckSum { try Files.removeFile(folder.appending("a.wsl.sha256")) }
      try await build("goodbye", in: folder)
      #expect(!Files.exists(signature) && !Files.exists(folder.appending("a.wsl.minisig")))
      #expect(Files.exists(folder.appending("b.wsl.sig")))
    }
  }

  @Test("a folder in the place of one of them is seen before the work")
  func blocked() async throws {
    try await withSignedImage { folder, signature in
      try Files.removeFile(folder.appending("a.wsl.note.json"))
      try Files.makeDirectory(folder.appending("a.wsl.note.json"))
      let before = try Files.read(folder.appending("a.wsl"))
      let error = await #expect(throws: ImageError.self) {
        try await build("goodbye", in: folder)
      }
      #expect(error?.code == .badTarget)
      #expect(error?.subject == folder.appending("a.wsl.note.json").string)
      #expect(try Files.read(folder.appending("a.wsl")) == before && Files.exists(signature))
    }
  }
}
