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
      try await Files.write(
        TinyRoot.gzippedTarball.value, to: kiln.home.appending("base.tar.gz"))
      try Files.write(recipe, to: kiln.home.appending("tiny.yaml"))
      try kiln.addSmokeTest()
      try await body(kiln)
    }
  }
}
