import CPlatform
import Platform
import Testing

@Suite struct ChildTests {
  /// Everything that a child says until it ends or is late: on a busy machine nothing comes soon.
  private func watch(
    _ child: Child, seconds: Double = 300
  ) -> (report: [UInt8], words: [UInt8], ending: Child.Ending?) {
    let deadline = Stopwatch.now + UInt64(seconds * 1e9)
    var report: [UInt8] = []
    var words: [UInt8] = []
    while true {
      switch child.next(by: deadline) {
      case .report(let bytes): report += bytes
      case .words(let bytes): words += bytes
      case .ended(let ending): return (report, words, ending)
      case .late: return (report, words, nil)
      }
    }
  }

  private func shell(_ script: String) throws -> Child {
    try Child.spawn("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin", "A": "b c"])
  }

  @Test func bothStreamsAndTheStatusArrive() throws {
    let said = watch(try shell("echo out $A; echo errors >&2; exit 7"))
    #expect(String(decoding: said.report, as: UTF8.self) == "out b c\n")
    #expect(String(decoding: said.words, as: UTF8.self) == "errors\n")
    #expect(said.ending == .exited(7))
  }

  @Test func moreThanAPipeHoldsArrives() throws {
    let said = watch(try shell("head -c 3000000 /dev/zero"))
    #expect(said.report.count == 3_000_000)
    #expect(said.ending == .exited(0))
  }

  @Test func aSignalIsTold() throws {
    #expect(watch(try shell("kill -SEGV $$")).ending == .signal(SIGSEGV))
  }

  @Test func aHangingChildIsLateAndCanBeStopped() throws {
    let child = try shell("echo begun; exec sleep 1000")
    let first = child.next(by: Stopwatch.now + 300_000_000_000)
    guard case .report(let begun) = first else {
      Issue.record("\(first)")
      return
    }
    #expect(String(decoding: begun, as: UTF8.self) == "begun\n")
    #expect(watch(child, seconds: 0.3).ending == nil)
    #expect(child.stop() == .signal(SIGKILL))
    #expect(watch(child).ending == .signal(SIGKILL))
  }

  @Test func aGrandchildThatKeepsTheStreamsOpenHoldsNobodyUp() throws {
    let watchTime = Stopwatch()
    let said = watch(try shell("sleep 240 & echo done"))
    #expect(String(decoding: said.report, as: UTF8.self) == "done\n")
    #expect(said.ending == .exited(0))
    #expect(watchTime.nanoseconds < 120_000_000_000)
  }

  @Test func whatCannotBeExecutedSaysSo() throws {
    let said = watch(try Child.spawn("/etc/passwd", [], environment: [:]))
    #expect(said.ending == .exited(127))
    #expect(String(decoding: said.words, as: UTF8.self).hasPrefix("/etc/passwd: "))
  }
}
