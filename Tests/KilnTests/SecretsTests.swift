import Commands
import Content
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// Passwords, tokens and proxies of the building machine: whatever kiln does, none of them gets into
/// what it writes and prints.
@Suite(.needs("root, gpg and dpkg-deb", if: TinyDebian.isAvailable))
struct SecretsTests {
  /// Part of each secret; nothing else has it.
  private static let mark = "5ecret"

  private struct Plants {
    let debian: TinyDebian
    let server: LoopbackServer

    var folder: FilePath { debian.folder }
    var planted: [String] { ["netrc", "home/.config/kiln/mirrors.yaml"] }

    private func url(_ user: String, _ path: String = "") -> String {
      "http://\(user):\(user)-\(mark)@127.0.0.1:\(server.port)\(path)"
    }

    func plant() throws {
      try Files.makeDirectories(folder.appending("home/.config/kiln"))
      try Files.write(
        "other:\n  snapshots: \"\(url("file", "/{path}"))\"\n",
        to: folder.appending("home/.config/kiln/mirrors.yaml"))
      try Files.write(
        "machine example.org login me password netrc-\(mark)\n", to: folder.appending("netrc"))
      try Files.makeDirectory(folder.appending("smoke-tests"))
      for architecture in Architecture.allCases {
        try Files.write(
          "#!/bin/sh\n",
          to: folder.appending("smoke-tests/gpu-smoke-test-\(architecture.rawValue)"),
          permissions: 0o755)
      }
    }

    var environment: [String: String] {
      [
        "PATH": "\(SecretsTests.tools):\(TestEnvironment.path)",
        "HOME": folder.appending("home").string, "KILN_STORE": folder.appending("store").string,
        "KILN_SMOKE_TESTS": folder.appending("smoke-tests").string,
        "NETRC": folder.appending("netrc").string,
        "http_proxy": "http://proxy:proxy-\(mark)@127.0.0.1:1",
        "https_proxy": "proxy:proxy-\(mark)@127.0.0.1:1", "no_proxy": "127.0.0.1",
        "KILN_MIRROR_DEBIAN": url("mirror"), "KILN_MIRROR_DEBIAN_SECURITY": url("security"),
        "KILN_SNAPSHOT_DEBIAN": url("snapshot", "/none/{sha256}"),
        "PIP_INDEX_URL": url("index", "/simple"), "GITHUB_TOKEN": "token-\(mark)",
      ]
    }

    /// Both streams of a kiln with these secrets around it.
    func run(
      _ arguments: [String], _ changes: [String: String] = [:], accepted: Set<Int32> = [0]
    ) async throws -> String {
      var command = Command(
        KilnProgram.path, arguments, environment: environment.merging(changes) { $1 },
        workingDirectory: folder, timeout: 120)
      command.accepted = accepted
      let result = try await command.run()
      return result.output + result.errors
    }
  }

