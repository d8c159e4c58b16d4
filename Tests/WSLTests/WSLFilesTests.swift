import Recipes
import SystemPackage
import Testing
import WSL

@Suite struct WSLFilesTests {
  private func text(_ files: [GeneratedFile], _ path: String) -> String? {
    guard case .file(let bytes) = files.first(where: { $0.path == path })?.content else {
      return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func everyFlavourHasWhatWSLNeeds() throws {
    let files = try WSLFiles.common(recipe: .sample)
    let contents = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.content) })
    #expect(contents["etc/resolv.conf"] == .removed)
    #expect(contents["etc/ld.so.conf.d"] == .directory)
    #expect(contents["etc/machine-id"] == .file([]))
    #expect(contents["etc/systemd/system/tmp.mount"] == .symlink("/dev/null"))
    #expect(contents["usr/lib/wsl/kiln.ico"] == .recipeFile("files/kiln.ico"))
    #expect(
      contents["usr/lib/x86_64-linux-gnu/libcuda.so"] == .symlink("/usr/lib/wsl/lib/libcuda.so.1"))
    #expect(files.first { $0.path == "usr/lib/wsl/profile.json" }?.mode == 0o640)
    #expect(files.first { $0.path == "etc/sudoers.d/wsl-lib-path" }?.mode == 0o440)
    #expect(text(files, "etc/default/locale") == "LANG=C.UTF-8\n")
    #expect(text(files, "etc/environment")?.hasSuffix(":/usr/lib/wsl/lib\n") == true)
    #expect(!files.contains { $0.path.hasPrefix("/") })
  }

  @Test func flavoursDifferInUserAndOutOfBoxCommand() throws {
    let importing = try WSLFiles.flavour(.importing, recipe: .sample)
    #expect(text(importing, "etc/wsl.conf") == "[boot]\nsystemd=true\n\n[user]\ndefault=kiln\n")
    #expect(text(importing, "etc/wsl-distribution.conf")?.contains("command") == false)
    #expect(importing.count == 2)

    let fromFile = try WSLFiles.flavour(.fromFile, recipe: .sample)
    #expect(text(fromFile, "etc/wsl.conf") == "[boot]\nsystemd=true\n")
    let distribution = WSLConfiguration(
      parsing: text(fromFile, "etc/wsl-distribution.conf") ?? "")
    #expect(distribution.value("oobe.command") == "/usr/lib/wsl/oobe.sh")
    #expect(distribution.value("oobe.defaultUid") == "1000")
    #expect(distribution.value("oobe.defaultName") == "cuda-wsl")
    #expect(distribution.value("shortcut.icon") == "/usr/lib/wsl/kiln.ico")
    #expect(
      distribution.value("windowsterminal.profileTemplate") == "/usr/lib/wsl/profile.json")
    #expect(fromFile.first { $0.path == "usr/lib/wsl/oobe.sh" }?.mode == 0o755)
  }

  /// It is the name of somebody else, who is there already.
  @Test func aUserOfAnotherUidIsNotSuggested() throws {
    var recipe = Recipe.sample
    recipe.users = [
      .init(name: "me", uid: 1001, groups: ["video"], sudo: .none, shell: "/bin/sh")
    ]
    let script = try #require(
      text(try WSLFiles.flavour(.fromFile, recipe: recipe), "usr/lib/wsl/oobe.sh"))
    #expect(script.contains("\nuid=1000\nsuggested=''\ngroups='video'\nshell='/bin/sh'\n"))
  }

  @Test(arguments: ["=257.9-1", "/trixie", ":amd64"])
  func aPackageCountsHoweverItIsAskedFor(suffix: String) throws {
    var recipe = Recipe.sample
    recipe.locale = "de_DE.UTF-8"
    recipe.packages = ["systemd-sysv", "locales"].map { $0 + suffix }
    #expect(
      text(try WSLFiles.flavour(.fromFile, recipe: recipe), "etc/wsl.conf")
        == "[boot]\nsystemd=true\n")
    #expect(text(try WSLFiles.common(recipe: recipe), "etc/locale.gen") != nil)
    recipe.packages = ["systemd-sysv:arm64"]
    #expect(text(try WSLFiles.flavour(.fromFile, recipe: recipe), "etc/wsl.conf") == nil)
  }

  @Test func theRecipesSettingsWin() throws {
    var recipe = Recipe.sample
    recipe.wsl.conf = ["Boot": ["Systemd": .boolean(false)], "user": ["default": .text("root")]]
    recipe.wsl.distribution = [
      "oobe": ["command": .text("/usr/libexec/wsl/setup"), "defaultName": .text("other")]
    ]
    let importing = try WSLFiles.flavour(.importing, recipe: recipe)
    #expect(
      text(importing, "etc/wsl.conf") == "[Boot]\nSystemd=false\n\n[user]\ndefault=root\n")
    let fromFile = try WSLFiles.flavour(.fromFile, recipe: recipe)
    #expect(!fromFile.contains { $0.path == "usr/lib/wsl/oobe.sh" })
    #expect(text(fromFile, "etc/wsl.conf") == "[Boot]\nSystemd=false\n")
    #expect(
      text(fromFile, "etc/wsl-distribution.conf")?.contains("command=/usr/libexec/wsl/setup")
        == true)
    #expect(text(fromFile, "etc/wsl-distribution.conf")?.contains("defaultName=other") == true)
  }

  @Test func theRecipesEnvironmentIsMerged() throws {
    var recipe = Recipe.sample
    recipe.environment = ["A": "it's b", "PATH": "/opt/ml/bin:/usr/bin"]
    recipe.locale = "de_DE.UTF-8"
    recipe.packages.append("locales")
    let files = try WSLFiles.common(recipe: recipe)
    #expect(
      text(files, "etc/environment")
        == "A=it's b\nPATH=/opt/ml/bin:/usr/bin:/usr/lib/wsl/lib\n")
    #expect(
      text(files, "etc/profile.d/kiln-environment.sh")?.contains("export A='it'\\''s b'") == true)
    recipe.environment = ["A": "it'\u{301};id;"]
    // By bytes: the quote and the mark are one `Character`, but two for the shell.
    let profile = text(try WSLFiles.common(recipe: recipe), "etc/profile.d/kiln-environment.sh")
    #expect(profile?.utf8.contains("A='it'\\''\u{301};id;'".utf8) == true)
    #expect(text(files, "etc/locale.gen") == "de_DE.UTF-8 UTF-8\n")
    for (name, value) in ["a-b": "x", "X": "a#b", "Y": "a\nb", "Z": " a", "M": "a#\u{301}b"] {
      recipe.environment = [name: value]
      #expect(throws: WSLError.self) { try WSLFiles.common(recipe: recipe) }
    }
  }

  @Test func badUsersAreRefused() {
    var recipe = Recipe.sample
    recipe.users[0].name = "Kiln; rm -rf"
    #expect(throws: WSLError.self) { try WSLFiles.flavour(.fromFile, recipe: recipe) }
  }
}
