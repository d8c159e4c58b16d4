import Commands
import FileSystem
import Needs
import Sandbox
import SystemPackage
import Testing

/// What an image, a recipe and a program in the sandbox must not bring about on the host.
@Suite("Sandbox confinement", .needs("root, or root of a user namespace", if: canMount))
struct ConfinementTests {
  /// Behind each of them a quote is one `Character` with it, and for a shell still a quote.
  private static let marks = ["\u{301}", "\u{200D}", "\u{FE0F}"]

  @Test("takes no text of others for commands of the host", arguments: marks)
  func quotes(mark: String) async throws {
    try await Fixture.with { (fixture) async throws in
      let trap = fixture.folder.appending("trap")
      let evil = "'\(mark); : >\(trap); : '"
      try Files.makeSymlink(fixture.root.appending("tmp"), to: "q'\(mark);:>trap;: '")
      var command = fixture.command("cat /run/masked; echo \"$HOME\" \"$A\" \"$0\"")
      command.arguments.append(evil)
      command.environment["A"] = evil
      command.user.home = evil
      command.masks = [.init("/run/masked", content: evil + "\n")]
      command.binds = [.init(fixture.root.appending("etc/group"), at: "/run/\(mark) '\(mark)")]
      let output = try await fixture.sandbox.run(command).output
      #expect(output == "\(evil)\n\(evil) \(evil) \(evil)\n")
      #expect(!Files.exists(trap))
      #expect(try !Files.entries(fixture.folder).contains("trap"))
    }
  }

  @Test("goes through no link of the image, whatever follows the slash", arguments: marks)
  func slashes(mark: String) throws {
    let stack = LayerStack([FilePath("/nowhere")])
    #expect(try stack.resolve("a/\(mark)b/../c") == "a/c")
  }

  @Test("makes no device in a folder of the host that the image's `/dev` or `/proc` is a link to")
  func linkedFolders() async throws {
    try await Fixture.with { (fixture) async throws in
      let target = FilePath("/var/tmp/kiln-dev-\(UInt64.random(in: .min ... .max))")
      defer { try? Files.removeTree(target) }
      try Files.makeDirectory(target)
      try Files.makeSymlink(fixture.root.appending("dev"), to: target.string)
      try Files.makeSymlink(fixture.root.appending("proc"), to: "/kernel")
      let output = try await fixture.sandbox.run(fixture.command("cd /dev; echo *; cat /dev/null"))
        .output
      #expect(output == "fd full null ptmx pts random shm stderr stdin stdout urandom zero\n")
      #expect(try Files.entries(target) == [])
    }
  }

  /// What kiln itself put there for the sandbox it takes away again, at places that were its own before
  /// the program ran.
  @Test("takes no mount point away through a link that the program left")
  func clearedThroughLinks() async throws {
    try await Fixture.with { (fixture) async throws in
      let victim = fixture.folder.appending("victim")
      try Files.makeDirectories(victim.appending("folder"))
      try Files.write("", to: victim.appending("file"))
      try Files.makeDirectories(fixture.root.appending("var"))
      try Files.makeNode(
        fixture.upper.appending("gone"), mode: 0o020000, major: 0, minor: 0)
      var command = fixture.command(
        "cd /; mv srv moved; ln -s \(victim) srv; mv gone left; ln -s \(victim) gone")
      try Files.makeDirectories(fixture.folder.appending("source"))
      command.binds = [.init(fixture.folder.appending("source"), at: "/srv/folder")]
      command.masks = [.init("/srv/file", content: ""), .init("/gone/file", content: "")]
      try await fixture.sandbox.run(command)
      #expect(try Files.entries(victim) == ["file", "folder"])
      // The whiteout has no place any more where the program laid a link.
      #expect(try Files.readSymlink(fixture.upper.appending("gone")) == victim.string)
    }
  }

  @Test("lets nobody change the host's device nodes, and write to the devices")
  func nodes() async throws {
    try await Fixture.with { (fixture) async throws in
      let before = try Files.status("/dev/full")?.permissions
      let script = "echo lost >/dev/null; : >>/dev/full; chmod 600 /dev/full || echo refused"
      #expect(try await fixture.sandbox.run(fixture.command(script)).output == "refused\n")
      let after = try Files.status("/dev/full")?.permissions
      #expect(after == before)
    }
  }

  @Test("lets nobody write what of /proc is the machine's, or read its memory and keys")
  func kernelFiles() async throws {
    try await Fixture.with { (fixture) async throws in
      let script = """
        for path in sysrq-trigger irq/default_smp_affinity sys/kernel/hostname; do
          if [ -e /proc/$path ] && (: >>/proc/$path); then echo "$path"; fi
        done
        for path in kcore keys; do
          if [ -s /proc/$path ]; then echo "$path"; fi
          if [ -e /proc/$path ]; then cat /proc/$path; fi
        done
        cat /proc/self/mounts
        """
      let lines = try await fixture.sandbox.run(fixture.command(script)).output
        .split(separator: "\n").map(String.init)
      let mounts = lines.filter { $0.contains(" /proc") }
      #expect(lines.prefix { !$0.contains(" / overlay ") }.filter { !$0.contains("/proc") } == [])
      for name in ["bus", "fs", "irq", "sysrq-trigger"]
      where Files.exists(FilePath("/proc/\(name)")) {
        #expect(mounts.contains { $0.contains(" /proc/\(name) proc ro,") }, "\(name)")
      }
    }
  }

  /// `TOP=$$; die() { kill -s TERM $TOP; }` is a usual idiom.
  @Test("ends a script that ends itself")
  func ownSignals() async throws {
    try await Fixture.with { (fixture) async throws in
      let failure = await fixture.failure(
        fixture.command("kill -s TERM $$; echo went on; : >/etc/made"))
      #expect(failure?.code == .killed && failure?.status == 15)
      #expect(failure?.output.contains("went on") == false)
    }
  }

  @Test("runs a program of a root without a shell")
  func noShell() async throws {
    try await Fixture.with { (fixture) async throws in
      try Files.removeFile(fixture.root.appending("bin/sh"))
      var command = fixture.command("")
      command.arguments = ["cat", "/etc/group"]
      #expect(try await fixture.sandbox.run(command).output == "root:x:0:\n")
      command.arguments = ["absent"]
      #expect(await fixture.failure(command)?.code == .programMissing)
    }
  }

  @Test("gives kiln's terminal only to those who are to talk with the user")
  func terminal() async throws {
    try await Fixture.with { (fixture) async throws in
      var command = fixture.command("ls /dev/tty || echo none; (: </dev/tty) || echo unusable")
      #expect(try await fixture.sandbox.run(command).output == "none\nunusable\n")
      command.terminal = true
      // The node alone is nothing without a session that has a terminal.
      #expect(try await fixture.sandbox.run(command).output == "/dev/tty\nunusable\n")
    }
  }
}
