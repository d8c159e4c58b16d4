import Diagnostics
import FileSystem
import Recipes
import SystemPackage
import TestSupport
import Testing
import Verification

/// Each rule of recipes: a recipe that breaks none, and one change that breaks it.
@Suite struct RecipeLintTests {
  /// Nothing is found in it; its folder has the icon.
  private func withSoundRecipe(_ body: (Recipe, FilePath) throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      try Files.write(SampleImage.icon, to: folder.appending("kiln.ico"))
      let recipe = Recipe(
        name: "sound", base: .debian(.init(suite: "trixie", variant: .minbase, components: [])),
        packages: ["systemd-sysv", "dbus", "libpam-systemd", "login", "sudo"],
        users: [.init(name: "me", uid: 1000, groups: [], sudo: .nopasswd, shell: "/bin/sh")],
        wsl: WSLSettings(
          install: [.importing, .fromFile],
          conf: ["boot": ["systemd": .boolean(true)], "user": ["default": .text("me")]],
          distribution: [
            "oobe": ["defaultUid": .integer(1000)], "shortcut": ["icon": .text("kiln.ico")],
          ]),
        directory: folder)
      try body(recipe, folder)
    }
  }

  /// The one thing found after a change of the sound recipe.
  private func expect(
    _ severity: Diagnostic.Severity, _ code: String, _ words: String...,
    after change: (inout Recipe) -> Void
  ) async throws {
    try await withSoundRecipe { recipe, _ in
      var recipe = recipe
      change(&recipe)
      let findings = RecipeLint.lint(recipe)
      #expect(findings.map(\.code) == [code] && findings.map(\.severity) == [severity])
      for word in words { #expect(findings.first?.rendered().contains(word) == true) }
      #expect(findings.first?.remedy?.isEmpty == false)
    }
  }

  @Test func aSoundRecipeHasNoFindings() async throws {
    try await withSoundRecipe { recipe, _ in #expect(RecipeLint.lint(recipe) == []) }
  }

  @Test(arguments: ["nvidia-driver", "cuda-12-9", "libcuda1:amd64", "cuda-drivers=580.1"])
  func aDriverHidesTheHosts(package: String) async throws {
    let name = String(package.prefix { !":=".contains($0) })
    try await expect(.error, "K6451", "\(name) brings", "cuda-toolkit") {
      $0.packages.append(package)
    }
  }

  @Test(arguments: ["cuda-toolkit-12-9", "cuda-cudart-12-9", "libcudart12", "nvidia-cuda-toolkit"])
  func aToolkitIsNoDriver(package: String) async throws {
    try await withSoundRecipe { recipe, _ in
      var recipe = recipe
      recipe.packages.append(package)
      #expect(RecipeLint.lint(recipe) == [])
    }
  }

  @Test func systemdWantsItsPackages() async throws {
    try await expect(.error, "K6452", "systemd-sysv to `packages`") {
      $0.packages.removeAll { $0 == "systemd-sysv" }
    }
    try await expect(.warning, "K6452", "dbus, libpam-systemd to `packages`") {
      $0.packages.removeAll { ["dbus", "libpam-systemd"].contains($0) }
    }
    // WSL starts what is there, asked or not.
    try await expect(.warning, "K6452", "login") {
      $0.wsl.conf["boot"] = nil
      $0.packages.removeAll { $0 == "login" }
    }
  }

  @Test func withoutSystemdNothingOfItIsWanted() async throws {
    try await withSoundRecipe { recipe, _ in
      var recipe = recipe
      recipe.packages = ["sudo"]
      for conf in [["boot": ["systemd": WSLSettings.Value.boolean(false)]], [:]] {
        recipe.wsl.conf = conf
        #expect(RecipeLint.lint(recipe) == [])
      }
      recipe.packages = ["systemd-sysv=257", "dbus/trixie", "libpam-systemd", "login", "sudo"]
      recipe.wsl.conf = ["boot": ["systemd": .boolean(true)]]
      #expect(RecipeLint.lint(recipe) == [])
    }
  }

  @Test func anImportWithoutUsersIsRootForAll() async throws {
    try await expect(.warning, "K6454", "`wsl --import`") {
      $0.users = []
      $0.wsl.conf["user"] = nil
    }
    try await withSoundRecipe { recipe, _ in
      var recipe = recipe
      recipe.users = []
      recipe.wsl.conf["user"] = nil
      recipe.wsl.install = [.fromFile]
      #expect(RecipeLint.lint(recipe) == [])
    }
  }

  @Test func theFirstUserOfAWSLFileHasMicrosoftsNumber() async throws {
    try await expect(.warning, "K6455", "is 1001", "1000") {
      $0.wsl.distribution["oobe"] = ["defaultUid": .integer(1001)]
    }
  }

  @Test func sudoIsAPackage() async throws {
    try await expect(.error, "K6456", "sudo to `packages`") {
      $0.packages.removeAll { $0 == "sudo" }
      $0.packages.append("sudoku")
    }
    try await withSoundRecipe { recipe, _ in
      var recipe = recipe
      recipe.packages.removeAll { $0 == "sudo" }
      recipe.users[0].sudo = .none
      #expect(RecipeLint.lint(recipe) == [])
    }
  }

  @Test(arguments: [
    ("shortcut", "icon", SampleImage.icon, "not an icon"),
    ("windowsterminal", "ProfileTemplate", Array(#"{"profiles": []}"#.utf8), "not a JSON object"),
  ])
  func filesOfTheDistributionAreThereAndSmallAndWhatTheyShouldBe(
    section: String, key: String, start: [UInt8], fault: String
  ) async throws {
    try await expect(.error, "K6457", "/none.file", "not in the recipe's folder") {
      $0.wsl.distribution[section] = [key: .text("none.file")]
    }
    try await withSoundRecipe { recipe, folder in
      var recipe = recipe
      recipe.wsl.distribution[section] = [key: .text("large")]
      let limit = 1 << 20
      let file = folder.appending("large")
      let space = UInt8(ascii: " ")
      func findings(_ bytes: [UInt8]) throws -> [Diagnostic] {
        try Files.write(bytes, to: file)
        return RecipeLint.lint(recipe)
      }
      let largest = start + [UInt8](repeating: space, count: limit - start.count)
      #expect(try findings(largest) == [])
      let tooLarge = try findings(largest + [space])
      #expect(tooLarge.map(\.code) == ["K6457"])
      #expect(tooLarge.first?.reason?.contains("\(limit + 1) bytes") == true)
      let other = try findings(Array("# text".utf8))
      #expect(other.map(\.code) == ["K6457"])
      #expect(other.first?.reason?.contains(fault) == true)
      // A file of the image is looked at in the image.
      recipe.wsl.distribution[section] = [key: .text("/usr/share/none")]
      #expect(RecipeLint.lint(recipe) == [])
    }
  }

  @Test func aWSLFileWantsAnIcon() async throws {
    try await expect(.warning, "K6458", "shortcut.icon") { $0.wsl.distribution["shortcut"] = nil }
    try await withSoundRecipe { recipe, _ in
      var recipe = recipe
      recipe.wsl.distribution["shortcut"] = nil
      recipe.wsl.install = [.importing]
      #expect(RecipeLint.lint(recipe) == [])
    }
  }

  /// The build itself makes it.
  @Test func aLocaleNeedsNoStep() async throws {
    try await withSoundRecipe { recipe, _ in
      var recipe = recipe
      recipe.locale = "de_DE.UTF-8"
      recipe.packages.append("locales")
      #expect(RecipeLint.lint(recipe) == [])
    }
  }

  @Test func whatCannotBeWrittenIsSaidBeforeTheBuild() async throws {
    try await expect(.error, "K6001", "`boot.a b`") {
      $0.wsl.conf["boot", default: [:]]["a b"] = .text("x")
    }
    try await expect(.error, "K6005", "`A`") { $0.environment = ["A": "line\nline"] }
  }

  @Test func ofATarballOnlyWhatIsKnownIsJudged() async throws {
    try await withSoundRecipe { recipe, _ in
      var recipe = recipe
      recipe.packages = []
      #expect(RecipeLint.lint(recipe).map(\.code) == ["K6452", "K6456"])
      recipe.base = .tarball(.init(location: .path("base.tar.gz"), sha256: nil))
      #expect(RecipeLint.lint(recipe) == [])
      recipe.wsl.distribution["shortcut"] = nil
      #expect(RecipeLint.lint(recipe).map(\.code) == ["K6458"])
    }
  }
}
