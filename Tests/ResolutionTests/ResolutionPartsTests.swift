import Content
import Diagnostics
import Digests
import Fetching
import FileSystem
import Locks
import Mirrors
import Recipes
import Store
import SystemPackage
import TestSupport
import Testing

@testable import Resolution

@Suite("Wheel names and tags") struct WheelNameTests {
  private let target = PythonTarget(minor: 13, glibc: 36, architecture: .amd64)

  @Test("pip's order of preference") func order() throws {
    let names = [
      "a-1-cp313-cp313-manylinux_2_34_x86_64.whl",
      "a-1-cp313-cp313-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
      "a-1-cp313-abi3-manylinux_2_28_x86_64.whl", "a-1-cp39-abi3-manylinux_2_28_x86_64.whl",
      "a-1-py3-none-manylinux_2_28_x86_64.whl", "a-1-py3-none-manylinux1_x86_64.whl",
      "a-1-cp313-none-any.whl", "a-1-py3-none-any.whl", "a-1-py38-none-any.whl",
    ]
    let ranks = try names.map { try #require(try WheelFileName($0).rank(on: target)) }
    #expect(ranks == ranks.sorted())
    #expect(Set(ranks).count == ranks.count)
  }

  @Test(
    "what does not fit",
    arguments: [
      "a-1-cp313-cp313-manylinux_2_38_x86_64.whl", "a-1-cp312-cp312-manylinux_2_28_x86_64.whl",
      "a-1-cp313-cp313t-manylinux_2_28_x86_64.whl", "a-1-cp314-abi3-manylinux_2_28_x86_64.whl",
      "a-1-cp313-cp313-manylinux_2_28_aarch64.whl", "a-1-cp313-cp313-win_amd64.whl",
      "a-1-cp313-cp313-musllinux_1_2_x86_64.whl", "a-1-py2-none-any.whl", "a-1-py314-none-any.whl",
    ])
  func unfit(name: String) throws {
    #expect(try WheelFileName(name).rank(on: target) == nil)
  }

  /// Those of buster and bionic; no binary wheel fitted them.
  @Test("up to Python 3.7 the ABI has a letter", arguments: [(6, 0), (7, 0), (8, nil)])
  func letter(minor: Int, rank: Int?) throws {
    let target = PythonTarget(minor: minor, glibc: 28, architecture: .amd64)
    let name = { (abi: String) in
      try WheelFileName("a-1-cp3\(minor)-\(abi)-manylinux_2_28_x86_64.whl")
    }
    #expect(try name("cp3\(minor)m").rank(on: target) == rank)
    #expect(try name("cp3\(minor)").rank(on: target) == (rank == nil ? 0 : nil))
  }

  @Test("the interpreter's own package says which Python it is") func interpreter() throws {
    let target = { (versions: [String: String]) in
      let artifacts = versions.merging(["libc6": "2.41-12"]) { $1 }.map { name, version in
        Artifact(
          kind: .package, name: name, version: version, architecture: .amd64, size: 1,
          sha256: SHA256Digest(ofText: name), source: "debian", path: name)
      }
      return try PythonTarget(
        AptPackages(artifacts: artifacts, date: 0, graph: PackageGraph([:], recommends: false)),
        architecture: .amd64, for: "wheels"
      ).fullVersion
    }
    #expect(try target(["python3": "3.13.5-1"]) == "3.13.5")
    #expect(
      try target(["python3": "3.12.3-0ubuntu2", "python3.12-minimal": "1:3.12.7-1"]) == "3.12.7")
    // Another Python beside the default one.
    #expect(try target(["python3": "3.12.3-1", "python3.13-minimal": "3.13.1-1"]) == "3.12.3")
    #expect(try target(["python3": "3.14~rc2-1"]) == "3.14.0")
  }

  @Test("uv's platform is never newer than the image's glibc")
  func platform() {
    let platform = { PythonTarget(minor: 11, glibc: $0, architecture: .amd64).platform }
    #expect(platform(36) == "x86_64-manylinux_2_36")
    #expect(platform(30) == "x86_64-manylinux_2_28")
    #expect(platform(45) == "x86_64-manylinux_2_40")
  }
}