  /// Where `make setup` puts uv.
  private static let tools: String = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path.appending(".tools/python/bin").string
  }()

  private static let recipe =
    TinyDebian.recipe.replacing(
      "{name: greet, script: cat /opt/hello > /greeting}",
      with:
        "{name: greet, script: 'cat /opt/hello > /greeting; env > /environment; cat /proc/1/environ > /first'}"
    )

  private func expectNoSecret(in text: String, _ title: String) {
    let lines = text.split(separator: "\n").filter { $0.contains(Self.mark) }
    #expect(lines.isEmpty, "\(title)")
  }

  private func expectNoSecret(below plants: Plants) async throws {
    let grep = Command(
      "grep", ["-rla", Self.mark, "."], environment: ["PATH": TestEnvironment.path],
      workingDirectory: plants.folder)
    var accepting = grep
    accepting.accepted = [0, 1]
    let found = try await accepting.run().output.split(separator: "\n").map { $0.dropFirst(2) }
      .filter { !plants.planted.contains(String($0)) }
    #expect(found == [], "files with a secret")
    // Names of files too, and what is compressed.
    let names = try await Command(
      "find", [".", "-name", "*\(Self.mark)*"], environment: ["PATH": TestEnvironment.path],
      workingDirectory: plants.folder
    ).run()
    #expect(names.output == "")
    for image in ["images/tiny.tar.gz", "images/tiny.wsl"] {
      let count = try await Command(
        "sh", ["-c", "gzip -dc \(image) | grep -ca \(Self.mark) || true"],
        environment: ["PATH": TestEnvironment.path], workingDirectory: plants.folder
      ).run()
      #expect(count.output == "0\n", "\(image)")
    }
  }

  private func with(_ body: (Plants) async throws -> Void) async throws {
    let more = [
      TestDeb("python3", version: "3.13.5-1"),
      TestDeb("libc6", version: "2.41-12", architecture: "amd64"),
    ]
    try await TinyDebian.with(Self.recipe, more: more) { debian in
      let server = try LoopbackServer()
      server.serve(folder: debian.repository.root)
      let plants = Plants(debian: debian, server: server)
      try plants.plant()
      try await body(plants)
    }
  }

  @Test func nothingThatABuildWritesOrPrintsHasOne() async throws {
    try await with { plants in
      let build = ["build", "tiny.yaml", "--output", "images", "--progress"]
      for arguments in [
        ["lock", "tiny.yaml"], ["plan", "tiny.yaml", "--json"], build + ["plain"],
        build + ["json", "--json"], ["store", "export", "tiny.yaml", "-o", "bundle.tar"],
        ["inspect", "images/tiny.wsl"], ["store", "stats"],
      ] {
        expectNoSecret(in: try await plants.run(arguments), "\(arguments)")
      }
      #expect(plants.server.requests.contains { $0.headers["authorization"] != nil })
      try await expectNoSecret(below: plants)
    }
  }

  @Test func noErrorShowsOne() async throws {
    try await with { plants in
      _ = try await plants.run(["lock", "tiny.yaml"])
      let lock = ["lock", "tiny.yaml", "--update"]
      let build = ["build", "tiny.yaml", "--output", "images", "--locked"]
      let failing: [([String], [String: String])] = [
        // A proxy that is not there, a mirror that is not, and one that is none.
        (lock, ["no_proxy": ""]), (build, ["no_proxy": ""]),
        (lock, ["KILN_MIRROR_DEBIAN": "http://a:\(Self.mark)@127.0.0.1:1/debian"]),
        (build, ["KILN_MIRROR_DEBIAN": "http://a:\(Self.mark)@127.0.0.1:1/debian"]),
        (lock, ["KILN_MIRROR_DEBIAN": "a:\(Self.mark)@127.0.0.1"]),
        (lock, ["KILN_MIRROR_DEBIAN": "ftp://a:\(Self.mark)@127.0.0.1/x"]),
        (build, ["KILN_SNAPSHOT_DEBIAN": "http://a:\(Self.mark)@127.0.0.1/{nothing}"]),
      ]
      for (arguments, changes) in failing {
        let text = try await plants.run(arguments, changes, accepted: [1])
        #expect(text.contains("error[K"), "\(arguments) \(changes.keys)")
        expectNoSecret(in: text, "\(arguments) \(changes.keys)")
      }
      // A file that the mirror has dropped.
      let path = "/" + AptRepository.poolPath(TestDeb("demo-data"))
      plants.server.put(path, [], Array(repeating: .status(404), count: 20))
      let dropped = try await plants.run(build, accepted: [1])
      #expect(dropped.contains("error[K3202]"))
      expectNoSecret(in: dropped, "a file that is gone")
    }
  }

  @Test func uvKeepsTheIndexesPassword() async throws {
    try await with { plants in
      let recipe = TinyDebian.recipe.replacing("[demo]", with: "[demo, python3, libc6]")
        .replacing("files:", with: "python: {venv: /opt/v, requirements: [demo]}\nfiles:")
      try Files.write(recipe, to: plants.folder.appending("tiny.yaml"))
      let digest = String(repeating: "a", count: 64)
      plants.server.put(
        "/simple/demo/",
        Array(
          "<a href='/f/demo-1-py3-none-any.whl#sha256=\(digest)'>demo-1-py3-none-any.whl</a>".utf8),
        contentType: "text/html")
      let text = try await plants.run(["lock", "tiny.yaml"], accepted: [1])
      #expect(text.contains("error[K22"), "\(text)")
      expectNoSecret(in: text, "uv")
      #expect(plants.server.requests.contains { $0.path == "/simple/demo/" })
      let grep = Command(
        "sh", ["-c", "grep -rla \(Self.mark) store *.json || true"],
        environment: ["PATH": TestEnvironment.path], workingDirectory: plants.folder)
      #expect(try await grep.run().output == "")
    }
  }
}
