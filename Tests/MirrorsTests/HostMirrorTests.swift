import Commands
import Diagnostics
import FileSystem
import Mirrors
import Needs
import SystemPackage
import TestSupport
import Testing

/// Mirrors of a host whose files the test writes.
@Suite struct HostMirrorTests {
  /// A host of `files` with a home in `home`, and what it gives.
  private func mirrors(
    _ files: [String: String], _ variables: [String: String] = [:],
    extra: [String: [String]] = [:]
  ) async throws -> Mirrors {
    try await withTemporaryFolder { root in
      for (name, text) in files {
        try Files.makeDirectories(root.appending(name).removingLastComponent())
        try Files.write(text, to: root.appending(name))
      }
      // No tools: what is known comes from the files.
      let environment = ["PATH": "/nonexistent", "HOME": root.appending("home").string]
        .merging(variables) { $1 }
      return try await Mirrors.ofHost(environment: environment, root: root, extra: extra)
    }
  }

  private func failure(
    _ files: [String: String], _ variables: [String: String] = [:]
  ) async -> MirrorError? {
    do { _ = try await mirrors(files, variables) } catch { return error as? MirrorError }
    return nil
  }

  private let bookworm = "ID=debian\nVERSION_CODENAME=\"bookworm\"\n"

  @Test func readsDebiansStanzas() async throws {
    let mirrors = try await mirrors([
      "etc/os-release": bookworm,
      "etc/apt/sources.list.d/debian.sources": """
      Types: deb deb-src
      # a comment
      URIs: http://example.org/debian/
        http://example.com/debian
      Suites: bookworm bookworm-updates
      Components: main contrib
      Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

      Types: deb
      URIs: http://example.org/debian-security
      Suites: bookworm-security
      Components: main
      Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

      Types: deb
      URIs: http://example.net/debian
      Suites: bookworm
      Components: main
      Enabled: no
      """,
    ])
    #expect(
      try mirrors.baseURLs(source: "debian") == [
        "http://example.org/debian", "http://example.com/debian",
      ])
    #expect(
      try mirrors.baseURLs(source: "debian-security") == ["http://example.org/debian-security"])
  }

  @Test func readsOneLineSourcesAndKnowsStrangers() async throws {
    let mirrors = try await mirrors([
      "etc/os-release": bookworm,
      "etc/apt/sources.list": """
      # deb http://example.net/debian bookworm main
      deb [arch=amd64 signed-by=/k/other.gpg] https://example.net/vendor/debian bookworm main
      deb https://example.net/docker/debian bookworm stable
      deb http://example.net/pgdg bookworm-pgdg main
      deb http://example.com/debian trixie main
      deb [ arch=amd64 ] http://example.org/debian bookworm main non-free-firmware # the one
      deb-src http://example.net/debian bookworm main
      deb http://example.org/security buster/updates main
      """,
      "etc/apt/sources.list.d/off.list.disabled": "deb http://example.net/debian bookworm main",
    ])
    #expect(
      try mirrors.baseURLs(source: "debian") == [
        "http://example.org/debian", "http://example.com/debian",
      ])
    #expect(throws: MirrorError.self) { try mirrors.baseURLs(source: "debian-security") }
    #expect(throws: MirrorError.self) { try mirrors.baseURLs(source: "ubuntu") }
  }

  @Test func readsUbuntus() async throws {
    let mirrors = try await mirrors([
      "etc/os-release": "ID=ubuntu\nVERSION_CODENAME=noble\n",
      "etc/apt/sources.list.d/ubuntu.sources": """
      Types: deb
      URIs: mirror+file:///etc/apt/mirrors.txt
      Suites: noble noble-updates noble-backports
      Components: main universe restricted multiverse
      Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
      """,
      "etc/apt/mirrors.txt":
        "# two\nhttp://example.org/ubuntu/\tpriority:1\nhttp://example.com/u\n",
    ])
    let expected = ["http://example.org/ubuntu", "http://example.com/u"]
    #expect(try mirrors.baseURLs(source: "ubuntu") == expected)
    #expect(try mirrors.baseURLs(source: "ubuntu-security") == expected)
  }

  @Test func theEnvironmentWinsThenTheFileThenTheRecipeThenTheHost() async throws {
    let files = [
      "etc/os-release": bookworm,
      "etc/apt/sources.list": "deb http://example.org/debian bookworm main",
      "home/.config/kiln/mirrors.yaml": """
      debian: http://example.org/from-file
      cuda: [http://example.org/a/, "file:///b"]
      """,
    ]
    let recipe = ["cuda": ["http://example.org/recipe"], "other.repo": ["http://example.org/r"]]
    let plain = try await mirrors(files, extra: recipe)
    #expect(try plain.baseURLs(source: "debian") == ["http://example.org/from-file"])
    #expect(try plain.baseURLs(source: "cuda") == ["http://example.org/a", "file:///b"])
    #expect(try plain.baseURLs(source: "other.repo") == ["http://example.org/r"])
    let set = try await mirrors(
      files,
      [
        "KILN_MIRROR_DEBIAN": " http://example.org/1/  http://example.org/2 ",
        "KILN_MIRROR_OTHER_REPO": "http://example.org/3",
        "KILN_MIRROR_DEBIAN_SECURITY": "http://example.org/4", "KILN_MIRROR_CUDA": "",
      ], extra: recipe)
    #expect(
      try set.baseURLs(source: "debian") == ["http://example.org/1", "http://example.org/2"])
    #expect(try set.baseURLs(source: "other.repo") == ["http://example.org/3"])
    #expect(try set.baseURLs(source: "debian-security") == ["http://example.org/4"])
    #expect(try set.baseURLs(source: "cuda") == ["http://example.org/a", "file:///b"])
  }

  @Test func knowsTheSnapshotsThatTheUserNames() async throws {
    let files = [
      "home/.config/kiln/mirrors.yaml": """
      debian:
        mirrors: http://example.org/debian
        snapshots: ["http://example.org/by-hash/{sha256}", "http://example.org/at/{date}/{path}"]
      pypi:
        snapshots: http://example.org/kept/
      """
    ]
    let written = try await mirrors(files, ["KILN_SNAPSHOT_DEBIAN": ""])
    #expect(try written.baseURLs(source: "debian") == ["http://example.org/debian"])
    #expect(
      written.snapshots(source: "debian").map(\.template)
        == ["http://example.org/by-hash/{sha256}", "http://example.org/at/{date}/{path}"])
    #expect(written.snapshots(source: "pypi").map(\.isBase) == [true])
    #expect(written.snapshots(source: "cuda") == [])
    let set = try await mirrors(files, ["KILN_SNAPSHOT_DEBIAN": "file:///kept/{file}"])
    let snapshot = try #require(set.snapshots(source: "debian").first)
    #expect(snapshot.url { "<\($0.rawValue)>" } == "file:///kept/<file>")
    #expect(await failure([:], ["KILN_SNAPSHOT_CUDA": "http://a/{hash}"])?.code == .badSnapshot)
    #expect(await failure([:], ["KILN_SNAPSHOT_CUDA": "http://a/}"])?.code == .badSnapshot)
    #expect(await failure([:], ["KILN_SNAPSHOT_CUDA": "a/{path}"])?.code == .badURL)
  }

  @Test func findsPythonsIndexAsPipDoes() async throws {
    let files = [
      "etc/pip.conf": "[global]\nindex-url = https://example.org/global\n",
      "home/.config/pip/pip.conf": """
      [install]
      index-url = https://example.org/not-this
      [global]
      index_url = https://example.org/user/
      extra-index-url =
          https://example.org/x1
          https://example.org/x2
      """,
    ]
    let extras = ["https://example.org/x1", "https://example.org/x2"]
    let found = try await mirrors(files)
    #expect(try found.baseURLs(source: "pypi") == ["https://example.org/user"])
    #expect(found.extraIndexes == extras)
    #expect(try found.fileURLs(source: "pypi") == ["https://example.org/user"] + extras)
    #expect(
      try await mirrors(files, ["PIP_INDEX_URL": "https://example.org/env"])
        .fileURLs(source: "pypi") == ["https://example.org/env"] + extras)
    let alone = try await mirrors(
      [:], ["UV_INDEX": "a=https://example.org/a https://example.org/b/"])
    #expect(try alone.baseURLs(source: "pypi") == ["https://example.org/a"])
    #expect(alone.extraIndexes == ["https://example.org/b"])
    #expect(
      try await mirrors(files, ["UV_DEFAULT_INDEX": "main=https://example.org/uv"])
        .baseURLs(source: "pypi").first == "https://example.org/uv")
    #expect(
      try await mirrors(["etc/pip.conf": files["etc/pip.conf"] ?? ""])
        .baseURLs(source: "pypi") == ["https://example.org/global"])
    #expect(
      try await mirrors(files, ["KILN_MIRROR_PYPI": "https://example.org/kiln"])
        .fileURLs(source: "pypi") == ["https://example.org/kiln"])
  }

  @Test func anUnknownSourceSaysWhereToNameIt() async throws {
    let mirrors = try await mirrors([:])
    let error = #expect(throws: MirrorError.self) {
      try mirrors.baseURLs(source: "debian-security")
    }
    let diagnostic = try #require(error?.diagnostics.first)
    #expect(diagnostic.code == "K2001")
    #expect(diagnostic.remedy?.contains("KILN_MIRROR_DEBIAN_SECURITY") == true)
    #expect(diagnostic.remedy?.contains("kiln/mirrors.yaml") == true)
  }

  @Test func saysWhereAMirrorIsNone() async throws {
    let yaml = "home/.config/kiln/mirrors.yaml"
    let shape = await failure([yaml: "debian:\n  mirrors: {a: b}\n"])
    #expect(shape?.code == .badConfiguration && shape?.place.line == 2)
    let url = await failure([yaml: "debian: me:secret@example.org/debian\n"])
    #expect(url?.code == .badURL && url?.place.line == 1)
    #expect(url?.description.contains("secret") == false)
    let secret = await failure([yaml: "debian: ftp://me:secret@example.org/debian\n"])
    #expect(secret?.description.contains("secret") == false)
    #expect(await failure([yaml: "debian: [\n"])?.code == .badConfiguration)
    #expect(await failure([yaml: "- x\n"])?.code == .badConfiguration)
    #expect(await failure([:], ["KILN_MIRROR_DEBIAN": "example.org"])?.code == .badURL)
    #expect(await failure([yaml: ""]) == nil)
  }

  @Test(arguments: [
    ("debain: http://a\n", 1, 1, "`debian`"),
    ("debian: http://a\nDebian_Security: http://a\n", 2, 1, "`debian-security`"),
    ("pyip: {snapshots: http://a}\n", 1, 1, "`pypi`"),
    ("venodr: http://a\n", 1, 1, "`vendor`"),
    ("debian:\n  mirorrs: http://a\n", 2, 3, "`mirrors`"),
    ("debian: {mirrors: http://a, fallback: http://a}\n", 1, 29, "one of those"),
  ])
  func aMisspeltKeyIsShownWithTheNearestName(
    text: String, line: Int, column: Int, remedy: String
  ) async throws {
    let error = await #expect(throws: MirrorError.self) {
      try await mirrors(
        ["home/.config/kiln/mirrors.yaml": text], extra: ["vendor": ["http://b"]])
    }
    let diagnostic = try #require(error?.diagnostics.first)
    #expect(diagnostic.code == "K2007")
    #expect(diagnostic.place?.line == line && diagnostic.place?.column == column)
    #expect(diagnostic.place?.excerpt != nil && diagnostic.remedy?.contains(remedy) == true)
  }

  /// The file is for all recipes.
  @Test func aSourceOfAnotherRecipeIsNoMisspeltOne() async throws {
    for name in ["cuda", "vendor2", "vendor-b", "debian-local", "debian12"] {
      let mirrors = try await mirrors(
        ["home/.config/kiln/mirrors.yaml": "\(name): http://a\n"], extra: ["vendor": ["http://b"]])
      #expect(try mirrors.baseURLs(source: name) == ["http://a"])
    }
    let both = "debian: http://a\ndebiann: http://b\n"
    _ = try await mirrors(["home/.config/kiln/mirrors.yaml": both])
  }

  private static func hasPip() async -> Bool {
    let command = Command(
      "python3", ["-m", "pip", "--version"], environment: ["PATH": TestEnvironment.path])
    return await (try? command.run()) != nil
  }

  @Test(.needs("pip") { await hasPip() })
  func asksTheInstalledPipForItsOwnIndex() async throws {
    let environment = [
      "PATH": TestEnvironment.path, "HOME": "/nonexistent", "PIP_CONFIG_FILE": "/dev/null",
    ]
    let mirrors = try await Mirrors.ofHost(environment: environment, root: "/nonexistent")
    let url = try? mirrors.baseURLs(source: "pypi").first
    #expect(url?.hasPrefix("https://") == true)
  }
}
