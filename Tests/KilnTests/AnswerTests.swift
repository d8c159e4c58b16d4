import Commands
import FileSystem
import FoundationEssentials
import Needs
import SystemPackage
import TestSupport
import Testing

/// What the commands answer, to people and with `--json`, on a recipe that is built in seconds.
@Suite(.serialized, .needs("root", if: TestEnvironment.isRoot))
struct AnswerTests {
  /// Every command that offers `--json`, in an order in which all of them have something to say,
  /// with the key that its answer has.
  private static let answers: [(words: [String], arguments: [String], key: String)] = [
    (["lint"], ["tiny.yaml"], "diagnostics"),
    (["plan"], ["tiny.yaml"], "plans"),
    (["lock"], ["tiny.yaml"], "locks"),
    (["build"], ["tiny.yaml", "--locked"], "builds"),
    (["inspect"], ["Images/tiny.tar.gz"], "shares"),
    (["diff"], ["Images/tiny.tar.gz", "Images/tiny.tar.gz"], "isSame"),
    (["explain"], ["tiny.yaml"], "layers"),
    (["verify"], ["Images/tiny.tar.gz"], "reports"),
    (["store", "export"], ["tiny.yaml", "-o", "tiny.tar"], "artifacts"),
    (["store", "import"], ["tiny.tar", "tiny.tar"], "imports"),
    (["store", "stats"], [], "holdings"),
    (["store", "verify"], [], "damaged"),
    (["store", "gc"], ["--days", "1"], "removed"),
  ]

