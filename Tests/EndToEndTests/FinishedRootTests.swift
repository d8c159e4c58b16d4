import Commands
import Needs
import SystemPackage
import TestSupport
import Testing

/// What a user of the image does first: Debian's own tools find the root whole, and install more.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot))
struct FinishedRootTests {
  private func inside(_ script: String) async throws -> String {
    try await KilnProgram.shared().command([
      "shell", KilnProgram.recipes.appending("bookworm.yaml").string, "--progress", "none", "--",
      "sh", "-e", "-c", script,
    ]).run().output
  }

  @Test func dpkgFindsNoFileChanged() async throws {
    // It prints a line for each file that is not as its package has it.
    #expect(try await inside("dpkg --verify") == "")
    #expect(try await inside("dpkg --audit") == "")
  }

  @Test func dpkgSeesWhatIsChanged() async throws {
    let output = try await inside("echo >> /usr/bin/ldd; dpkg --verify || :")
    #expect(output.contains("/usr/bin/ldd"))
  }

  @Test func aptKnowsWhatNobodyAskedFor() async throws {
    let output = try await inside(
      """
      export DEBIAN_FRONTEND=noninteractive
      apt-get --quiet=2 --simulate autoremove
      apt-mark showmanual | grep --line-regexp --fixed-strings -e python3-venv -e python3.11-venv
      apt-get --quiet=2 --yes remove python3-venv >/dev/null
      apt-get --quiet=2 --yes autoremove >/dev/null
      dpkg-query --show --showformat '${db:Status-Status}\n' sudo python3.11-venv libc6
      """)
    #expect(output == "python3-venv\ninstalled\nconfig-files\ninstalled\n")
  }

  @Test func aptInstallsOneMore() async throws {
    let output = try await inside(
      """
      apt-get --quiet=2 check
      apt-get --quiet=2 update
      DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 install hello >/dev/null
      hello
      dpkg --audit
      """)
    #expect(output.hasSuffix("Hello, world!\n"))
  }
}
