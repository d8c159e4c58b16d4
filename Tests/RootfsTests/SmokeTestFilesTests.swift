import Commands
import Content
import FileSystem
import Recipes
import SystemPackage
import TestSupport
import Testing

@testable import Rootfs

@Suite struct SmokeTestFilesTests {
  private func recipe() -> Recipe {
    Recipe(
      name: "tiny", base: .tarball(.init(location: .path("base.tar"), sha256: nil)), directory: "/")
  }

  private func text(_ path: String, _ recipe: Recipe) throws -> String {
    let files = SmokeTestFiles(program: "/program", recipe: recipe).planned
    let file = try #require(files.first { $0.path == path })
    guard case .content(let bytes) = file.content else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func theProgramIsExecutableAndNamed() throws {
    let files = SmokeTestFiles(program: "/program", recipe: recipe()).planned
    let program = try #require(files.first { $0.path == "usr/bin/gpu-smoke-test" })
    #expect(program.mode == 0o755)
    #expect(files.allSatisfy { $0.origin.kind == .smokeTest })
  }

  @Test func theImagesConfigurationSaysWhatTheRecipeSays() throws {
    var recipe = recipe()
    #expect(!(try text("etc/gpu-smoke-test.conf", recipe)).contains("="))
    recipe.gpu = .init(backend: .cuda, requireArchitectures: [])
    #expect(try text("etc/gpu-smoke-test.conf", recipe).contains("\nbackend=cuda\n"))
    recipe.smokeTest = .init(backend: .cpu, level: .full)
    #expect(try text("etc/gpu-smoke-test.conf", recipe).contains("\nbackend=cpu\nlevel=full\n"))
  }

  /// Sourced by a real shell as login shells do it.
  @Test func theGreetingComesOnceAndToPeopleOnly() async throws {
    let greeting = try text("etc/profile.d/gpu-smoke-test.sh", recipe())
    try await withTemporaryFolder { folder in
      let script = folder.appending("greeting.sh")
      try Files.write(greeting, to: script)
      func login(_ flags: String, home: FilePath) async throws -> String {
        let shell = Command(
          "sh", [flags, ". \(script.string); echo done"],
          environment: ["PATH": TestEnvironment.path, "HOME": home.string, "PS1": ""])
        return try await shell.run().output
      }
      let home = folder.appending("home")
      try Files.makeDirectories(home)
      #expect(try await login("-c", home: home) == "done\n")
      #expect(try await login("-ic", home: home).hasPrefix("Run gpu-smoke-test "))
      #expect(try await login("-ic", home: home) == "done\n")
      let quiet = folder.appending("quiet")
      try Files.makeDirectories(quiet)
      try Files.write("", to: quiet.appending(".hushlogin"))
      #expect(try await login("-ic", home: quiet) == "done\n")
      #expect(try await login("-ic", home: "/dev/null/none") == "done\n")
    }
  }
}
