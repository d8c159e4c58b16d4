import Commands
import FileSystem
import Needs
import Synchronization
import SystemPackage
import Testing

@testable import Sandbox

@Suite("Sandbox", .needs("root, or root of a user namespace", if: canMount))
struct SandboxTests {
  @Test("shows the root and nothing of the host")
  func isolation() async throws {
    try await Fixture.with { (fixture) async throws in
      let result = try await fixture.sandbox.run(
        fixture.command(
          """
          ls / ; echo --; ls /dev; echo --; env; echo --; uname -n; cat /proc/1/comm
          echo --; ls /proc/1/root/; cat /proc/self/mountinfo; id; ls /../..
          """))
      let parts = result.output.split(separator: "--\n").map {
        $0.split(separator: "\n").map(String.init)
      }
      let tops = ["bin", "dev", "etc", "lib", "lib64", "proc", "root", "run", "tmp"]
      #expect(parts[0].filter { !tops.contains($0) } == [])
      #expect(
        parts[1] == [
          "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
          "urandom", "zero",
        ])
      #expect(parts[2].sorted() == ["HOME=/root", "PATH=/bin", "PWD=/"])
      #expect(parts[3] == ["localhost", "sh"])
      #expect(parts[4].filter { $0 == "home" || $0.contains("tmp/kiln") } == [])
      #expect(parts[4].contains("uid=0(root) gid=0(root) groups=0(root)"))
    }
  }

  @Test("leaves what the program wrote in the layer, and no mount point")
  func layer() async throws {
    try await Fixture.with { (fixture) async throws in
      var command = fixture.command("echo made > /etc/new; rm /etc/group; cat /kiln/inputs/a")
      try Files.write("seen\n", to: fixture.folder.appending("a"))
      command.binds = [.init(fixture.folder.appending("a"), at: "/kiln/inputs/a")]
      command.masks = [.init("/usr/sbin/policy-rc.d", content: "#!/bin/sh\nexit 101\n")]
      let result = try await fixture.sandbox.run(command)
      #expect(result.output == "seen\n")
      #expect(try fixture.written() == ["etc", "etc/group", "etc/new"])
      #expect(try Files.status(fixture.upper.appending("etc/group"))?.isWhiteout == true)
    }
  }

  @Test("takes a folder with any name", arguments: ["é", "日本", " ,:\\\"#"])
  func oddFolder(suffix: String) async throws {
    try await Fixture.with(suffix) { (fixture) async throws in
      try await fixture.sandbox.run(fixture.command("echo made > /etc/new"))
      #expect(try fixture.written() == ["etc", "etc/new"])
    }
  }

  @Test("a failure shows lines that people can read") func lastWords() async throws {
    try await Fixture.with { (fixture) async throws in
      let bytes = #"printf '\377\376\200\201\n\377\376\377\n'; "#
      let long = "i=0; while [ $i -lt 100 ]; do printf 0123456789; i=$((i+1)); done; echo; "
      let error = await fixture.failure(fixture.command(bytes + long + "echo end; exit 3"))
      let lines = try #require(error).output.split(separator: "\n")
      #expect(lines.count == 3 && lines.first == "(bytes that are not text)" && lines.last == "end")
      #expect(lines[1].count == 501 && lines[1].hasSuffix("…"))
    }
  }

  /// dpkg alone waits 1,500 times for the disk while it configures 230 packages.
  @Test("waits for no disk, and takes the same folders again")
  func volatileLayer() async throws {
    let isPossible = try #require(KernelRelease()) >= .volatileOverlays
    try await Fixture.with { (fixture) async throws in
      for _ in 0..<2 {
        let mounts = try await fixture.sandbox.run(fixture.command("cat /proc/self/mounts; : > /a"))
        let root = mounts.output.split(separator: "\n").first { $0.contains(" / overlay ") }
        #expect(try #require(root).contains("volatile") == isPossible)
      }
    }
  }

  @Test("keeps nothing of a discarded root, and writes nothing to a read-only one")
  func discarded() async throws {
    try await Fixture.with { (fixture) async throws in
      var command = fixture.command("echo x > /etc/new && cat /etc/new", discarding: true)
      #expect(try await fixture.sandbox.run(command).output == "x\n")
      command.writes = .refused
      #expect(await fixture.failure(command)?.code == .failed)
      #expect(try fixture.written() == [])
      #expect(!Files.exists(fixture.root.appending("etc/new")))
    }
  }

  @Test("never mounts through a link of the image")
  func links() async throws {
    try await Fixture.with { (fixture) async throws in
      try Files.makeSymlink(fixture.root.appending("etc/resolv.conf"), to: "/run/there/resolv.conf")
      try Files.makeSymlink(fixture.root.appending("run"), to: "/var/run")
      var command = fixture.command("cat /etc/resolv.conf /run/masked")
      command.network = true
      try Files.write("nameserver 192.0.2.1\n", to: fixture.folder.appending("resolv.conf"))
      command.masks = [.init("/run/masked", content: "mask\n", executable: false)]
      var sandbox = fixture.sandbox
      sandbox.resolver = fixture.folder.appending("resolv.conf")
      let result = try await sandbox.run(command)
      #expect(result.output == "nameserver 192.0.2.1\nmask\n")
      #expect(try fixture.written() == [])
    }
  }

  @Test("runs as a user of the image, without the host's privileges")
  func user() async throws {
    try await Fixture.with { (fixture) async throws in
      var command = fixture.command("id -u; id -g; id -G; echo $HOME; cat /proc/self/status")
      command.user = .init(uid: 1000, gid: 1001, groups: [27, 44], home: "/home/a")
      let text = try await fixture.sandbox.run(command).output
      #expect(text.hasPrefix("1000\n1001\n1001 27 44\n/home/a\n"))
      #expect(text.contains("CapEff:\t0000000000000000"))
      // The upper half are real-time signals, of which the C library ignores two of its own.
      #expect(text.contains(/SigIgn:\t0000000[0-9a-f]80000000\n|SigIgn:\t0{16}/))
      command.user = .root
      let root = try await fixture.sandbox.run(command).output
      #expect(root.contains("CapEff:\t00000000a00425fb"))
    }
  }

  @Test("gives the program its secrets, and shows them to no one else")
  func secrets() async throws {
    try await Fixture.with { (fixture) async throws in
      var command = fixture.command("env; ls -d /proc/[0-9]*")
      command.environment["A"] = "b"
      command.secrets = ["http_proxy": "http://me:5ecret@192.0.2.1", "PATH": "/nowhere"]
      let lines = try await fixture.sandbox.run(command).output.split(separator: "\n")
        .map(String.init)
      let expected = ["A=b", "HOME=/root", "PATH=/bin", "http_proxy=http://me:5ecret@192.0.2.1"]
      #expect(
        lines.filter { !$0.hasPrefix("/proc/") && !$0.hasPrefix("PWD=") }.sorted() == expected,
        "\(lines)")
      // Its own processes, and neither kiln's nor those that made the sandbox.
      #expect(lines.filter { $0.hasPrefix("/proc/") }.count <= 3, "\(lines)")
      // What `ps` shows.
      let host = try fixture.sandbox.hostCommand(command)
      #expect(!host.arguments.contains { $0.contains("5ecret") })
      #expect(host.environment["PATH"] != "/nowhere")
    }
  }

  @Test("has loopback alone unless it is given the network")
  func network() async throws {
    try await Fixture.with { (fixture) async throws in
      let text = try await fixture.sandbox.run(fixture.command("cat /proc/net/dev")).output
      #expect(text.split(separator: "\n").dropFirst(2).count == 1)
      #expect(text.contains("lo:"))
    }
  }

  @Test("says what failed: a missing program, a status, a signal, the set-up")
  func failures() async throws {
    try await Fixture.with { (fixture) async throws in
      let layers = [fixture.root]
      let cases: [(SandboxError.Code, [FilePath], [String])] = [
        (.programMissing, layers, ["absent"]),
        (.failed, layers, ["sh", "-c", "echo reason; exit 7"]),
        (.killed, layers, ["sh", "-c", "kill -9 $$"]),
        (.notSetUp, layers + [fixture.root.appending("bin/sh")], ["sh", "-c", ":"]),
        (.unusablePath, [fixture.folder.appending("a,b")], ["sh", "-c", ":"]),
        (
          .tooManyLayers, (0..<500).map { fixture.folder.appending("layers/number/\($0)") },
          ["sh", "-c", ":"]
        ),
      ]
      for (code, layers, arguments) in cases {
        var command = fixture.command("")
        command.layers = layers
        command.arguments = arguments
        let failure = await fixture.failure(command)
        #expect(failure?.code == code)
      }
    }
  }

  @Test("passes lines on as they come, and the last of them with the failure")
  func lines() async throws {
    try await Fixture.with { (fixture) async throws in
      let seen = Mutex<[String]>([])
      let failure = await #expect(throws: SandboxError.self) {
        try await fixture.sandbox.run(fixture.command("echo one; echo two >&2; exit 3")) {
          _, line in
          seen.withLock { $0.append(line) }
        }
      }
      #expect(failure?.status == 3)
      #expect(Set(failure?.output.split(separator: "\n") ?? []) == ["one", "two"])
      #expect(seen.withLock { $0.sorted() } == ["one", "two"])
    }
  }
}
