import Content
import Diagnostics
import FileSystem
import Locks
import Needs
import Recipes
import Rootfs
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
      var step = TinyBase.step("mend me", script)
      change(&step)
      recipe.run = [step]
      found = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
    }
    #expect(found?.code == .step && found?.subject == "mend me")
    return found?.diagnostics.first?.remedy
  }

  @Test func onlyOneThatMissesTheNetworkIsToldOfIt() async throws {
    let script = "echo 'Could not resolve host: example.org' >&2; exit 6"
    #expect(try await remedy(script)?.contains("`network: true`") == true)
    #expect(try await remedy(script) { $0.network = true }?.contains("network") == false)
    #expect(try await remedy("echo oops; exit 3")?.contains("network") == false)
  }

  @Test func oneWithoutItsInterpreterIsToldOfThat() async throws {
    let remedy = try await remedy("#!/usr/bin/none\nprint(1)\n")
    #expect(remedy?.contains("first line") == true)
  }

  @Test func aNameThatNoImageCanHaveIsToldAsTheImageHasIt() async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      recipe.run = [TinyBase.step("unpack", "printf x > \"/etc/$(printf 'caf\\351')\"")]
      let error = await #expect(throws: RootfsError.self) {
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
      #expect(error?.code == .badName)
      let reason = try #require(error?.diagnostics.first?.reason)
      #expect(reason.contains("/etc/caf\\xe9") && reason.contains("step unpack"))
      // The store's path is nothing that its reader could rename.
      #expect(!reason.contains(base.folder.string))
    }
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
      let wait = "while [ \"$(cat /kiln/inputs/input)\" = one ]; do sleep 0.1; done"
      recipe.run = [TinyBase.step("slow", "echo begun; \(wait); : > /etc/made")]
      recipe.run[0].inputs = ["input"]
      for _ in 0..<2 {
        try Files.write("one", to: input)
        let error = await #expect(throws: RootfsError.self) {
          try await builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
        }
        #expect(error?.code == .inputChanged && error?.subject == "input input")
      }
    }
  }

  @Test func oneThatTakesTooLongIsToldOfItsTimeout() async throws {
    let remedy = try await remedy("sleep 977") { $0.timeout = 1 }
    #expect(remedy?.contains("`timeout`") == true)
  }
}
