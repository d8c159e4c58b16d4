import Commands
import Digests
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// `kiln verify --rebuild`: an image built once more, every script anew.
@Suite(.serialized, .needs("root", if: TestEnvironment.isRoot))
struct RebuildTests {
  private func rebuild(
    _ kiln: KilnProgram, _ more: [String] = []
  ) async throws -> CommandResult {
    // So small a root fails rules, too.
    try await kiln.command(
      ["verify", "Images/tiny.tar.gz", "--rebuild", "--progress", "none"] + more, accepted: [1, 2]
    ).run()
  }

  @Test func theSameInputsGiveTheSameBytes() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml", "--compression", "fast")
      let result = try await rebuild(kiln)
      #expect(result.output.contains("tiny.tar.gz: built again, the same bytes"))
      #expect(try Files.entries(kiln.store.appending("work")) == [])
    }
  }

  /// As git checks it out on Windows: whoever holds the file against the provenance has these bytes.
  @Test func theLockIsNamedByTheDigestOfItsFile() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("lock", "tiny.yaml")
      let lock = kiln.home.appending("tiny.lock.json")
      try Files.write(
        try Files.readText(lock).replacing("\n", with: "\r\n"), to: lock)
      try await kiln.run("build", "tiny.yaml", "--locked", "--compression", "fast")
      let digest = SHA256Digest(of: try Files.read(lock)).hex
      for ending in ["manifest", "provenance"] {
        let text = try Files.readText(kiln.home.appending("Images/tiny.tar.gz.\(ending).json"))
        #expect(text.contains(digest), "\(ending)")
      }
      #expect(try await rebuild(kiln).output.contains("tiny.tar.gz: built again, the same bytes"))
    }
  }

  @Test func aStepThatIsNeverTheSameIsFound() async throws {
    let recipe = KilnProgram.tinyRecipe.replacing(
      "cat /opt/hello > /greeting", with: "cat /proc/sys/kernel/random/uuid > /greeting")
    try await KilnProgram.withTinyRecipe(recipe) { kiln in
      try await kiln.run("build", "tiny.yaml")
      // From the store it is the same: only a script that runs again shows it.
      try await kiln.run("build", "tiny.yaml", "--output", "second")
      #expect(
        try Files.read(kiln.home.appending("Images/tiny.tar.gz"))
          == Files.read(kiln.home.appending("second/tiny.tar.gz")))
      let result = try await rebuild(kiln)
      #expect(result.status == 1)
      #expect(result.output.contains("built again, other bytes"))
      #expect(result.output.contains("greeting") && result.output.contains("step greet"))
    }
  }

  @Test func aFileThatWasChangedSinceIsFound() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml")
      try Files.write(
        KilnProgram.tinyRecipe.replacing("hello\\n", with: "goodbye\\n"),
        to: kiln.home.appending("tiny.yaml"))
      let result = try await rebuild(kiln)
      #expect(result.output.contains("built again, other bytes"))
      #expect(result.output.contains("opt/hello"))
    }
  }

  @Test func aRenamedImageIsComparedWithItsCompanions() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml", "--compression", "fast")
      let images = kiln.home.appending("Images")
      for name in try Files.entries(images) where name.hasPrefix("tiny.tar.gz") {
        let renamed = name.replacing("tiny.tar.gz", with: "team.tar.gz")
        try Files.rename(images.appending(name), to: images.appending(renamed))
      }
      let bill = images.appending("team.tar.gz.spdx.json")
      try Files.write(try Files.readText(bill) + " ", to: bill)
      let result = try await kiln.command(
        [
          "verify", "Images/team.tar.gz", "--rebuild", "--recipe", "tiny.yaml", "--progress",
          "none",
        ], accepted: [1]
      ).run()
      #expect(result.output.contains("team.tar.gz.spdx.json"), "\(result.output)")
      #expect(!result.output.contains("cdx.json"))
    }
  }

  @Test func otherInputsAreRefused() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml")
      try Files.removeFile(kiln.home.appending("tiny.lock.json"))
      #expect(try await rebuild(kiln).errors.contains("error[K8001]"))
      try Files.write("more\n", to: kiln.home.appending("base.tar.gz"))
      try await kiln.run("lock", "tiny.yaml")
      #expect(try await rebuild(kiln).errors.contains("error[K8022]"))
      try Files.rename(kiln.home.appending("tiny.yaml"), to: kiln.home.appending("other.yaml"))
      #expect(try await rebuild(kiln).errors.contains("error[K8021]"))
      #expect(
        try await rebuild(kiln, ["--recipe", "other.yaml"]).errors.contains("error[K8001]"))
    }
  }
}
