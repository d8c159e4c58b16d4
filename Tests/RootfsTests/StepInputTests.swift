import Content
import FileSystem
import Needs
import Recipes
import Rootfs
import SystemPackage
import TestSupport
import Testing

/// What a step sees of the recipe's folder.
@Suite(.needs("root, or root of a user namespace", if: TinyBase.canMount))
struct StepInputTests {
  /// The lines that a step with `inputs` prints.
  private func output(
    _ base: TinyBase, _ script: String, _ inputs: [Recipe.Input]
  ) async throws -> [String] {
    var recipe = base.recipe
    recipe.run = [TinyBase.step("look", "{\n\(script)\n} >/etc/seen")]
    recipe.run[0].inputs = inputs
    let rootfs = try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
    let layer = try #require(
      rootfs.layers.first { Files.exists($0.directory.appending("etc/seen")) })
    return try Files.readText(layer.directory.appending("etc/seen"))
      .split(separator: "\n").map(String.init)
  }

  @Test func areTheSameWhateverOwnerModeAndTimeTheyHave() async throws {
    try await TinyBase.with { base in
      for (path, permissions) in [("data/tool", 0o710), ("data/text", 0o660)]
        as [(FilePath, UInt16)]
      {
        let file = base.folder.pushing(path)
        try Files.makeDirectories(file.removingLastComponent(), permissions: 0o700)
        try Files.write("content", to: file)
        try Files.setOwner(7, group: 8, of: file)
        try Files.setPermissions(permissions, of: file)
      }
      try Files.makeSymlink(base.folder.appending("data/link"), to: "text")
      let lines = try await output(
        base, "cd /kiln/inputs; stat -c '%n %A %u %g %Y' . data data/*", [.init("data")])
      let expected = [
        ". drwxr-xr-x", "data drwxr-xr-x", "data/link lrwxrwxrwx", "data/text -rw-r--r--",
        "data/tool -rwxr-xr-x",
      ]
      #expect(lines == expected.map { "\($0) 0 0 1700000000" })
    }
  }

  @Test func standWhereTheRecipeNamesThem() async throws {
    try await TinyBase.with { base in
      try Files.makeDirectory(base.folder.appending("versions"))
      try Files.write("two", to: base.folder.appending("versions/2"))
      let lines = try await output(
        base, "cd /kiln/inputs; echo *; cat current", [.init("versions/2", name: "current")])
      #expect(lines == ["current", "two"])
    }
  }

  /// A kernel takes no argument of more than 128 KiB.
  @Test func mayHaveALongScript() async throws {
    try await TinyBase.with { base in
      let script = String(repeating: ": nothing at all\n", count: 20_000) + "echo done"
      let lines = try await output(base, script, [])
      #expect(lines == ["done"])
    }
  }
}
