import Commands
import FileSystem
import Needs
import Sandbox
import SystemPackage
import Testing

@Suite("Sandbox lifetime", .needs("root, or root of a user namespace", if: canMount))
struct LifetimeTests {
  /// Processes of this machine whose command line holds `text`.
  private func processes(_ text: String) throws -> [String] {
    try Files.entries("/proc").filter { name in
      guard name.allSatisfy(\.isNumber) else { return false }
      let line = try? Files.read(FilePath("/proc/\(name)/cmdline"))
      return String(decoding: line ?? [], as: UTF8.self).contains(text)
    }
  }

  private func settled(_ text: String) async throws -> [String] {
    for _ in 0..<3000 {
      if try processes(text).isEmpty { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    return try processes(text)
  }

  /// A script that names itself, leaves its session in the background and sleeps.
  private func script(_ mark: String) -> String {
    "trap '' TERM INT HUP; (sleep 977 & sleep 977) & echo started; : \(mark); sleep 977"
  }

  @Test("a time-out kills every process, of another user too", arguments: [0, 1000] as [UInt32])
  func timeout(uid: UInt32) async throws {
    try await Fixture.with { (fixture) async throws in
      let mark = "mark-\(UInt64.random(in: .min ... .max))"
      var command = fixture.command(script(mark))
      command.user.uid = uid
      command.timeout = 1
      let failure = await fixture.failure(command)
      #expect(failure?.code == .timedOut)
      #expect(try await settled(mark) == [])
      #expect(try fixture.written() == [])
    }
  }

  @Test("cancelling kills every process and leaves no mount")
  func cancellation() async throws {
    try await Fixture.with { (fixture) async throws in
      let mark = "mark-\(UInt64.random(in: .min ... .max))"
      let command = fixture.command(script(mark))
      let (lines, started) = AsyncStream.makeStream(of: Void.self)
      let task = Task {
        defer { started.finish() }
        try await fixture.sandbox.run(command) { _, line in
          if line == "started" { started.yield() }
        }
      }
      for await _ in lines { break }
      #expect(try !processes(mark).isEmpty)
      task.cancel()
      let failure = await #expect(throws: SandboxError.self) { try await task.value }
      #expect(failure?.code == .interrupted)
      #expect(try await settled(mark) == [])
      #expect(try !Files.readText("/proc/self/mountinfo").contains(fixture.folder.string))
      // A mount somewhere would still hold the layer's folders.
      try Files.removeTree(fixture.root)
    }
  }

  @Test("when kiln is killed, the sandbox goes with it", arguments: [0, 1000] as [UInt32])
  func parentDeath(uid: UInt32) async throws {
    try await Fixture.with { (fixture) async throws in
      let mark = "mark-\(UInt64.random(in: .min ... .max))"
      var command = fixture.command(script(mark))
      command.user.uid = uid
      let words = try fixture.sandbox.hostCommand(command)
      // This shell is kiln: its child is the sandbox, and it is killed without any warning.
      let kiln = Command(
        "sh",
        [
          "-c",
          """
          cd "$1"; log=$2; shift 2
          "$@" > "$log" &
          until grep -qs started "$log"; do sleep 0.1; done
          cat "$log"
          kill -KILL $$
          """, "sh", words.workingDirectory?.string ?? "/", fixture.folder.appending("log").string,
          words.executable,
        ] + words.arguments, environment: words.environment)
      let failure = await #expect(throws: CommandError.self) { try await kiln.run() }
      #expect(failure?.code == .killed)
      #expect(failure?.output == "started")
      #expect(try await settled(mark) == [])
    }
  }
}
