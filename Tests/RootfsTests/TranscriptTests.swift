import Testing

@testable import Rootfs

@Suite struct TranscriptTests {
  /// dpkg goes on with the other packages, which say more than fits into an error.
  @Test func theFirstPackageThatFailedIsFound() {
    let transcript = Transcript()
    let others = (0..<60).flatMap { ["Setting up p\($0) (1) ...", "Created symlink \($0)"] }
    for line in others.prefix(40)
      + [
        "Setting up broken (1.0) ...", "hello from postinst",
        "dpkg: error processing package broken (--configure):",
        " installed broken package post-installation script subprocess returned error exit status 3",
      ] + others.dropFirst(40) + ["Errors were encountered while processing:", " broken"]
    { transcript.append(line) }
    #expect(
      transcript.failure(of: "broken") == """
        Setting up broken (1.0) ...
        hello from postinst
        dpkg: error processing package broken (--configure):
         installed broken package post-installation script subprocess returned error exit status 3
        """)
    #expect(transcript.failure(of: "other") == nil)
  }

  /// Its cause may stand first, and what came of it last.
  @Test func theMiddleOfVeryMuchIsLeftOut() {
    let transcript = Transcript()
    let line = String(repeating: "x", count: 999)
    transcript.append("first")
    for _ in 0..<20_000 { transcript.append(line) }
    transcript.append("last")
    let lines = transcript.lines
    #expect(lines.first == "first" && lines.last == "last")
    #expect((4_000..<8_000).contains(lines.count))
  }
}
