import Content
import Diagnostics
import FileSystem
import Recipes
import SystemPackage
import Testing

struct ReadingTests {
  @Test func theLeastRecipeHasTheDocumentedDefaults() async throws {
    try await Kitchen.with(minimal()) { kitchen in
      let expected = Recipe(
        name: "a", base: .debian(.init(suite: "trixie", variant: .minbase, components: ["main"])),
        directory: kitchen.folder)
      let recipe = try kitchen.read()
      #expect(recipe == expected)
    }
  }

  @Test func namesThatOnlyLookAlikeAreTwo() async throws {
    let files = "files: [{content: a, to: /caf\u{E9}}, {content: b, to: \"/cafe\u{301}\"}]\n"
    try await Kitchen.with(minimal(files)) { kitchen in
      let recipe = try kitchen.read()
      #expect(recipe.files.count == 2)
    }
  }

  static let everything = """
    recipe: 1
    name: everything
    description: All keys
    architecture: arm64
    variables: {who: potter, place: kiln}
    base:
      ubuntu: {suite: noble, variant: essential, components: [main], keyring: keys/vendor.asc}
    sources:
      - name: vendor
        uri: https://example.org/apt
        suite: stable
        components: [main, extra]
        key: {file: keys/vendor.asc}
      - {name: flat, uri: "http://127.0.0.1:8080/flat", suite: ./, key: {inline: "-----BEGIN PGP PUBLIC KEY BLOCK-----"}}
    preferences:
      - {package: "*", pin: release o=Vendor, priority: -10}
    packages: [g++, "libc6:arm64", curl=7.88.1-10+deb12u5, nano/bookworm-backports]
    recommends: true
    debs:
      - {path: debs/a.deb}
      - {url: "https://example.org/b.deb", sha256: \(String(repeating: "AB", count: 32))}
    python:
      venv: /opt/ml
      requirements: ["numpy>=2,<3", "torch[extra]; python_version > '3.8'"]
      wheels: [wheels/clay-1.0-py3-none-any.whl]
      index: https://example.org/simple
      exclude: [Triton]
      byte-code: false
    files:
      - {from: files/link, to: /etc/a, mode: "0640", owner: "${who}", group: 33}
      - {from: tree, to: /usr/share/tree}
      - {content: "in ${place}, $${not} $1 $", to: /etc/b}
      - {symlink: ../a, to: /etc/c}
      - {wheel: "torch_directml == 0.2", member: a b/lib.so, to: /opt/lib.so, mode: "0755"}
      - {archive: {path: debs/a.deb}, member: usr/bin/a, to: /opt/a}
    users:
      - {name: "${who}", uid: 1234, groups: [sudo], sudo: password, shell: /bin/sh}
    environment: {A: 1, B: "two ${place}", C: true}
    timezone: Europe/Berlin
    locale: C.UTF-8
    wsl:
      install: [from-file]
      conf: {boot: {systemd: true, initTimeout: 5000}, user: {default: "${who}"}, filesystem: {umask: "022"}}
      distribution: {oobe: {defaultName: every.thing, defaultUid: 1000}, shortcut: {icon: icon.ico}}
    run:
      - {name: first, script: "true"}
      - name: second
        script: |
          echo "$${HOME}"
        user: ${who}
        network: true
        environment: {X: y}
        timeout: 90s
        inputs: [files/a.txt, files/up]
    gpu: {backend: directml, require-architectures: [sm_86]}
    smoke-test: {backend: cuda, level: full}
    """

  @Test func readsEveryKey() async throws {
    try await Kitchen.with(Self.everything) { kitchen in
      let recipe = try kitchen.read()
      #expect(recipe == Self.expected(kitchen.folder))
    }
  }