@Suite("uv's lock") struct PylockTests {
  private let target = PythonTarget(minor: 13, glibc: 41, architecture: .amd64)

  @Test("one-line and many-line arrays, escapes, dates, local files") func read() throws {
    let digest = String(repeating: "ab", count: 32)
    let text = """
      # made by uv
      lock-version = "1.0"
      requires-python = ">=3.13"

      [[packages]]
      name = "Two"
      version = "1.0+cu128"
      index = 'https://example.org/simple'
      wheels = [
          { url = "https://example.org/two-1.0%2Bcu128-cp313-cp313-manylinux_2_28_x86_64.whl", upload-time = 2026-11-15T21:30:44Z, size = 1234, hashes = { sha256 = "\(digest)" } },
          { url = "https://example.org/two-1.0%2Bcu128-py3-none-any.whl", hashes = { sha256 = "\(digest)" } }, # trailing
      ]

      [[packages]]
      name = "one"
      version = "2"
      archive = { path = "/x/one-2-py3-none-any.whl", hashes = { sha256 = "\(digest)" } }

      """
    let lock = try Pylock(text, target: target)
    #expect(lock.projects.map(\.name) == ["one", "two"])
    let two = lock.projects[1].wheel
    #expect(two.name.text == "two-1.0+cu128-cp313-cp313-manylinux_2_28_x86_64.whl")
    #expect(two.size == 1234)
    #expect(two.uploaded == 1_794_778_244)
    #expect(lock.projects[0].wheel.location == .path("/x/one-2-py3-none-any.whl"))
  }

  @Test(
    "what is no TOML, or no lock, is an error and never a crash",
    arguments: [
      "x", "x =", "x = [", "x = [1", "x = {", "x = {a", "x = \"", "x = \"\\q\"", "[", "[[a]", "= 1",
      "x = 1 y = 2", "x = 1\nx = 2", "[[packages]]", "x = \"\\u12\"", "\u{0}",
      "[[packages]]\nname = \"a\"\nwheels = [{ url = \"https://example.org/a-1-py3-none-any.whl\" }]",
      "[[packages]]\nname = \"a\"", String(repeating: "x=[", count: 40),
      "x = " + String(repeating: "[", count: 1000),
    ])
  func broken(text: String) {
    #expect(throws: ResolutionError.self) { try Pylock(text, target: target) }
  }
}

@Suite("Sizes that the index does not tell") struct WheelSizesTests {
  @Test("asked for with the index's credentials, and once more where the server fails")
  func ask() async throws {
    try await withTemporaryFolder { folder in
      let server = try LoopbackServer()
      server.put("/f/a.whl", [1, 2, 3], .status(503))
      server.put("/none", [], .status(404))
      let sizes = WheelSizes(
        fetcher: try Fetcher(
          store: Store(root: folder.appending("store")), mirrors: Mirrors([:]),
          recipeDirectory: folder,
          environment: [:], progress: { _ in }),
        indexes: [
          "http://x:y@localhost:\(server.port)/simple",
          "http://you:other@127.0.0.1:\(server.port)/s",
        ])
      let wheel = { (path: String) in
        Pylock.Wheel(
          name: try WheelFileName("a-1-py3-none-any.whl"), location: .index(server.url + path),
          sha256: SHA256Digest(ofText: "a"), size: nil, uploaded: nil)
      }
      let found = try await sizes.sizes(of: [wheel("/f/a.whl#sha256=0")])
      #expect(Array(found.values) == [3] && server.requests.count == 2)
      #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Basic eW91Om90aGVy" })
      let none = await #expect(throws: ResolutionError.self) {
        try await sizes.sizes(of: [wheel("/none")])
      }
      #expect(none?.code == .sizeUnknown && none?.reason?.contains("/none: ") == true)
      #expect(server.count("/none") == 1)
    }
  }
}

