import Commands
import FileSystem
import Needs
import Recipes
import SystemPackage
import Testing
import WSL

enum FirstLaunch {
  static let canRun =
    Files.exists("/usr/sbin/useradd") && Files.exists("/usr/bin/python3")
    && Files.exists("/usr/bin/unshare") && isRoot

  private static var isRoot: Bool { (try? Files.entries("/root")) != nil }
}

/// The out-of-box script, run as WSL runs it, over a copy of this machine's `/etc`.
@Suite(.needs("root, unshare, useradd and python3", if: FirstLaunch.canRun))
struct OutOfBoxScriptTests {
  @Test func unattendedItMakesTheUserOnce() async throws {
    let result = try await run(
      """
      sh "$script" </dev/null && sh "$script" </dev/null && getent passwd 4321 && id kiln-test \
        && stat -c %a /etc/sudoers.d/90-kiln-oobe && cat /etc/sudoers.d/90-kiln-oobe \
        && ls -A /var/lib && ls -d /home/kiln-test
      """)
    #expect(result.contains("kiln-test:x:4321:4321::/home/kiln-test:/bin/sh"))
    #expect(result.contains("(kilnrender)"))
    #expect(result.contains("440\nkiln-test ALL=(ALL:ALL) NOPASSWD: ALL\n"))
    #expect(!result.contains("pending"))
  }

  /// Such as one that a step of the recipe made.
  @Test func aHomeThatIsThereIsFilledAndBecomesTheUsers() async throws {
    let result = try await run(
      """
      mkdir -p /home/kiln-test/.config && echo own > /home/kiln-test/.profile
      chown -R 0:4321 /home/kiln-test/.config; chmod 700 /home/kiln-test/.config
      mkdir -p /etc/skel/.config && echo skel | tee /etc/skel/.profile > /etc/skel/.config/more
      sh "$script" </dev/null && cd /home/kiln-test && cat .profile .config/more \
        && stat -c '%n %u:%g %a' . .config .config/more && ls -A /home
      """)
    #expect(result.contains("own\nskel\n"), "\(result)")
    #expect(result.contains("\n. 4321:4321 "), "\(result)")
    #expect(result.contains("\n.config 0:4321 700\n.config/more 4321:4321 "), "\(result)")
    #expect(result.hasSuffix("\nkiln-test\n"), "\(result)")
  }

  /// Killed between making room and making the user.
  @Test func aHomeThatWasMovedAwayComesBack() async throws {
    let result = try await run(
      """
      mkdir -p /home/.kiln-oobe && echo own > /home/.kiln-oobe/kept
      echo kiln-test > /var/lib/kiln-oobe.pending
      sh "$script" </dev/null && cat /home/kiln-test/kept && ls -A /home
      """)
    #expect(result.hasSuffix("own\nkiln-test\n"), "\(result)")
  }

  @Test func theEnvironmentChoosesNameAndPassword() async throws {
    let result = try await run(
      """
      KILN_OOBE_USER=someone KILN_OOBE_PASSWORD=secret sh "$script" && grep ^someone: /etc/shadow
      KILN_OOBE_USER='no one' sh "$script" || true
      """)
    #expect(result.contains("someone:$"))
  }

  @Test(arguments: ["no one", "Upper", "root", "1a", "-x", "a:b"])
  func unattendedABadNameFails(name: String) async throws {
    let result = try await run(
      """
      KILN_OOBE_USER='\(name)' sh "$script" && echo made
      getent passwd 4321; ls -A /var/lib; ls -A /etc/sudoers.d
      """)
    #expect(result.split(separator: "\n").count { $0 == "README" } <= 1)
    #expect(!result.contains("made") && !result.contains("4321") && !result.contains("pending"))
  }

  /// Ctrl-C at the password's prompt leaves nobody; what a killed run left is taken back.
  @Test func interruptedItLeavesNoUser() async throws {
    let result = try await run(
      #"""
      python3 - "$script" <<'EOF'
      import os, pty, sys, time
      def talk(*lines):
          child, terminal = pty.fork()
          if child == 0:
              os.execvp("sh", ["sh", sys.argv[1]])
          text = b""
          for prompt, answer in lines:
              while prompt not in text:
                  text += os.read(terminal, 1024)
              text = b""
              os.write(terminal, answer)
          try:
              while os.read(terminal, 1024):
                  pass
          except OSError:
              pass
          return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
      print("interrupted", talk((b"]: ", b"Bad Name\n"), (b"]: ", b"\n"), (b"assword: ", b"\x03")))
      print("left", os.popen("getent passwd 4321; ls -A /var/lib /home").read().split())
      print("hangup", talk((b"]: ", b"\x04")))
      print("done", talk((b"]: ", b"me\n"), (b"assword: ", b"a\n"), (b"assword: ", b"b\n"), (b"assword: ", b"S3cret-x9\n"), (b"assword: ", b"S3cret-x9\n")))
      EOF
      grep ^me: /etc/shadow
      echo half > /var/lib/kiln-oobe.pending
      userdel me
      useradd --create-home --uid 4321 half
      KILN_OOBE_USER=whole sh "$script" </dev/null
      getent passwd 4321
      """#, sudo: .password)
    #expect(result.contains("interrupted 130"))
    #expect(result.contains("left ['/home:', '/var/lib:']"))
    #expect(result.contains("hangup 1"))
    #expect(result.contains("done 0"))
    #expect(result.contains("me:$"))
    #expect(result.contains("whole:x:4321"))
  }

  /// Runs a shell text with `$script`, where `/etc`, `/home` and `/var/lib` are throwaway copies.
  private func run(
    _ text: String, sudo: Recipe.User.Sudo = .nopasswd
  ) async throws -> String {
    var recipe = Recipe.sample
    recipe.users = [
      .init(name: "kiln-test", uid: 4321, groups: ["kilnrender"], sudo: sudo, shell: "/bin/sh")
    ]
    recipe.wsl.distribution["oobe"] = ["defaultUid": .integer(4321)]
    let files = try WSLFiles.flavour(.fromFile, recipe: recipe)
    guard case .file(let bytes) = files.first(where: { $0.path.hasSuffix("oobe.sh") })?.content
    else { throw FileError(.notFound, "find", "oobe.sh") }
    let setUp = """
      mount -t tmpfs none /mnt && cp -a /etc /mnt/etc && rm -rf /mnt/etc/sudoers.d \
        && mount --bind /mnt/etc /etc && mount -t tmpfs none /home && mount -t tmpfs none /var/lib \
        && mount -t tmpfs none /var/mail && cat > /mnt/oobe.sh && script=/mnt/oobe.sh || exit 99
      exec 2>&1

      """
    var command = Command(
      "/usr/bin/unshare", ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", setUp + text],
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
      input: String(decoding: bytes, as: UTF8.self), timeout: 300)
    command.accepted = [0, 1, 2]
    return try await command.run().output
  }
}
