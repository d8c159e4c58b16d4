import Commands
import Digests
import FileSystem
import FoundationEssentials
import Needs
import SystemPackage
import TestSupport
import Testing

/// What stands beside an image and in it, and who vouches for it.
@Suite(.serialized, .needs("root", if: TestEnvironment.isRoot))
struct DescribingTests {
  private static let recipe = KilnProgram.tinyRecipe.replacing(
    "wsl: {install: [import]}", with: "wsl: {install: [import, from-file]}\nvariables: {who: all}")

  private func sha256(_ path: FilePath) throws -> String {
    SHA256Digest(of: try Files.read(path)).hex
  }

  @Test(.needs("spdx-tools and cyclonedx-python-lib of PyPI") { await Validators.areThere() })
  func theBillsOfRealImagesAreValid() async throws {
    try await KilnProgram.withTinyRecipe(Self.recipe) { kiln in
      try await kiln.run("build", "tiny.yaml", "-o", "out")
      try await Command(
        "tar", ["-xzf", "out/tiny.wsl", "./usr/share/kiln"], environment: ["PATH": "/usr/bin:/bin"],
        workingDirectory: kiln.home
      ).run()
      let bills = ["out/tiny.wsl", "out/tiny.tar.gz", "usr/share/kiln/sbom"]
      #expect(try await Validators.complaints(about: bills.map { kiln.home.appending($0) }) == [])
    }
  }

  @Test func theBillTellsTheRecipesFilesAndTheFlavoursAlone() async throws {
    try await KilnProgram.withTinyRecipe(Self.recipe) { kiln in
      try await kiln.run("build", "tiny.yaml", "-o", "out")
      let text = { (path: String) in try Files.readText(kiln.home.appending(path)) }
      let bills = [try text("out/tiny.wsl.spdx.json"), try text("out/tiny.tar.gz.spdx.json")]
      for bill in bills {
        #expect(bill.contains("\"./opt/hello\"") && bill.contains("\"./greeting\""))
        #expect(bill.contains(SHA256Digest(ofText: "hello\n").hex))
        #expect(bill.contains("from step greet") && bill.contains("./usr/bin/gpu-smoke-test"))
      }
      #expect(bills[0].contains("oobe.sh") && !bills[1].contains("oobe.sh"))
      #expect(bills[0].contains(try sha256(kiln.home.appending("out/tiny.wsl"))))
      let shared = try await Command(
        "sh",
        [
          "-ec",
          "for i in wsl tar.gz; do tar -xzOf out/tiny.$i ./usr/share/kiln/sbom.cdx.json | sha256sum; done",
        ],
        environment: ["PATH": "/usr/bin:/bin"], workingDirectory: kiln.home
      ).run().output.split(separator: "\n")
      #expect(shared.count == 2 && shared[0] == shared[1])
    }
  }

  /// An image of somebody else's must not draw on the reader's terminal.
  @Test func namesOfAnImageCommandNoTerminal() async throws {
    try await KilnProgram.with { kiln in
      let script = """
        mkdir -p a/etc b/etc; : > a/same; : > b/same; cd b
        : > "$(printf 'esc\\033[2J')"; : > "$(printf 'line\\nerror: fake')"
        cd ..; tar -C a -cf a.tar .; tar -C b -cf b.tar .
        """
      try await Command(
        "sh", ["-ec", script], environment: ["PATH": "/usr/bin:/bin"], workingDirectory: kiln.home
      ).run()
      let text = try await kiln.run("diff", "a.tar", "b.tar", accepted: [1]).output
      #expect(text.contains("/esc\u{FFFD}[2J  +0 B") && text.contains("/line\u{FFFD}error: fake"))
      #expect(!text.contains("\u{1B}") && !text.contains("\nerror"))
    }
  }

  /// Everything that stands beside an image, by its name.
  private func beside(_ folder: FilePath) throws -> [String: String] {
    var digests: [String: String] = [:]
    for name in try Files.entries(folder) { digests[name] = try sha256(folder.appending(name)) }
    return digests
  }

