import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// `gpu-smoke-test` as the images get it, built from nothing.
@Suite(.needs("KILN_E2E=1", if: TestEnvironment.wantsEndToEnd))
struct SmokeTestBuildTests {
  /// What the build reads.
  private static let inputs = [
    "Package.swift", "Package.resolved", "Sources/SmokeTest", "Sources/Programs/gpu-smoke-test",
    ".ci",
  ]

  @Test func twoFoldersGiveTheSameBytes() async throws {
    try await withTemporaryFolder { folder in
      var digests: [String] = []
      for name in ["a", "another/and/a/deeper one"] {
        digests.append(try await build(in: folder.appending(FilePath(name).components)))
      }
      #expect(digests[0] == digests[1])
    }
  }

  /// The program's SHA-256.
  private func build(in folder: FilePath) async throws -> String {
    let program = ".build/smoke-test/gpu-smoke-test-amd64"
    let answer = try await Command(
      "bash",
      [
        "-euc",
        """
        into=$1; shift
        mkdir -p "$into/.build/smoke-test"
        cp --archive --parents "$@" "$into"
        if [[ -e .build/smoke-test/sysroot-amd64/.complete ]]; then
          cp --archive .build/smoke-test/sysroot-amd64 "$into/.build/smoke-test"
        fi
        cd "$into"
        .ci/build-smoke-test amd64 >&2
        sha256sum < \(program)
        """, "build", folder.string,
      ] + Self.inputs,
      environment: ["PATH": TestEnvironment.path, "HOME": folder.string],
      workingDirectory: KilnProgram.package
    ).run()
    return answer.output
  }
}
