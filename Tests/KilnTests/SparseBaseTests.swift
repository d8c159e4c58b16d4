import Commands
import FileSystem
import SystemPackage
import TestSupport
import Testing

/// A base tarball whose files are larger than what it stores of them.
@Suite(.serialized, .enabled(if: TestEnvironment.isRoot, "needs root"))
struct SparseBaseTests {
  private func pack(_ size: String, in kiln: KilnProgram) async throws {
    try await Command(
      "sh",
      [
        "-e", "-c",
        """
        mkdir tree; tar -C tree -xzf base.tar.gz
        mkdir -p tree/var/log; truncate -s \(size) tree/var/log/lastlog
        tar -C tree -czSf base.tar.gz .
        """,
      ], environment: ["PATH": "/usr/bin:/bin"], workingDirectory: kiln.home
    ).run()
  }

  @Test func holesWithoutEndAreRefusedBeforeTheyFillTheDisk() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await pack("64G", in: kiln)
      let errors = try await kiln.run("build", "tiny.yaml", accepted: [1]).errors
      #expect(errors.contains("error[K4317]: the base base.tar.gz cannot be unpacked"))
      #expect(errors.contains("var/log/lastlog is too large: with it more than 1 GB"))
      let used = try await Command(
        "du", ["-sm", kiln.store.string], environment: ["PATH": "/usr/bin:/bin"]
      ).run().output
      #expect(try #require(Int(used.prefix { $0.isNumber })) < 50)
    }
  }

  @Test func aFewHolesBecomeZeros() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await pack("3M", in: kiln)
      try await kiln.run("build", "tiny.yaml")
      let size = try await kiln.run(
        "shell", "tiny.yaml", "--progress", "none", "--", "/bin/stat", "-c", "%s",
        "/var/log/lastlog"
      ).output
      #expect(size == "3145728\n")
    }
  }
}
