import Commands
import Content
import Digests
import FileSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct CheckSumsTests {
  private let digest = SHA256Digest(ofText: "image")
  private let other = SHA256Digest(ofText: "other")

  private func check(_ text: String, names: Bool = true) async throws {
    #expect(CheckSums(text).digest(of: "a (1).wsl") == digest, "\(text)")
    guard names else { return }
    try await withTemporaryFolder { folder in
      try Files.write("image", to: folder.appending("a (1).wsl"))
      try Files.write("other", to: folder.appending("b.wsl"))
      try Files.write(text, to: folder.appending("sums"))
      try await Command(
        "sha256sum", ["-c", "sums"], environment: ["PATH": TestEnvironment.path],
        workingDirectory: folder
      ).run()
    }
  }

  @Test func readsWhatSha256sumReads() async throws {
    try await check("\(digest)  a (1).wsl\n")
    try await check("\(digest) *a (1).wsl\n")
    try await check("\(digest)  ./a (1).wsl\n")
    try await check("SHA256 (a (1).wsl) = \(digest)\n")
    try await check("\(other)  b.wsl\n\(digest)  a (1).wsl\n")
    try await check("SHA256 (b.wsl) = \(other)\nSHA256 (a (1).wsl) = \(digest)\n")
  }

  @Test func readsOtherSystemsFormsToo() async throws {
    try await check("\(other)  b.wsl\r\n\(digest)  a (1).wsl\r\n", names: false)
    try await check("\(digest.hex.uppercased())\n", names: false)
    try await check("SHA256(a (1).wsl)= \(digest)\n", names: false)
    // What was renamed.
    try await check("\(digest)  a.wsl\n", names: false)
  }

  @Test func doesNotTakeAnotherFilesDigest() {
    #expect(CheckSums("\(digest)  b\n\(digest)  c\n").digest(of: "a") == nil)
    #expect(CheckSums("<html>\n").digest(of: "a") == nil)
  }
}
