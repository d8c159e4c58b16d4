import Commands
import FileSystem
import SystemPackage
import TestSupport
import Testing

/// A wrong command line, recipe or folder: the status, and that the message says what to do.
@Suite struct MisuseTests {
  private static let recipe = """
    recipe: 1
    name: tiny
    base: {debian: {suite: trixie}}

    """

  private func expect(
    _ status: Int32, _ words: [String], of arguments: [String], in kiln: KilnProgram
  ) async throws {
    let result = try await kiln.command(arguments, accepted: [status]).run()
    for word in words {
      #expect(result.errors.contains(word), "\(arguments): \(result.errors)")
    }
    #expect(result.output == "" && result.errors.contains("  try: "))
  }

  @Test(arguments: [
    (["bild", "x.yaml"], ["no command 'bild'", "`kiln build`"]),
    (["help", "bild"], ["`kiln build`"]),
    (["store", "stat"], ["`kiln store stats`"]),
    (["build", "--outptu", "x", "x.yaml"], ["'--outptu'", "'--output'"]),
    (["build", "--out", "x", "x.yaml"], ["'--out'", "'--output'"]),
    (["shell", "x.yaml", "ls"], ["'ls'", "`kiln shell RECIPE -- PROGRAM`"]),
    (["build"], ["<recipe>", "kiln build --help"]),
    (["build", "x.yaml", "--jobs", "many"], ["'many'", "--jobs <number>"]),
    (["build", "x.yaml", "--jobs", "0"], ["1 to 512"]),
    (["build", "x.yaml", "--format", "zip"], ["'zip'", "tar.gz"]),
    (["build", "x.yaml", "--set", "a"], ["'a'", "<name=value>"]),
    (["build", "x.yaml", "--store", ""], ["--store takes a folder"]),
    (["build", ""], ["is empty"]),
    (["store", "export", "x.yaml", "-o", "folder/"], ["'folder/' is a folder"]),
    (["store", "gc"], ["--days"]),
    (["store", "gc", "--days", "-1"], ["--days must be zero or more", "not -1"]),
    (["store", "gc", "--days=-1"], ["--days must be zero or more", "not -1"]),
    (["store", "gc", "--megabytes", "-5"], ["--megabytes must be zero or more", "not -5"]),
    (["store", "gc", "--days"], ["missing value", "--days <days>"]),
    (["store", "gc", "--days", "--store"], ["'--store'", "--days <days>"]),
    (["build", "x.yaml", "--jobs", "-1"], ["1 to 512"]),
    (["diff", "a", "b", "--rows", "-1"], ["--rows must be zero or more"]),
    (["verify", "x.yaml"], ["kiln lint"]),
    (["--generate-completion-script", "tcsh"], ["'tcsh'", "zsh bash fish"]),
  ])
  func aWrongCommandLine(arguments: [String], words: [String]) async throws {
    try await KilnProgram.with { kiln in
      try await expect(2, ["error[K8006]"] + words, of: arguments, in: kiln)
      #expect(try Files.entries(kiln.home) == [])
    }
  }

  @Test func anOptionThatIsLikeNoneIsNotCorrected() async throws {
    try await KilnProgram.with { kiln in
      let result = try await kiln.command(["build", "--force", "x.yaml"], accepted: [2]).run()
      #expect(result.errors.contains("'--force'") && !result.errors.contains("id you mean"))
    }
  }

  @Test func aRecipeThatIsNotThereIsNamedWithItsNeighbours() async throws {
    try await KilnProgram.with { kiln in
      try Files.write(Self.recipe, to: kiln.home.appending("tiny.yaml"))
      for command in ["build", "lock", "plan", "lint", "shell"] {
        try await expect(
          2, ["error[K8003]", "tniy.yaml", "did you mean \(kiln.home)/tiny.yaml?"],
          of: [command, "tniy.yaml"], in: kiln)
        try await expect(2, ["error[K8003]", "has: tiny.yaml"], of: [command, "."], in: kiln)
      }
    }
  }

  @Test func aMisspeltKeyIsShownInItsLine() async throws {
    try await KilnProgram.with { kiln in
      try Files.write(Self.recipe + "packges: [sudo]\n", to: kiln.home.appending("tiny.yaml"))
      try await expect(
        2, ["error[K1103]", "tiny.yaml:4:1", "4 | packges", "`packages`"],
        of: ["build", "tiny.yaml"], in: kiln)
    }
  }

  @Test func anOutputFolderThatCannotBeIsSaidBeforeTheWork() async throws {
    try await KilnProgram.with { kiln in
      try Files.write(Self.recipe, to: kiln.home.appending("tiny.yaml"))
      for output in ["tiny.yaml", "tiny.yaml/images"] {
        try await expect(
          1, ["error[K7001]", "cannot write images to \(kiln.home)/\(output)", "a file"],
          of: ["build", "tiny.yaml", "--offline", "--output", output], in: kiln)
      }
    }
  }

