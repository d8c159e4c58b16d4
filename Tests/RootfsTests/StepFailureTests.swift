import Content
import Diagnostics
import FileSystem
import Locks
import Needs
import Recipes
import Rootfs
import Store
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What a step that fails is told.
@Suite(.needs("root, or root of a user namespace", if: TinyBase.canMount))
struct StepFailureTests {
  private func remedy(
    _ script: String, _ change: (inout Recipe.Step) -> Void = { _ in }
  ) async throws -> String? {
    var found: RootfsError?
    try await TinyBase.with { base in
      var recipe = base.recipe
      var step = TinyBase.step("fix me", script)
      change(&step)
      recipe.run = [step]
      found = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
    }
    #expect(found?.code == .step && found?.subject == "fix me")
    return found?.diagnostics.first?.remedy
  }

  @Test func onlyOneThatMissesTheNetworkIsToldOfIt() async throws {
    let script = "echo 'Could not resolve host: example.org' >&2; exit 6"
    #expect(try await remedy(script)?.contains("`network: true`") == true)
    #expect(try await remedy(script) { $0.network = true }?.contains("network") == false)
    #expect(try await remedy("echo oops; exit 3")?.contains("network") == false)
  }

  /// What it said first is gone from the end that the error shows.
  @Test func whatItPrintedIsKept() async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      let counting = "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; done; exit 1"
      recipe.run = [TinyBase.step("a/b ü", "echo the cause; " + counting)]
      let error = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
      let log = try #require(error?.log)
      #expect(error?.detail?.contains("the cause") == false)
      #expect(log.lastComponent?.string == "\(recipe.name)-a_b___.log")
      #expect(try Files.readText(log).hasPrefix("the cause\nline 1\n"))
      #expect(try Files.readText(log).hasSuffix("line 100\n"))
      #expect(error?.diagnostics.first?.remedy?.contains("\(log)") == true)
    }
  }

  @Test func whatNoLockHoldsIsTold() async throws {
    try await TinyBase.with { base in
      let notices = Mutex<[String]>([])
      let builder = RootfsBuilder(
        store: base.store, sandbox: TinyBase.sandbox, jobs: 2, sourceDateEpoch: base.lock.date
      ) { event in
        if case .noticed(let code, let message) = event {
          notices.withLock { $0 += [code, message] }
        }
      }
      let stanza = { (name: String, status: String) in
        "Package: \(name)\\nStatus: \(status)\\nVersion: 1\\n\\n"
      }
      let install = { (name: String, status: String) in
        TinyBase.step(
          name, "mkdir -p /var/lib/dpkg; printf '\(stanza(name, status))' >> /var/lib/dpkg/status")
      }
      var recipe = base.recipe
      recipe.run = [
        TinyBase.step("none", ":"),
        install("curl", "install ok installed"),
        install("apt", "deinstall ok config-files"),
      ]
      _ = try await builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      #expect(
        notices.withLock(\.self) == [
          "K4350", "steps installed packages that no lock holds: curl; name them in `packages`",
        ])
    }
  }

  @Test func oneThatIsNotRootOfTheMachineIsToldSo() async throws {
    let script = "echo 'mknod: /dev/kvm: Operation not permitted' >&2; exit 1"
    #expect(try await remedy(script)?.contains("device nodes") == true)
  }

  @Test func oneThatCallsWhatIsNotThereIsToldOfThePackage() async throws {
    #expect(try await remedy("misspelt-tool --now")?.contains("add the package") == true)
  }

  @Test(arguments: [
    "source /etc/passwd", "set -o pipefail", "if [[ -e /etc ]]; then false; fi; exit 127",
  ])
  func oneThatIsWrittenForBashIsToldSo(script: String) async throws {
    #expect(try await remedy(script)?.contains("`#!/bin/bash -e`") == true)
  }

  @Test func aStepOfTheUserThatIsMadeLaterIsToldOfSkel() async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      recipe.wsl.install = [.fromFile]
      recipe.users = [
        .init(name: "alice", uid: 1000, groups: [], sudo: .none, shell: "/bin/sh")
      ]
      recipe.run = [TinyBase.step("early", ":")]
      recipe.run[0].user = "alice"
      let error = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
      #expect(error?.code == .unknownUser)
      #expect(error?.diagnostics.first?.remedy?.contains("/etc/skel") == true)
    }
  }

  @Test func aTimeZoneIsMissedInTwoWays() async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      recipe.timezone = "Europe/Berlin"
      let error = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
      #expect(error?.diagnostics.first?.remedy == "add `tzdata` to `packages`")
    }
    let misspelt = RootfsError(.timezoneMissing, "Europe/Berln", detail: "it has no such zone")
    #expect(misspelt.diagnostics.first?.remedy?.contains("add `tzdata`") == false)
  }

  @Test func oneWithoutItsInterpreterIsToldOfThat() async throws {
    let remedy = try await remedy("#!/usr/bin/none\nprint(1)\n")
    #expect(remedy?.contains("first line") == true)
  }

  @Test func oneThatEndsItselfHasFailed() async throws {
    let script =
      "TOP=$$; die() { kill -s TERM $TOP; exit 1; }; x=$( (false || die) | cat ); : >/etc/x"
    _ = try await remedy(script)
  }

  /// Else the store would give the layer for the inputs as they were.
  @Test func whatIsMadeWhileAnInputChangesIsNotKept() async throws {
    try await TinyBase.with { base in
      let input = base.folder.appending("input")
      let builder = RootfsBuilder(
        store: base.store, sandbox: TinyBase.sandbox, jobs: 1, sourceDateEpoch: base.lock.date
      ) { event in
        if case .output(.steps, "begun") = event { try? Files.write("two", to: input) }
      }
      var recipe = base.recipe
      recipe.run = [TinyBase.step("slow", "echo begun; : > /etc/made")]
      recipe.run[0].inputs = [.init("input")]
      for _ in 0..<2 {
        try Files.write("one", to: input)
        let error = await #expect(throws: RootfsError.self) {
          try await builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
        }
        #expect(error?.code == .inputChanged && error?.subject == "input input")
      }
    }
  }

  @Test(arguments: [
    ("rm -rf /etc", "/etc"), ("rm -rf /etc; : > /etc", "/etc"), ("rm /etc/passwd", "/etc/passwd"),
    ("rm -f /bin/sh /usr/bin/sh", "/bin/sh"),
  ])
  func oneThatTakesAwayWhatEveryImageNeedsIsNamed(script: String, path: String) async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      recipe.run = [TinyBase.step("fine", ":"), TinyBase.step("harmful", script)]
      let error = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
      #expect(error?.code == .rootDamaged)
      #expect(error?.diagnostics.first?.message == "the step `harmful` leaves no \(path)")
    }
  }

  @Test func oneThatMakesANameWhichIsNoTextIsNamedWithIt() async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      recipe.run = [TinyBase.step("harmful", "mkdir /opt; : > \"$(printf '/opt/a\\377b')\"")]
      let error = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
      let diagnostic = try #require(error?.diagnostics.first)
      #expect(error?.code == .unreadableName)
      #expect(diagnostic.message.contains(#"/opt/a\xffb"#))
      #expect(diagnostic.reason?.contains("the step harmful made it") == true)
      // The store's path is nothing that its reader could rename.
      #expect(!"\(diagnostic)".contains(base.folder.string))
    }
  }

  @Test func oneThatNestsFoldersBeyondAnyPathIsNamedAndLeavesNothing() async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      let folders = Array(repeating: String(repeating: "d", count: 30), count: 80).joined(
        separator: "/")
      let script = "mkdir -p /opt/a/\(folders) /opt/b/\(folders); mv /opt/b /opt/a/\(folders)"
      recipe.run = [TinyBase.step("harmful", script)]
      let error = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
      let diagnostic = try #require(error?.diagnostics.first)
      #expect(error?.code == .unreadableName)
      #expect(diagnostic.message.count < 500 && diagnostic.message.contains("/opt/a/ddd"))
      #expect(diagnostic.reason?.contains("the step harmful made it") == true)
      #expect(try base.store.stats().first { $0.kind == "work" }?.bytes == 0)
      let work = base.store.root.appending("work")
      let left = try Files.entries(work).flatMap { try Files.entries(work.appending($0)) }
      #expect(left == [])
    }
  }

  @Test func cleanUpThatFailsIsNotCalledAStepOfTheRecipe() async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      recipe.run = [TinyBase.step("harmful", "rm -f /bin/rm /usr/bin/rm")]
      let error = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
      let diagnostic = try #require(error?.diagnostics.first)
      #expect(error?.code == .cleanUp && diagnostic.reason?.contains("rm") == true)
      #expect(diagnostic.remedy?.contains("a step took it away") == true)
    }
  }

  @Test func oneThatTakesTooLongIsToldOfItsTimeout() async throws {
    let remedy = try await remedy("sleep 977") { $0.timeout = 1 }
    #expect(remedy?.contains("`timeout`") == true)
  }
}
