import Content
import FileSystem
import Needs
import Recipes
import Rootfs
import Testing

@Suite(
  "Clean-up", .needs("root, or root of a user namespace", if: TinyBase.canMount))
struct CleanUpTests {
  private func file(_ path: String, _ content: String, mode: UInt16 = 0o644) -> Recipe.FileEntry {
    .init(source: .content(content), to: path, mode: mode, owner: "root", group: "root")
  }

  /// A program in the place of install-info, which writes down what it is called for.
  @Test("the list of info manuals is made in the order of their names, whatever the disk's is")
  func infoManuals() async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      recipe.files = ["m", "b", "z", "a", "k", "c", "y", "e"].map {
        file("/usr/share/info/\($0).info.gz", "")
      }
      recipe.files += [
        file("/usr/share/info/dir", "of another order\n"),
        file("/usr/share/info/a.info-1.gz", ""), file("/usr/share/info/picture.png", ""),
        file("/usr/bin/install-info", "#!/bin/sh\necho \"$1\" >> \"$2\"\n", mode: 0o755),
      ]
      recipe.run = [TinyBase.step("any", ":")]
      let rootfs = try await base.builder.build(
        recipe, lock: base.lock, artifacts: base.artifacts)
      let list = try LayerStackFile.read("usr/share/info/dir", rootfs.layers)
      let names = ["a", "b", "c", "e", "k", "m", "y", "z"]
      #expect(list == names.map { "/usr/share/info/\($0).info.gz\n" }.joined())
    }
  }
}
