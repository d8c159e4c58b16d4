import SystemPackage
import TestSupport
import Testing

@testable import FileSystem

struct KernelPathTests {
  /// What `FilePath` gives, for which these stand.
  @Test(arguments: ["/", "/a", "/a/b", "/a/b.c/d", "a", "a/b", "../a", "/\u{E9}/\u{96EA}"])
  func theFolderOfAPathIsAsFilePathSays(text: String) {
    let path = FilePath(text)
    let parent = path.removingLastComponent()
    let expected = parent.isEmpty || parent == path ? nil : parent
    #expect(KernelPath(path).parent?.path == expected)
    #expect(KernelPath(text).path == path)
  }

  /// Latin-1, which no text can hold.
  @Test func namesOfAnyBytesAreVisited() throws {
    let name: [UInt8] = [0x63, 0xE9]
    let path = KernelPath("/tmp").appending(name).appending(Array("x".utf8))
    #expect(path.parent?.path == KernelPath("/tmp").appending(name).path)
    #expect(path.path.lastComponent?.string == "x")
    let bytes = unsafe path.withPointer {
      unsafe Array(UnsafeRawBufferPointer(start: $0, count: 8))
    }
    #expect(bytes == Array("/tmp/c".utf8) + [0xE9] + Array("/".utf8))
  }

  /// A relative path has no folder of its own in front.
  @Test func foldersAreMadeFromAnywhere() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("a/b/c"))
      try Files.makeDirectories(folder.appending("a/b/c"))
      #expect(try Files.status(at: "\(folder)/a/b/c")?.kind == .directory)
      try Files.makeDirectories(".")
      try Files.makeDirectories("/")
      let file = folder.appending("file")
      try Files.write("", to: file)
      let error = try #require(throws: FileError.self) {
        try Files.makeDirectories(file.appending("x"))
      }
      #expect(error == FileError("create the folder", file.appending("x"), errno: .notDirectory))
    }
  }
}
