import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// kiln's standard descriptors and signals, as shells and other programs leave them.
@Suite(.serialized) struct StreamsTests {
  /// What a shell's script says that runs kiln as `"$0"`.
  private func shell(_ script: String, _ kiln: KilnProgram) async throws -> String {
    try await Command(
      "bash", ["-c", script, KilnProgram.path], environment: kiln.environment,
      workingDirectory: kiln.home, timeout: 60
    ).run().output
  }

  /// Without care kiln's first files get their numbers, and its own words.
  @Test func descriptorsThatAreMissingAreNoOnesElse() async throws {
    try await KilnProgram.with { kiln in
      #expect(try await shell("\"$0\" schema >&- 2>&-; echo $?", kiln) == "1\n")
      let status = try await shell(
        "\"$0\" schema <&- 2>&- | head -c 1; echo ${PIPESTATUS[0]}", kiln)
      #expect(status == "{0\n")
      let said = try await shell("\"$0\" schema 2>&1 >&- ; echo $?", kiln)
      #expect(said.contains("error[K70") && said.hasSuffix("\n1\n"))
    }
  }

  /// `true` is gone before kiln writes.
  @Test func aReaderThatGoesAwayIsNoFailure() async throws {
    try await KilnProgram.with { kiln in
      let status = try await shell(
        "(sleep 1; \"$0\" schema; echo $? > status) | true; sleep 3; cat status", kiln)
      #expect(status == "0\n")
    }
  }

  @Test func aFullPipeThatDoesNotWaitLosesNothing() async throws {
    try await KilnProgram.with { kiln in
      let program = """
        import fcntl, os, subprocess, sys, time
        ours, theirs = os.pipe()
        fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
        os.set_blocking(theirs, False)
        process = subprocess.Popen([sys.argv[1], "schema"], stdout=theirs)
        os.close(theirs)
        time.sleep(1)
        text = b""
        while piece := os.read(ours, 1000): text += piece
        print(process.wait(), len(text))
        """
      // More than a pipe holds.
      let whole = try await shell("\"$0\" schema | wc -c", kiln)
      let size = try #require(Int(whole.dropLast()))
      let result = try await Command(
        "python3", ["-c", program, KilnProgram.path], environment: kiln.environment,
        workingDirectory: kiln.home, timeout: 60
      ).run().output
      #expect(size > 8192 && result == "0 \(size)\n")
    }
  }

  @Test func anAnswerThatFindsNoRoomIsSaidToBeLost() async throws {
    try await KilnProgram.with { kiln in
      for arguments in ["store stats --json", "build none.yaml --json", "schema"] {
        let said = try await shell("\"$0\" \(arguments) 2>&1 >/dev/full; echo $?", kiln)
        #expect(said.contains("cannot write /dev/stdout") && said.contains("No space"), "\(said)")
        #expect(!said.hasSuffix("\n0\n"))
      }
    }
  }

  /// `nohup`, and shells of what they put into the background.
  @Test(.needs("root", if: TestEnvironment.isRoot), arguments: ["INT", "HUP"])
  func aSignalThatWasIgnoredStaysIgnored(signal: String) async throws {
    let recipe = KilnProgram.tinyRecipe.replacing(
      "cat /opt/hello > /greeting", with: "sleep 2")
    try await KilnProgram.withTinyRecipe(recipe) { kiln in
      let status = try await shell(
        """
        trap '' \(signal)
        "$0" build tiny.yaml --progress none >/dev/null & kiln=$!
        while ! pgrep -f -x 'sleep 2' >/dev/null && kill -0 $kiln; do sleep 0.05; done
        kill -\(signal) $kiln
        wait $kiln; echo $?
        """, kiln)
      #expect(status == "0\n")
    }
  }
}