  @Test func twoRecipesThatWriteOneFileAreRefusedBeforeTheWork() async throws {
    try await KilnProgram.with { kiln in
      try Files.write(Self.recipe, to: kiln.home.appending("tiny.yaml"))
      try Files.write(Self.recipe, to: kiln.home.appending("again.yaml"))
      let images = kiln.home.appending("Images")
      try await expect(
        2,
        [
          "error[K8008]", "again.yaml", "write \(images)/tiny.",
          "\(kiln.home)/tiny.yaml has the same `name`: tiny", "--output",
        ], of: ["build", "tiny.yaml", "again.yaml"], in: kiln)
      try await expect(
        2, ["error[K8008]", "named twice"], of: ["build", "tiny.yaml", "tiny.yaml"], in: kiln)
      try Files.write(
        Self.recipe + "wsl: {install: [import, from-file]}\n", to: kiln.home.appending("both.yaml"))
      try await expect(
        2, ["error[K8008]", "both images", "--format"],
        of: ["build", "both.yaml", "--format", "wsl"], in: kiln)
      #expect(!Files.exists(kiln.store) && !Files.exists(images))
      // Files of two kinds do not meet.
      for (name, flavour) in [("tiny", "import"), ("again", "from-file")] {
        try Files.write(
          Self.recipe + "wsl: {install: [\(flavour)]}\n", to: kiln.home.appending("\(name).yaml"))
      }
      try kiln.addSmokeTest()
      try await expect(
        1, ["error[K8004]"], of: ["build", "tiny.yaml", "again.yaml", "--offline"], in: kiln)
    }
  }

  @Test(arguments: ["yesterday", "-1", "1e9", "8589934592"])
  func aDateThatIsNoneIsRefused(date: String) async throws {
    try await KilnProgram.with { kiln in
      try Files.write(Self.recipe, to: kiln.home.appending("tiny.yaml"))
      var command = kiln.command(["build", "tiny.yaml"], accepted: [2])
      command.environment["SOURCE_DATE_EPOCH"] = date
      let result = try await command.run()
      #expect(result.errors.contains("error[K8009]") && result.errors.contains(date))
      #expect(!Files.exists(kiln.store))
    }
  }

  @Test func offlineWithoutALockSaysToLock() async throws {
    try await KilnProgram.with { kiln in
      try Files.write(Self.recipe, to: kiln.home.appending("tiny.yaml"))
      try kiln.addSmokeTest()
      for command in ["build", "lock", "plan", "shell"] {
        try await expect(
          1, ["error[K8004]", "kiln lock"], of: [command, "tiny.yaml", "--offline"], in: kiln)
      }
      #expect(!Files.exists(kiln.home.appending("tiny.lock.json")))
    }
  }

  @Test func aMissingSmokeTestIsSaidBeforeTheWork() async throws {
    try await KilnProgram.with { kiln in
      try Files.write(Self.recipe, to: kiln.home.appending("tiny.yaml"))
      try await expect(
        1, ["error[K8007]", "gpu-smoke-test-amd64", "`make build`"],
        of: ["build", "tiny.yaml", "--offline"], in: kiln)
    }
  }

  @Test func aStoreInTheWayIsNamed() async throws {
    try await KilnProgram.with { kiln in
      try Files.write("", to: kiln.store)
      try await expect(1, ["error[K31", kiln.store.string], of: ["store", "stats"], in: kiln)
    }
  }

  @Test func lintGoesOnWithTheOtherFilesAndNamesEach() async throws {
    try await KilnProgram.with { kiln in
      let sudo = "users: [{name: me, sudo: nopasswd}]\n"
      for (name, more) in [("bad", "packges: []\n"), ("worse", "run: 1\n"), ("sudo", sudo)] {
        try Files.write(Self.recipe + more, to: kiln.home.appending("\(name).yaml"))
      }
      let files = ["bad.yaml", "sudo.yaml", "worse.yaml"]
      let result = try await kiln.command(["lint"] + files, accepted: [2]).run()
      #expect(result.errors.contains("bad.yaml:4:1") && result.errors.contains("worse.yaml:4:6"))
      #expect(result.output.contains("error[K6456]") && result.output.contains("sudo.yaml:4:26"))
      #expect(result.output.contains("warning[K6458]: the recipe has no icon\n  --> \(kiln.home)"))
      let report = try await kiln.json(
        ["lint", "--json"] + files, accepted: [2], as: Diagnostics.self)
      #expect(Set(report.diagnostics.map(\.code)).isSuperset(of: ["K1103", "K1105", "K6456"]))
    }
  }

  /// A lock beside standard input would be a file in /dev.
  @Test func aStreamIsNoRecipe() async throws {
    try await KilnProgram.with { kiln in
      try kiln.addSmokeTest()
      try Files.write(Self.recipe, to: kiln.home.appending("tiny.yaml"))
      for (command, path) in [("build", "-"), ("lock", "/dev/stdin"), ("plan", "/dev/fd/0")] {
        var shell = kiln.command(
          ["-c", "\(KilnProgram.path) \(command) \(path) < tiny.yaml"], accepted: [2])
        shell.executable = "sh"
        let result = try await shell.run()
        #expect(result.errors.contains("error[K8003]: a recipe is a file"), "\(result.errors)")
      }
      #expect(!Files.exists("/dev/stdin.lock.json"))
      try Files.makeSymlink(kiln.home.appending("link.yaml"), to: "tiny.yaml")
      try await kiln.run("lint", "link.yaml")
    }
  }

  @Test func aLookAtACacheThatIsNotThereMakesNone() async throws {
    try await KilnProgram.with { kiln in
      for words in [["stats"], ["verify"], ["gc", "--days", "1"]] {
        let result = try await kiln.command(["store"] + words + ["--store", "misspelt/x"]).run()
        #expect(result.errors == "there is no cache at \(kiln.home)/misspelt/x yet\n")
      }
      #expect(try Files.entries(kiln.home) == [])
    }
  }

  @Test func lintNeedsNoStoreAndNoHome() async throws {
    try await KilnProgram.with { kiln in
      try Files.write(Self.recipe, to: kiln.home.appending("tiny.yaml"))
      var command = kiln.command(["lint", "tiny.yaml"])
      command.environment = [:]
      #expect(try await command.run().output.contains("warning[K6454]"))
      #expect(try Files.entries(kiln.home) == ["tiny.yaml"])
    }
  }
}
