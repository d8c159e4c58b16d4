import Commands
import FileSystem
import Needs
import Recipes
import SystemPackage
import Testing

@testable import Rootfs

private let canRun =
  Files.exists("/usr/sbin/useradd") && Files.exists("/usr/bin/unshare")
  && (try? Files.entries("/root")) != nil

/// The script that makes a recipe's users, with this machine's `useradd` over a copy of its `/etc`.
@Suite("User script", .needs("root, unshare and useradd", if: canRun))
struct UserScriptTests {
  private func run(_ before: String, _ after: String) async throws -> String {
    let users = [
      Recipe.User(name: "kiln-test", uid: 4321, groups: [], sudo: .none, shell: "/bin/sh")
    ]
    let setUp = """
      mount -t tmpfs none /mnt && cp -a /etc /mnt/etc && mount --bind /mnt/etc /etc \
        && mount -t tmpfs none /home && mount -t tmpfs none /var/mail || exit 99
      mkdir -p /etc/skel/.config && echo skel | tee /etc/skel/.profile > /etc/skel/.config/more
      exec 2>&1

      """
    let text = [setUp, before, UserScript(users).text, after].joined(separator: "\n")
    return try await Command(
      "/usr/bin/unshare", ["--mount", "sh", "-e", "-c", text],
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], timeout: 300
    ).run().output
  }

  private let shown = """
    cd /home/kiln-test; cat .profile .config/more; stat -c '%n %u:%g' . .config; ls -A /home
    """

  @Test("a new home is filled from /etc/skel")
  func new() async throws {
    let result = try await run("", shown)
    #expect(result == "skel\nskel\n. 4321:4321\n.config 4321:4321\nkiln-test\n")
  }

  @Test("so is one that is there, which becomes the user's and keeps what it has")
  func filled() async throws {
    let result = try await run(
      "mkdir /home/kiln-test; echo own > /home/kiln-test/.profile", shown)
    #expect(result == "own\nskel\n. 4321:4321\n.config 4321:4321\nkiln-test\n")
  }
}
