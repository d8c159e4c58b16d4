import Commands
import FileSystem
import SystemPackage
import TestSupport

extension KilnProgram {
  static let tinyRecipe = """
    recipe: 1
    name: tiny
    base:
      tarball: {path: base.tar.gz}
    files:
      - {content: "hello\\n", to: /opt/hello}
    run:
      - {name: greet, script: cat /opt/hello > /greeting}
    wsl: {install: [import]}

    """

  /// A recipe in the program's home over a few of this machine's programs: nothing is downloaded,
  /// and all of it takes seconds.
  static func withTinyRecipe(
    _ recipe: String = tinyRecipe, _ body: (KilnProgram) async throws -> Void
  ) async throws {
    try await with { kiln in
      let tree = kiln.home.appending("tree")
      try Files.makeDirectories(tree)
      try await TinyRoot.make(at: tree)
      try await Command(
        "tar", ["-C", tree.string, "-czf", kiln.home.appending("base.tar.gz").string, "."],
        environment: ["PATH": "/usr/bin:/bin"]
      ).run()
      try Files.write(recipe, to: kiln.home.appending("tiny.yaml"))
      try kiln.addSmokeTest()
      try await body(kiln)
    }
  }
}