  @Test func anotherStoreGivesTheSameBytes() async throws {
    try await KilnProgram.withTinyRecipe(Self.recipe) { kiln in
      try await kiln.run("build", "tiny.yaml", "-o", "one", "--set", "who=me")
      try await kiln.run(
        "build", "tiny.yaml", "-o", "two", "--set", "who=me", "--store", "other", "--jobs", "1")
      let (one, two) = (
        try beside(kiln.home.appending("one")), try beside(kiln.home.appending("two"))
      )
      #expect(one == two && one.count == 12)
      let provenance = try Files.readText(kiln.home.appending("one/tiny.wsl.provenance.json"))
      #expect(provenance.contains("\"who\" : \"me\""))
      #expect(provenance.contains(try sha256(kiln.home.appending("tiny.yaml"))))
      #expect(provenance.contains(try sha256(kiln.home.appending("tiny.lock.json"))))
      #expect(provenance.contains(try sha256(kiln.home.appending("base.tar.gz"))))
      #expect(provenance.contains(try sha256(kiln.home.appending("one/tiny.wsl"))))
      #expect(!provenance.contains(kiln.home.string))
    }
  }

  @Test func theProvenanceNamesTheRecipesThatAreExtended() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try Files.write(
        "recipe: 1\nname: child\nextends: shared/tiny.yaml\n",
        to: kiln.home.appending("child.yaml"))
      try Files.makeDirectory(kiln.home.appending("shared"))
      for name in ["tiny.yaml", "base.tar.gz"] {
        try Files.rename(
          kiln.home.appending(name), to: kiln.home.appending("shared/\(name)"))
      }
      try await kiln.run("build", "child.yaml")
      let provenance = try Files.readText(
        kiln.home.appending("Images/child.tar.gz.provenance.json"))
      for name in ["child.yaml", "shared/tiny.yaml", "child.lock.json"] {
        #expect(provenance.contains("\"name\" : \"\(name)\""), "\(name)")
      }
    }
  }

  private func makeKeys(_ kiln: KilnProgram, _ name: String) async throws {
    try await Command(
      "sh",
      [
        "-ec",
        "openssl genpkey -algorithm ed25519 -out \(name).key; "
          + "openssl pkey -in \(name).key -pubout -out \(name).pub",
      ], environment: ["PATH": TestEnvironment.path], workingDirectory: kiln.home
    ).run()
  }

  @Test func aSignedImageIsVerifiedWithItsKey() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await makeKeys(kiln, "own")
      try await makeKeys(kiln, "other")
      try await kiln.run("build", "tiny.yaml", "--sign", "own.key")
      let image = "Images/tiny.tar.gz"
      // So small a root fails Microsoft's rules; the signature holds nevertheless.
      let good = try await kiln.run("verify", image, "--key", "own.pub", accepted: [1])
      #expect(good.output.contains("signature: ok"))
      let wrong = try await kiln.run("verify", image, "--key", "other.pub", accepted: [1])
      #expect(wrong.output == "" && wrong.errors.contains("error[K6606]"))
      try Files.write("x", to: kiln.home.appending(image))
      let altered = try await kiln.run("verify", image, "--key", "own.pub", accepted: [1])
      #expect(altered.output == "" && altered.errors.contains("error[K6606]"))
    }
  }

  @Test func aKeyThatIsNoneStopsTheBuildBeforeIt() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await makeKeys(kiln, "own")
      for (key, code) in [("own.pub", "K6602"), ("tiny.yaml", "K6602"), ("none", "K7001")] {
        let result = try await kiln.run("build", "tiny.yaml", "--sign", key, accepted: [1])
        #expect(result.errors.contains("error[\(code)]"), "\(result.errors)")
      }
      #expect(!Files.exists(kiln.home.appending("Images")))
      #expect(!Files.exists(kiln.home.appending("tiny.lock.json")))
    }
  }
}
