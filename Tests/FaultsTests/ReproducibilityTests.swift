import Commands
import Digests
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// One lock, and everything around it different: the same bytes of images and of all that stands
/// beside them.
@Suite(.serialized, .needs("root, gpg and dpkg-deb", if: TinyDebian.isAvailable))
struct ReproducibilityTests {
  /// Builds a copy of the recipe in another place, in surroundings that a shell line makes.
  private func images(
    _ kitchen: Kitchen, in folder: FilePath, _ surroundings: String,
    _ variables: [String: String] = [:], jobs: Int = 1
  ) async throws -> [String: SHA256Digest] {
    try Files.makeDirectories(folder)
    defer { try? Files.removeTree(folder) }
    let smokeTest = "gpu-smoke-test-amd64"
    try Files.copy(
      kitchen.debian.folder.appending("smoke-tests/\(smokeTest)"), to: folder.appending(smokeTest))
    for name in ["tiny.yaml", "tiny.lock.json", "key.gpg"] {
      try Files.copy(kitchen.debian.folder.appending(name), to: folder.appending(name))
    }
    let output = folder.appending("out")
    let kiln = kitchen.kiln([
      "build", "tiny.yaml", "--locked", "--progress", "none", "--store",
      folder.appending("store").string, "--output", output.string, "--jobs", "\(jobs)",
    ])
    let command = Command(
      "sh", ["-c", surroundings, "sh", kiln.executable] + kiln.arguments,
      environment: kiln.environment.merging(["KILN_SMOKE_TESTS": folder.string]) { $1 }
        .merging(variables) { $1 }, workingDirectory: folder,
      timeout: 300)
    try await command.run()
    return try kitchen.images(in: output)
  }

  /// Its date is far from today, its clock does not stand.
  private static let faketime =
    Files.exists("/usr/bin/faketime") ? "faketime -f '+1000d x2'" : ""

  @Test func nothingAroundABuildShows() async throws {
    try await Kitchen.with { kitchen in
      try await kitchen.build().run()
      let expected = try kitchen.images()
      #expect(expected.keys.contains("tiny.wsl") && expected.count >= 6)
      // The store is full now.
      try Files.removeTree(kitchen.output)
      try await kitchen.build().run()
      #expect(try kitchen.images() == expected, "from a full store")

      // tmpfs lists a folder in another order than ext4.
      let other = FilePath("/dev/shm/kiln a-\(UInt32.random(in: .min ... .max))/deep/er")
      defer { try? Files.removeTree(other.removingLastComponent().removingLastComponent()) }
      let variables = [
        "TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "LANG": "tr_TR.UTF-8", "USER": "somebody",
        "LOGNAME": "somebody", "HOME": "/nonexistent", "TERM": "vt100", "COLUMNS": "20",
        "PYTHONHASHSEED": "7", "TMPDIR": "/dev/shm",
        // It would change the times of files that `stat` reads, too, as no clock does.
        "NO_FAKE_STAT": "1",
      ]
      let surroundings =
        "hostname elsewhere; umask 077; exec \(Self.faketime) \"$@\""
      for jobs in [1, 8] {
        let found = try await images(
          kitchen, in: other,
          "exec unshare --uts -- sh -c '\(surroundings.replacing("'", with: "'\\''"))' sh \"$@\"",
          variables, jobs: jobs)
        #expect(found == expected, "with \(jobs) jobs: \(differences(found, expected))")
      }
    }
  }

  private static let user = "kiln-tester"

  /// `make test-end-to-end` makes the user.
  private static var hasUser: Bool {
    ((try? Files.readText("/etc/subuid")) ?? "").split(separator: "\n").contains {
      $0.hasPrefix("\(user):")
    }
  }

  @Test(.needs("a user kiln-tester with subordinate ids", if: hasUser))
  func anOrdinaryUserMakesTheSame() async throws {
    try await Kitchen.with { kitchen in
      try await kitchen.build().run()
      let folder = FilePath("/tmp/kiln-rootless-\(UInt32.random(in: .min ... .max))")
      try Files.makeDirectory(folder)
      defer { try? Files.removeTree(folder) }
      try await Command(
        "chown", ["\(Self.user):", folder.string], environment: ["PATH": TestEnvironment.path]
      ).run()
      let found = try await images(
        kitchen, in: folder,
        "chown -R \(Self.user): .; exec setpriv --reuid \(Self.user) --regid \(Self.user) "
          + "--init-groups \"$@\"", ["HOME": folder.string])
      #expect(try found == kitchen.images())
    }
  }

  private func differences(
    _ found: [String: SHA256Digest], _ expected: [String: SHA256Digest]
  ) -> [String] {
    Set(found.keys).union(expected.keys).filter { found[$0] != expected[$0] }.sorted()
  }
}
