import Concurrency
import FileSystem
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Commands

@Suite struct CommandTests {
  static let path = ["PATH": "/usr/bin:/bin"]

  @Test func givesOutputAndErrorsApart() async throws {
    let result = try await Command(
      "sh", ["-c", "echo out; echo err >&2"], environment: Self.path
    ).run()
    #expect(result == CommandResult(status: 0, output: "out\n", errors: "err\n"))
  }

  @Test func passesExactlyTheGivenEnvironment() async throws {
    let result = try await Command(
      "/usr/bin/env", environment: ["ONE": "1", "TWO": "two words"]
    ).run()
    #expect(Set(result.output.split(separator: "\n")) == ["ONE=1", "TWO=two words"])
  }

  @Test func feedsInputAndStreamsLines() async throws {
    let lines = Mutex<[String]>([])
    try await Command("cat", environment: Self.path, input: "a\nb\n").run { _, line in
      lines.withLock { $0.append(line) }
    }
    #expect(lines.withLock { $0 } == ["a", "b"])
  }

  /// Bytes that are no text take three each, so that there are fewer characters than bytes to drop.
  @Test func outputWithoutEndThatIsNoTextIsBounded() {
    var capture = Capture(limit: 1000)
    _ = capture.take([UInt8](repeating: 0xFF, count: 450))
    #expect(capture.take(Array("end".utf8)) == "end")
    #expect(capture.text.utf8.count <= 1000 && capture.text.hasSuffix("\nend\n"))
  }

  @Test func aFailureCarriesStatusAndLastWords() async throws {
    let command = Command("sh", ["-c", "echo broken >&2; exit 7"], environment: Self.path)
    await #expect(
      throws: CommandError(
        .failed, command: ["sh", "-c", "echo broken >&2; exit 7"], status: 7, output: "broken")
    ) { try await command.run() }
  }

  @Test func anAcceptedStatusIsNoFailure() async throws {
    var command = Command("sh", ["-c", "exit 3"], environment: Self.path)
    command.accepted = [0, 3]
    #expect(try await command.run().status == 3)
  }

  @Test func aMissingToolIsSaidToBeMissing() async {
    await #expect(throws: CommandError(.notInstalled, command: ["kiln-no-such-tool"])) {
      try await Command("kiln-no-such-tool", environment: Self.path).run()
    }
  }

  @Test func aSignalIsReported() async {
    let error = await #expect(throws: CommandError.self) {
      try await Command("sh", ["-c", "kill -9 $$"], environment: Self.path).run()
    }
    #expect(error?.code == .killed && error?.status == 9)
  }

  @Test func theTimeLimitKillsAndIsNoInterruption() async {
    let error = await #expect(throws: CommandError.self) {
      try await Command("sleep", ["86400"], environment: Self.path, timeout: 1).run()
    }
    #expect(error?.code == .timedOut)
  }

  @Test func theTimeLimitHoldsAlthoughAGrandchildHoldsThePipe() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending("grandchild")
      // It outlives whoever waits for it, and says who it is.
      let script = "setsid sh -c 'echo $$ > \(file); exec sleep 86400' & sleep 86400"
      for limit in [1, 10, 100] {
        let error = await #expect(throws: CommandError.self) {
          try await Command("sh", ["-c", script], environment: Self.path, timeout: limit).run()
        }
        #expect(error?.code == .timedOut)
        // On a busy machine it may not have begun.
        guard let text = try? Files.readText(file), text.hasSuffix("\n") else { continue }
        let grandchild = try #require(pid_t(text.dropLast()))
        #expect(kill(grandchild, SIGKILL) == 0, "it lives when the command has ended")
        return
      }
      Issue.record("the grandchild never began")
    }
  }

  /// Whoever shares kiln's terminal can put words into the input of the shell that called kiln.
  @Test func leadsASessionOfItsOwn() async throws {
    let result = try await Command(
      "sh", ["-c", "read stat </proc/$$/stat; echo $$ $stat"], environment: Self.path
    ).run()
    let words = result.output.split(separator: " ")
    // Process, then as in proc(5): parent, group, session, terminal.
    #expect(words[5] == words[0] && words[6] == words[0] && words[7] == "0")
  }

  @Test func theTimeLimitKillsTheWholeGroup() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending("child")
      let script = "sleep 86400 & echo $! >\(file); wait"
      for limit in [1, 10, 100] {
        let error = await #expect(throws: CommandError.self) {
          try await Command("sh", ["-c", script], environment: Self.path, timeout: limit).run()
        }
        #expect(error?.code == .timedOut)
        // On a busy machine it may not have begun.
        guard let text = try? Files.readText(file), text.hasSuffix("\n") else { continue }
        let child = try #require(pid_t(text.dropLast()))
        for _ in 0..<500 where kill(child, 0) == 0 {
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(kill(child, 0) == -1)
        return
      }
      Issue.record("the child never began")
    }
  }

  @Test func aLineMayBeLong() async throws {
    let result = try await Command(
      "sh", ["-c", "head -c 300000 /dev/zero | tr '\\0' a"], environment: Self.path
    ).run()
    #expect(result.output.utf8.count == 300_001)
  }

  @Test func cancellationKillsTheTool() async {
    let task = Task { () -> CommandError.Code? in
      do throws(CommandError) {
        try await Command("sleep", ["86400"], environment: Self.path).run()
        return nil
      } catch {
        return error.code
      }
    }
    try? await Task.sleep(for: .milliseconds(200))
    task.cancel()
    #expect(await task.value == .interrupted)
  }

  @Test func neverLosesTheEndOfALongOutput() async throws {
    let lengths = try await (0..<40).mapConcurrently(limit: 8) { _ in
      try await Command("seq", ["1", "60000"], environment: Self.path).run().output.utf8.count
    }
    #expect(Set(lengths) == [348_894])
  }

  @Test func doesNotWaitForAGrandchildThatHoldsThePipe() async throws {
    try await withTemporaryFolder { folder in
      // Long enough for the busiest machine: whoever waited would find the file.
      let script = """
        setsid sh -c 'echo $$ > pid; sleep 240; : > late' &
        while [ ! -s pid ]; do sleep 0.01; done
        cat pid
        """
      let result = try await Command(
        "sh", ["-c", script], environment: Self.path, workingDirectory: folder
      ).run()
      let grandchild = try #require(pid_t(result.output.dropLast()))
      #expect(!Files.exists(folder.appending("late")))
      #expect(kill(-grandchild, SIGKILL) == 0)
    }
  }
}
