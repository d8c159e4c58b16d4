import Commands
import Digests
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// A machine without a network builds from what another one exported.
@Suite(.needs("root", if: TestEnvironment.isRoot))
struct AirGapTests {
  @Test func aBundleIsAllThatAnotherStoreNeeds() async throws {
    let server = try LoopbackServer()
    try await KilnProgram.withTinyRecipe { kiln in
      let base = try Files.read(kiln.home.appending("base.tar.gz"))
      server.put("/base.tar.gz", base)
      let recipe = KilnProgram.tinyRecipe.replacing(
        "{path: base.tar.gz}",
        with: "{url: \"\(server.url)/base.tar.gz\", sha256: \(SHA256Digest(of: base))}")
      try Files.write(recipe, to: kiln.home.appending("tiny.yaml"))
      try await kiln.run("build", "tiny.yaml", "--progress", "none")
      try await kiln.run("store", "export", "tiny.yaml", "--output", "bundle.tar")

      let other = kiln.home.appending("other-store").string
      let build = kiln.command(
        [
          "build", "tiny.yaml", "--output", "second", "--store", other, "--offline", "--locked",
          "--progress", "none",
        ], accepted: [0, 1])
      let missing = try await build.run()
      #expect(missing.status == 1 && missing.errors.contains("error[K3201]"))
      let imported = try await kiln.run("store", "import", "bundle.tar", "--store", other)
      #expect(imported.output.contains("1 artifacts, of which 1 are new"))
      #expect(try await build.run().status == 0)
      #expect(
        try Files.read(kiln.home.appending("second/tiny.tar.gz"))
          == Files.read(kiln.home.appending("Images/tiny.tar.gz")))
      #expect(server.requests.count == 1)
    }
  }
}
