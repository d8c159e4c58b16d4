import Diagnostics
import Recipes
import Testing
import WSL

/// The parser of WSL's configuration files, against the behaviour of microsoft/WSL's source.
@Suite struct WSLConfigurationTests {
  @Test func readsSectionsKeysQuotesAndComments() {
    let configuration = WSLConfiguration(
      parsing: """
        # a comment
        [boot]   # one more
        systemd = TRUE
          command = "echo \\"a # b\\"  " # gone
        [User]
        DEFAULT=\tkiln\t
        """)
    #expect(configuration.problems.isEmpty)
    #expect(configuration.boolean("boot.systemd") == true)
    #expect(configuration.value("boot.command") == "echo \"a # b\"  ")
    #expect(configuration.value("user.default") == "kiln")
    #expect(configuration.entry("user.default")?.line == 6)
  }

  @Test(arguments: [
    ("[boot]\nsystemd=true\r\n\r\n[user]\r\ndefault=x\r\n", "x"),
    ("[user]\ndefault=a\\\nb\n", "ab"),
    ("[user]\ndefault=a\\tb\\n\n", "a\tb\n"),
    ("[user]\ndefault=\n", ""),
    ("[user]\ndefault=a#b", "a"),
    ("[user]#c\ndefault=\"a\"b\" c\"\n", "ab c"),
    ("[user]\ndefault=first\ndefault=second\n", "first"),
    ("[user]\ndefault=é\n", "é"),
    ("[user]\n# c\r\ndefault=x\n", "x"),
  ])
  func readsTheValue(text: String, value: String) {
    #expect(WSLConfiguration(parsing: text).value("user.default") == value)
  }

  @Test(arguments: [
    ("\u{FEFF}[user]\ndefault=x\n", 1, 1),
    ("; no comment\n[user]\ndefault=x\n", 1, 1),
    ("[boot]\nsystemd true\n[user]\ndefault=x\n", 2, 9),
    ("[bo-ot]\n[user]\ndefault=x\n", 1, 4),
    ("[boot] x\n[user]\ndefault=x\n", 1, 8),
    ("[boot]\nboot.systemd=true\n[user]\ndefault=x\n", 2, 5),
    ("[boot]\ncommand=a\\q\n[user]\ndefault=x\n", 2, 11),
    ("[boot]\ncommand=\"a\n[user]\ndefault=x\n", 2, 11),
    ("[1boot]\n[user]\ndefault=x\n", 1, 2),
  ])
  func stopsAtTheFirstMalformedLine(text: String, line: Int, column: Int) {
    let configuration = WSLConfiguration(parsing: text)
    #expect(configuration.value("user.default") == nil)
    #expect(configuration.problems.count == 1)
    #expect(configuration.problems.first?.line == line)
    #expect(configuration.problems.first?.column == column)
  }

  @Test func reportsDuplicatesAndKeysOutsideSections() {
    let configuration = WSLConfiguration(parsing: "a=1\n[boot]\nsystemd=true\nSystemd=false\n")
    #expect(
      configuration.problems.map(\.kind) == [
        .outsideSection(name: "a"), .duplicate(name: "boot.Systemd", firstLine: 3),
      ])
    #expect(configuration.boolean("boot.systemd") == true)
  }

  @Test func everyValueReadsBack() throws {
    let values = [
      "", " ", "a", " a ", "a#b", "#", "\"", "\\", "a\\", "\\n", "a\nb", "\t", "tab\tin", "é ", "=",
      "[x]",
      "\u{08}", "'", "a;b", "\"#\"", "%d", "\u{01}",
    ]
    for value in values {
      let settings: WSLSettings.Configuration = [
        "boot": ["command": .text(value), "systemd": .boolean(true)], "oobe": ["uid": .integer(7)],
      ]
      let text = try WSLConfiguration.text(settings)
      let configuration = WSLConfiguration(parsing: text)
      #expect(configuration.problems.isEmpty)
      #expect(configuration.value("boot.command") == value)
      #expect(configuration.value("boot.systemd") == "true")
      #expect(configuration.value("oobe.uid") == "7")
    }
  }

  @Test func randomBytesNeverTrap() throws {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("ab1[]=#\"\\ \t\r\n;\u{0}é".utf8)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0..<40, using: &generator)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      _ = WSLConfiguration(parsing: bytes)
    }
  }

  @Test(
    arguments: [
      (["bo ot": ["a": .text("x")]], WSLError.Code.badName),
      (["boot": ["a.b": .text("x")]], .badName),
      (["boot": ["1": .text("x")]], .badName),
      (["boot": ["command": .text("a\rb")]], .badValue),
      (["boot": ["command": .text("a\0b")]], .badValue),
      (["boot": ["command": .text("a"), "Command": .text("b")]], .sameKey),
    ] as [(WSLSettings.Configuration, WSLError.Code)])
  func refusesWhatWouldNotReadBack(settings: WSLSettings.Configuration, code: WSLError.Code) {
    do throws(WSLError) {
      _ = try WSLConfiguration.text(settings)
      Issue.record("written all the same")
    } catch {
      #expect(error.code == code)
      #expect(error.diagnostics.first?.remedy != nil)
    }
  }

  @Test func settingsKnowTheirValues() {
    let umask = WSLSetting.named("FILESYSTEM.UMASK", in: WSLSetting.conf)
    #expect(umask?.takes("0022") == true)
    #expect(umask?.takes("0x1F") == true)
    #expect(umask?.takes("09") == false)
    #expect(umask?.takes("") == false)
    #expect(umask?.takes("99999999999") == false)
    #expect(WSLSetting.named("boot.systemd", in: WSLSetting.conf)?.takes("yes") == false)
    #expect(WSLSetting.named("boot.initTimeout", in: WSLSetting.conf)?.isAccepted == false)
    #expect(WSLSetting.named("general.hostname", in: WSLSetting.conf)?.isRead == false)
    #expect(WSLSetting.named("oobe.command", in: WSLSetting.conf) == nil)
  }
}
