import Content
import Diagnostics
import FileSystem
import Locks
import Recipes
import Rootfs
import SystemPackage
import TestSupport
import Testing

/// What a step that fails is told.
@Suite(.enabled(if: TinyBase.canMount, "needs root, or root of a user namespace"))
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

  /// Else the store would give the layer for the inputs as they were.
  @Test func whatIsMadeWhileAnInputChangesIsNotKept() async throws {
    try await TinyBase.with { base in
      let input = base.folder.appending("input")
      try Files.write("one", to: input)
      var recipe = base.recipe
      recipe.run = [TinyBase.step("slow", "sleep 2; cat /kiln/inputs/input > /etc/made")]
      recipe.run[0].inputs = ["input"]
      let (builder, lock, artifacts) = (base.builder, base.lock, base.artifacts)
      let first = Task { [recipe] in
        try await builder.build(recipe, lock: lock, artifacts: artifacts)
      }
      try await Task.sleep(for: .seconds(1))
      try Files.write("two", to: input)
      let error = await #expect(throws: RootfsError.self) { _ = try await first.value }
      #expect(error?.code == .inputChanged && error?.subject == "input input")
      try Files.write("one", to: input)
      let rootfs = try await builder.build(recipe, lock: lock, artifacts: artifacts)
      let made = rootfs.layers.map { $0.directory.appending("etc/made") }.filter(Files.exists)
      #expect(try made.map { try Files.readText($0) } == ["one"])
    }
  }

  @Test func oneThatTakesTooLongIsToldOfItsTimeout() async throws {
    let remedy = try await remedy("sleep 977") { $0.timeout = 1 }
    #expect(remedy?.contains("`timeout`") == true)
  }
}