@Suite("Parts of apt's resolution") struct AptPartsTests {
  @Test("a line of --print-uris") func choice() throws {
    let digest = String(repeating: "0f", count: 32)
    let choice = try #require(
      AptChoice(
        line:
          "'http://example.org/pool/h/hello_2.0%2b1_amd64.deb' hello_1%3a2.0+1_amd64.deb 12 SHA256:\(digest)"
      ))
    #expect((choice.name, choice.version) == ("hello", "1:2.0+1"))
    #expect(choice.architecture == "amd64")
    #expect(choice.sha256?.hex == digest)
    #expect(choice.query == "hello:amd64=1:2.0+1")
    #expect(AptChoice(line: "Reading package lists...") == nil)
    #expect(AptChoice(line: "'x' y") == nil)
  }

  @Test("dependencies through alternatives and virtual packages") func graph() {
    let stanzas = ControlFile(
      readByApt: """
        Package: a
        Depends: b (>= 1)
          | c,
         virtual,
        \tabsent [linux-any]
        Description: x
         Depends: nothing

        Package: c
        Recommends: d

        Package: d
        Provides:
         virtual (= 1), e
        """
    ).stanzas
    let byName = Dictionary(
      uniqueKeysWithValues: stanzas.compactMap { stanza in stanza["Package"].map { ($0, stanza) } })
    #expect(
      PackageGraph(byName, recommends: false).dependencies == ["a": ["c", "d"], "c": [], "d": []])
    let graph = PackageGraph(byName, recommends: true)
    #expect(graph.dependencies["c"] == ["d"])
    #expect(graph.chain(from: ["a"], to: "d") == ["a", "d"])
    #expect(graph.chain(from: ["d"], to: "a") == nil)
  }

  @Test(
    "installed sizes are kilobytes, and what can be no size is none",
    arguments: [
      ("3", 3072), ("0", 0), ("9223372036854775807", nil), ("17179869185", nil), ("-1", nil),
      ("many", nil),
    ] as [(String, Int64?)])
  func installedSize(text: String, size: Int64?) {
    let file = ControlFile(readByApt: "Package: a\nInstalled-Size: \(text)\n")
    #expect(file.stanzas.first?.installedSize == size)
  }

  @Test("near names: a slip of the hand first, then the same beginning") func near() {
    let known: [Substring] = ["python3", "python3-venv", "python3-pip", "perl", "pyhton3-x"]
    #expect(NearNames.of("pyhton3", among: known).first == "python3")
    #expect(NearNames.of("python3-ven", among: known).first == "python3-venv")
    #expect(NearNames.of("zzzzzz", among: known).isEmpty)
  }

  @Test("dates of Release files") func dates() {
    #expect(ReleaseDate.seconds("Tue, 14 Nov 2023 22:13:20 UTC") == 1_700_000_000)
    #expect(ReleaseDate.seconds(AptRepository.date(1_709_164_800)) == 1_709_164_800)
    #expect(ReleaseDate.seconds("yesterday") == nil)
    #expect(ReleaseDate.seconds("Tue, 14 Nov \(Int64.max) 22:13:20 UTC") == nil)
    #expect(ReleaseDate.seconds("Tue, 14 Nov 2023 \(Int64.max):13:20 UTC") == nil)
  }

  private func message(_ event: ProgressEvent?) -> String? {
    if case .noticed(_, let message)? = event { message } else { nil }
  }

  @Test("a suite past its end is noticed, with the date") func endOfLife() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(
        """
        version,codename,series,created,release,eol,eol-lts
        11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,2026-08-31
        13,Trixie,trixie,2023-06-10,2025-08-09,2028-08-09,2030-06-30

        """, to: folder.appending("debian.csv"))
      let notice = { (suite: String, now: Int64) in
        EndOfLife.notice(
          of: Recipe(
            name: "old",
            base: .debian(.init(suite: suite, variant: .minbase, components: ["main"])),
            directory: folder), now: now, folder: folder)
      }
      #expect(
        notice("bullseye", 1_750_000_000)
          == .noticed(
            code: "K2150",
            message: "debian bullseye got its last regular update on 2024-08-14; "
              + "long-term support ends on 2026-08-31"))
      // 2026-08-30 and 2026-08-31, 0:00 UTC.
      #expect(message(notice("bullseye", 1_788_048_000))?.contains("ends on 2026-08-31") == true)
      #expect(message(notice("bullseye", 1_788_134_400))?.contains("ended on 2026-08-31") == true)
      #expect(notice("bullseye", 1_700_000_000) == nil)
      #expect(notice("trixie", 1_750_000_000) == nil)
      #expect(notice("nosuch", 1_750_000_000) == nil)
    }
  }
}