  private static func expected(_ folder: FilePath) -> Recipe {
    Recipe(
      name: "everything", description: "All keys", architecture: .arm64,
      base: .ubuntu(
        .init(
          suite: "noble", variant: .essential, components: ["main"], keyring: "keys/vendor.asc")),
      sources: [
        .init(
          name: "vendor", uri: "https://example.org/apt", suite: "stable",
          components: ["main", "extra"], key: .file("keys/vendor.asc")),
        .init(
          name: "flat", uri: "http://127.0.0.1:8080/flat", suite: "./", components: [],
          key: .inline("-----BEGIN PGP PUBLIC KEY BLOCK-----")),
      ],
      preferences: [.init(package: "*", pin: "release o=Vendor", priority: -10)],
      packages: ["g++", "libc6:arm64", "curl=7.88.1-10+deb12u5", "nano/bookworm-backports"],
      recommends: true,
      debs: [
        .init(location: .path("debs/a.deb"), sha256: nil),
        .init(
          location: .url("https://example.org/b.deb"),
          sha256: String(repeating: "ab", count: 32)),
      ],
      python: .init(
        venv: "/opt/ml", requirements: ["numpy>=2,<3", "torch[extra]; python_version > '3.8'"],
        wheels: ["wheels/clay-1.0-py3-none-any.whl"], index: "https://example.org/simple",
        exclude: ["Triton"], byteCode: false),
      files: [
        .init(
          source: .path("files/a.txt"), to: "/etc/a", mode: 0o640, owner: "potter", group: "33"),
        .init(
          source: .path("tree"), to: "/usr/share/tree", mode: nil, owner: "root", group: "root"),
        .init(
          source: .content("in kiln, ${not} $1 $"), to: "/etc/b", mode: nil, owner: "root",
          group: "root"),
        .init(source: .symlink("../a"), to: "/etc/c", mode: nil, owner: "root", group: "root"),
        .init(
          source: .member("a b/lib.so", of: .wheel("torch_directml == 0.2")), to: "/opt/lib.so",
          mode: 0o755, owner: "root", group: "root"),
        .init(
          source: .member(
            "usr/bin/a", of: .file(.init(location: .path("debs/a.deb"), sha256: nil))),
          to: "/opt/a", mode: nil, owner: "root", group: "root"),
      ],
      users: [
        .init(name: "potter", uid: 1234, groups: ["sudo"], sudo: .password, shell: "/bin/sh")
      ],
      environment: ["A": "1", "B": "two kiln", "C": "true"], timezone: "Europe/Berlin",
      locale: "C.UTF-8", wsl: wsl, run: steps,
      gpu: .init(backend: .directml, requireArchitectures: ["sm_86"]),
      smokeTest: .init(backend: .cuda, level: .full), directory: folder)
  }

  private static let wsl = WSLSettings(
    install: [.fromFile],
    conf: [
      "boot": ["systemd": .boolean(true), "initTimeout": .integer(5000)],
      "user": ["default": .text("potter")], "filesystem": ["umask": .text("022")],
    ],
    distribution: [
      "oobe": ["defaultName": .text("every.thing"), "defaultUid": .integer(1000)],
      "shortcut": ["icon": .text("icon.ico")],
    ])

  private static let steps: [Recipe.Step] = [
    .init(
      name: "first", script: "true", user: "root", network: false, environment: [:],
      timeout: 600, inputs: []),
    .init(
      name: "second", script: "echo \"${HOME}\"\n", user: "potter", network: true,
      environment: ["X": "y"], timeout: 90,
      inputs: [.init("files/a.txt"), .init("tree", name: "files/up")]),
  ]

  @Test func aPackageMayBeAskedForOfTwoArchitectures() async throws {
    let text = minimal("packages: [nano, 'nano:arm64', 'nano:armhf=1']\n")
    try await Kitchen.with(text) { kitchen in
      let recipe = try kitchen.read()
      #expect(recipe.packages.count == 3)
    }
  }

  @Test func settingsReplaceVariables() async throws {
    let text = minimal("variables: {uid: 1001, who: a}\nusers: [{name: '${who}', uid: '${uid}'}]\n")
    try await Kitchen.with(text) { kitchen in
      // Quoted, so the uid stays text.
      #expect(kitchen.complaints().map(\.code) == ["K1105"])
    }
    let plain = minimal("variables: {uid: 1001, who: a}\nusers:\n- name: ${who}\n  uid: ${uid}\n")
    try await Kitchen.with(plain) { kitchen in
      let recipe = try kitchen.read(set: ["who": "b", "uid": "1002"])
      #expect(recipe.users.map(\.name) == ["b"])
      #expect(recipe.users.map(\.uid) == [1002])
    }
  }

  @Test func remembersPlaces() async throws {
    let text = minimal("packages:\n  - nano\n  - less\npython: {venv: /v, requirements: [six]}\n")
    try await Kitchen.with(text) { kitchen in
      let recipe = try kitchen.read()
      let file = kitchen.folder.appending("recipe.yaml").string
      #expect(
        recipe.place(ofPackage: "less")
          == Diagnostic.Place(file: file, line: 6, column: 5, excerpt: "  - less"))
      #expect(recipe.place(ofRequirement: "six")?.column == 35)
      #expect(recipe.places["base.debian.suite"]?.line == 3)
      #expect(recipe.place(ofPackage: "nothing") == nil)
    }
  }

  @Test func readsARecipeInTheWorkingFolder() async throws {
    // No folder in the path: the recipe's folder is the working folder.
    #expect(throws: RecipeError.self) { try RecipeReader().read("no-such-recipe.yaml") }
  }
}
