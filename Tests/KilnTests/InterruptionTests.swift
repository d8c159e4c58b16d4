import Commands
import Digests
import FileSystem
import Glibc
import Needs
import SystemPackage
import TestSupport
import Testing

/// Ctrl-C, and what is left of a kiln after it.
@Suite(.serialized) struct InterruptionTests {
  /// What names the folder: command lines and mounts of the whole machine.
  private func traces(of folder: FilePath) throws -> [String] {
    let mounts = try Files.readText("/proc/self/mounts").split(separator: "\n").map(String.init)
    let processes = try Files.entries("/proc").filter { $0.allSatisfy(\.isNumber) }.map {
      // A process may be gone by now.
      (try? Files.readText(FilePath("/proc/\($0)/cmdline"))) ?? ""
    }
    return (mounts + processes).filter { $0.contains(folder.string) }
  }

  /// The processes of the step.
  private func sleepers() throws -> [String] {
    try Files.entries("/proc").filter {
      (try? Files.readText(FilePath("/proc/\($0)/cmdline"))) == "sleep\u{0}86411\u{0}"
    }
  }

  private func expectNothingLeft(by kiln: KilnProgram) throws {
    #expect(try traces(of: kiln.home) == [])
    #expect(try Files.entries(kiln.store.appending("work")) == [])
    #expect(try Files.entries(kiln.store.appending("sessions")) == [])
    #expect(!Files.exists(kiln.home.appending("Images")))
    let names = try Files.entries(kiln.home)
    #expect(names.filter { $0.hasPrefix(".") || $0.hasSuffix(".part") } == [])
  }

  private func build(_ kiln: KilnProgram) throws -> RunningKiln {
    try RunningKiln(
      kiln,
      [
        "build", kiln.home.appending("tiny.yaml").string, "--progress", "json", "--output",
        kiln.home.appending("Images").string,
      ], log: kiln.home.appending("log"))
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func aDownloadThatStallsIsGivenUp(signal: Int32) async throws {
    let server = try LoopbackServer()
    // Each try brings 50 kB: so many that none is left to bring the last, however late the signal is.
    let base = [UInt8](repeating: 0x6B, count: 64 << 20)
    // Every try stalls: on a busy machine kiln may begin another before the signal is sent.
    server.put("/base.tar.gz", base, Array(repeating: .stall(after: 50_000), count: 2000))
    let recipe = """
      recipe: 1
      name: tiny
      base:
        tarball: {url: "\(server.url)/base.tar.gz", sha256: \(SHA256Digest(of: base))}
      wsl: {install: [import]}

      """
    try await KilnProgram.with { kiln in
      try Files.write(recipe, to: kiln.home.appending("tiny.yaml"))
      try kiln.addSmokeTest()
      let running = try build(kiln)
      while server.count("/base.tar.gz") == 0, kill(running.process, 0) == 0 {
        try await Task.sleep(for: .milliseconds(10))
      }
      running.send(signal)
      #expect(try await running.finish() == 130)
      let log = try Files.readText(kiln.home.appending("log"))
      #expect(log.hasSuffix("interrupted; the next run goes on with what is finished\n"))
      #expect(!log.contains("error["))
      try expectNothingLeft(by: kiln)
      #expect(!Files.exists(kiln.home.appending("tiny.lock.json")))
    }
  }

  @Test(.needs("root", if: TestEnvironment.isRoot))
  func aStepOfTheImageDiesWithKiln() async throws {
    let recipe = KilnProgram.tinyRecipe.replacing(
      "cat /opt/hello > /greeting", with: "sleep 86411")
    try await KilnProgram.withTinyRecipe(recipe) { kiln in
      let running = try build(kiln)
      while try sleepers().isEmpty, kill(running.process, 0) == 0 {
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(try sleepers().count == 1)
      running.send(SIGINT)
      #expect(try await running.finish() == 130)
      #expect(try sleepers() == [])
      try expectNothingLeft(by: kiln)

      // The lock and the layers that were finished are used by the next build.
      try Files.write(
        recipe.replacing("86411", with: "0"), to: kiln.home.appending("tiny.yaml"))
      try await kiln.run("build", "tiny.yaml", "--locked")
      #expect(Files.exists(kiln.home.appending("Images/tiny.tar.gz")))
    }
  }

  @Test(.needs("root", if: TestEnvironment.isRoot))
  func twoBuildsIntoOneFolderGiveWholeFiles() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      async let one = kiln.command(["build", "tiny.yaml"]).run()
      async let two = kiln.command(["build", "tiny.yaml"]).run()
      _ = try await (one, two)
      let images = kiln.home.appending("Images")
      let digest = SHA256Digest(of: try Files.read(images.appending("tiny.tar.gz")))
      #expect(
        try Files.readText(images.appending("tiny.tar.gz.sha256")).hasPrefix(digest.hex))
      #expect(
        try Files.entries(images).sorted()
          == ["", ".cdx.json", ".manifest.json", ".provenance.json", ".sha256", ".spdx.json"].map {
            "tiny.tar.gz" + $0
          })
    }
  }
}