  @Test func everyCommandWithJSONAnswersInOneDocument() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      var claimed: Set<[String]> = []
      for (words, command) in try await HelpTests.commands(of: kiln) {
        let names = (command.arguments ?? []).flatMap { $0.names ?? [] }
        if names.contains(where: { $0.name == "json" }) { claimed.insert(words) }
      }
      #expect(claimed == Set(Self.answers.map(\.words)))
      let page = try Files.readText(KilnProgram.package.appending("docs/describing.md"))
      for (words, _, key) in Self.answers {
        let row = "| `\(words.joined(separator: " "))` | `\(key)` |"
        #expect(page.contains(row), "docs/describing.md has no \(row)")
      }
      for (words, arguments, key) in Self.answers {
        // So small a root fails rules, which is an answer too.
        let answer = try await kiln.json(
          words + arguments + ["--json"], accepted: words == ["verify"] ? [1] : [0],
          as: [String: AnyValue].self)
        #expect(answer[key] != nil, "\(words): \(answer.keys)")
      }
    }
  }

  @Test func everyFailureWithJSONIsADocumentToo() async throws {
    try await KilnProgram.with { kiln in
      let recipes = [["build"], ["lock"], ["plan"], ["lint"]].map { $0 + ["none.yaml"] }
      let images = [["inspect"], ["verify"]].map { $0 + ["none.wsl"] }
      let stores = ["stats", "verify"].map { ["store", $0, "--store", "/proc/self/status/x"] }
      for arguments in recipes + images + stores + [["build", "--bogus"]] {
        let command = kiln.command(
          arguments
            + ["--json", "--progress", "none"].prefix(
              arguments[0] == "build" || arguments[0] == "verify" ? 3 : 1), accepted: [1, 2])
        let result = try await command.run()
        let report = try JSONDecoder().decode(
          Diagnostics.self, from: Data(result.output.utf8))
        let first = try #require(report.diagnostics.first)
        #expect(first.code.hasPrefix("K") && !first.message.isEmpty)
        #expect(report.diagnostics.contains { $0.remedy != nil }, "\(arguments)")
        #expect(result.errors == "", "\(arguments)")
      }
    }
  }

  struct Plans: Decodable {
    struct Plan: Decodable {
      let lock: String
      let toFetch: [AnyValue]
      let toUnpack: Int
      let madeFrom: String?
    }

    let plans: [Plan]
  }

  private func plan(_ kiln: KilnProgram) async throws -> Plans.Plan {
    let plans = try await kiln.json(
      ["plan", "tiny.yaml", "--json", "--progress", "none"], as: Plans.self)
    return try #require(plans.plans.first)
  }

  @Test func aPlanFollowsWhatIsThere() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      let first = try await plan(kiln)
      #expect(first.lock == "absent" && first.toFetch.count == 1 && first.madeFrom == "base")
      #expect(!Files.exists(kiln.home.appending("tiny.lock.json")))
      let text = try await kiln.run("plan", "tiny.yaml").output
      #expect(text.contains("the lock is absent") && text.contains("make     base, and all that"))

      let built = try await kiln.run("build", "tiny.yaml").output
      #expect(built.contains("lock written anew: 1 added, 0 removed, 0 changed"))
      let again = try await kiln.run("build", "tiny.yaml").output
      #expect(!again.contains("lock written"))
      let second = try await plan(kiln)
      #expect(second.lock == "fresh" && second.toFetch.isEmpty && second.madeFrom == nil)

      let changed = KilnProgram.tinyRecipe.replacing("cat /opt/hello", with: "echo bye")
      try Files.write(changed, to: kiln.home.appending("tiny.yaml"))
      let third = try await plan(kiln)
      #expect(third.lock == "fresh" && third.madeFrom == "step greet")
    }
  }

  /// As Debian's ordinary users have it, and as services and containers do.
  @Test(arguments: ["/usr/local/bin:/usr/bin:/bin", nil])
  func aPathWithoutAdministratorsFoldersDoes(path: String?) async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      var command = kiln.command(["build", "tiny.yaml"])
      command.environment["PATH"] = path
      try await command.run()
      #expect(Files.exists(kiln.home.appending("Images/tiny.tar.gz")))
    }
  }

  @Test func inspectSaysWhereTheBytesAre() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml", "-o", "out")
      let text = try await kiln.run("inspect", "out/tiny.tar.gz").output
      let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      #expect(lines.contains { $0.count > 3 && $0[2...].contains("base.tar.gz") })
      #expect(lines.contains { $0.count > 2 && $0[2] == "/bin" })
      #expect(lines.contains { $0.count > 2 && $0[2] == "/" })
      let absent = try await kiln.run("inspect", "out/tiny.wsl", accepted: [1]).errors
      #expect(absent.contains("error[K8005]: there is no such image"))
      try Files.removeFile(kiln.home.appending("out/tiny.tar.gz.manifest.json"))
      let error = try await kiln.run("inspect", "out/tiny.tar.gz", accepted: [1]).errors
      #expect(error.contains("error[K8005]") && error.contains("out/tiny.tar.gz.manifest.json"))
    }
  }

  @Test func aShellRunsInTheImageAndLeavesNothing() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      let shell = ["shell", "tiny.yaml", "--progress", "none", "--", "/bin/sh", "-c"]
      let script = "cat /greeting; touch /mine; ls /mine; cat; echo oops >&2; exit 7"
      var command = kiln.command(shell + [script], accepted: [7])
      command.input = ""
      let result = try await command.run()
      #expect(result.output == "hello\n/mine\n" && result.errors.contains("oops"))
      let again = try await kiln.command(shell + ["ls /mine 2> /dev/null || echo gone"]).run()
      #expect(again.output == "gone\n")
      // What stands behind `--` is the program's, and no option of kiln's.
      let failure = try await kiln.command(
        ["shell", "tiny.yaml", "--progress", "none", "--", "/none", "--json"], accepted: [1, 127]
      ).run()
      #expect(failure.output == "" && failure.errors.contains("/none"))
    }
  }

  @Test func aShellShowsTheRootThatAStepGets() async throws {
    let recipe = KilnProgram.tinyRecipe.replacing(
      "wsl:", with: "  - {name: fail, script: rm /greeting; exit 1}\nwsl:")
    try await KilnProgram.withTinyRecipe(recipe) { kiln in
      let failure = try await kiln.run("build", "tiny.yaml", accepted: [1]).errors
      #expect(failure.contains("kiln shell RECIPE --before 'fail'"))
      let shell = ["shell", "tiny.yaml", "--progress", "none", "--before"]
      let command = ["--", "/bin/sh", "-c", "cat /greeting /opt/hello"]
      #expect(
        try await kiln.command(shell + ["fail"] + command).run().output == "hello\nhello\n")
      let early = try await kiln.command(shell + ["greet"] + command, accepted: [1]).run()
      #expect(early.output == "hello\n" && early.errors.contains("greeting"))
      let misspelt = try await kiln.command(shell + ["gret"] + command, accepted: [2]).run().errors
      #expect(misspelt.contains("error[K8023]") && misspelt.contains("`greet`, `fail`"))
    }
  }

  struct Outcome: Decodable {
    struct Build: Decodable { let recipe: String }

    let builds: [Build]
    let diagnostics: [Diagnostics.Diagnostic]
  }

  /// Of several files one that fails takes nothing from what is known of the others.
  @Test func whatIsDoneIsToldBesideWhatFailed() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      let other = { (name: String, script: String) in
        KilnProgram.tinyRecipe.replacing("name: tiny", with: "name: \(name)")
          .replacing("cat /opt/hello > /greeting", with: script)
      }
      try Files.write(other("bad", "exit 1"), to: kiln.home.appending("bad.yaml"))
      try Files.write(other("last", "exit 0"), to: kiln.home.appending("last.yaml"))
      let build = ["build", "tiny.yaml", "bad.yaml", "last.yaml", "--json", "--progress", "none"]
      let stopped: Outcome = try await kiln.json(build, accepted: [1])
      #expect(stopped.builds.map(\.recipe) == ["tiny"])
      #expect(stopped.diagnostics.map(\.code) == ["K4307"])
      let whole: Outcome = try await kiln.json(build + ["--keep-going"], accepted: [1])
      #expect(whole.builds.map(\.recipe) == ["tiny", "last"])
      #expect(whole.diagnostics.map(\.code) == ["K4307"])
      let images = ["Images/tiny.tar.gz", "none.tar.gz", "Images/last.tar.gz"]
      let verified = try await kiln.command(["verify"] + images, accepted: [1]).run()
      #expect(verified.output.contains("tiny.tar.gz") && verified.output.contains("last.tar.gz"))
      #expect(verified.errors.contains("none.tar.gz"))
    }
  }

  @Test func theStoreIsCountedCheckedAndEmptied() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml")
      let stats = try await kiln.run("store", "stats").output
      #expect(stats.hasPrefix("\(kiln.store): "))
      #expect(stats.contains(#/artifact +1 /#) && stats.contains(#/layer +[3-9] /#))
      #expect(try await kiln.run("store", "verify").output == "everything is whole\n")

      var artifact: FilePath?
      try Files.walk(kiln.store.appending("artifacts")) { (path, status) throws(FileError) in
        if status.kind == .file { artifact = kiln.store.appending("artifacts/\(path)") }
        return true
      }
      try Files.write("changed", to: try #require(artifact))
      let damage = try await kiln.run("store", "verify", accepted: [1]).output
      #expect(damage.contains("artifacts/"))
      try await kiln.run("store", "verify", "--repair")
      #expect(try await kiln.run("store", "verify").output == "everything is whole\n")

      // What was used in this second counts as in use.
      try await Command(
        "find", [kiln.store.string, "-exec", "touch", "-h", "-d", "2001-01-01", "{}", "+"],
        environment: ["PATH": TestEnvironment.path]
      ).run()
      let gone = try await kiln.run("store", "gc", "--megabytes", "0").output
      #expect(gone.contains("kept 0 "))
      try await kiln.run("build", "tiny.yaml", "--locked")
    }
  }
}
