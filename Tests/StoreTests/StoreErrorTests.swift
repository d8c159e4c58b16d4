import Diagnostics
import Digests
import FileSystem
import SystemPackage
import Testing

@testable import Store

@Suite struct StoreErrorTests {
  @Test func saysWhatTheFileSystemRefused() throws {
    let full = StoreError(FileError("write", "/store/x", errno: .noSpace))
    #expect(full.code == .noSpace)
    #expect(full.diagnostics.first?.remedy?.contains("kiln store gc") == true)
    #expect(StoreError(FileError("write", "/s", errno: .readOnlyFileSystem)).code == .notWritable)
    #expect(StoreError(FileError("write", "/s", errno: .permissionDenied)).code == .notWritable)
    #expect(StoreError(FileError("read", "/s", errno: .ioError)).code == .file)
    #expect(StoreError(FileError("wait for", "/s", errno: .interrupted)).code == .interrupted)
  }

  @Test func namesBothDigests() {
    let error = StoreError(.digestMismatch, "/s", expected: "aa", actual: "bb")
    #expect(error.description.contains("expected aa") && error.description.contains("got bb"))
  }
}
