import Commands
import Content
import Digests
import FileSystem
import SystemPackage
import TestSupport

/// A small recipe over a served archive, and the program that builds it in a store of its own.
struct Kitchen {
  let debian: TinyDebian
  let server: LoopbackServer
  let store: FilePath
  let output: FilePath

  var home: FilePath { debian.folder.appending("home") }

  static func with(_ body: (Kitchen) async throws -> Void) async throws {
    try await TinyDebian.with { debian in
      let server = try LoopbackServer()
      server.serve(folder: debian.repository.root)
      let kitchen = Kitchen(
        debian: debian, server: server, store: debian.folder.appending("store"),
        output: debian.folder.appending("images"))
      try Files.makeDirectories(kitchen.smokeTests)
      for architecture in Architecture.allCases {
        try Files.write(
          "#!/bin/sh\n",
          to: kitchen.smokeTests.appending("gpu-smoke-test-\(architecture.rawValue)"),
          permissions: 0o755)
      }
      try await kitchen.kiln(["lock", "tiny.yaml", "--progress", "none"]).run()
      try await body(kitchen)
    }
  }

  private var smokeTests: FilePath { debian.folder.appending("smoke-tests") }

  /// A command of kiln's; a `fault` is the injector's.
  func kiln(
    _ arguments: [String], fault: String? = nil, accepted: Set<Int32> = [0]
  ) -> Command {
    var environment = [
      "PATH": TestEnvironment.path, "HOME": home.string, "KILN_STORE": store.string,
      "KILN_SMOKE_TESTS": smokeTests.string, "KILN_MIRROR_DEBIAN": server.url,
      "KILN_MIRROR_DEBIAN_SECURITY": server.url,
    ]
    if let fault {
      environment["KILN_FAULT"] = fault
      environment["LD_PRELOAD"] = TestEnvironment.built("libfault-injector.so").string
    }
    var command = Command(
      TestEnvironment.kiln, arguments, environment: environment, workingDirectory: debian.folder,
      timeout: 120)
    command.accepted = accepted
    return command
  }

  func build(
    to folder: FilePath? = nil, fault: String? = nil, accepted: Set<Int32> = [0]
  ) -> Command {
    kiln(
      [
        "build", "tiny.yaml", "--locked", "--progress", "none", "--output",
        (folder ?? output).string,
      ], fault: fault, accepted: accepted)
  }

  /// The exit status, 128 and the signal's number where one ended it.
  func status(of command: Command) async throws -> Int32 {
    let words = [command.executable] + command.arguments
    // The shell itself is not to be injured.
    var environment = command.environment
    let preload = environment.removeValue(forKey: "LD_PRELOAD") ?? ""
    let shell = Command(
      "sh", ["-c", "LD_PRELOAD=\(preload) \"$@\" >/dev/null 2>&1; echo $?", "sh"] + words,
      environment: environment, workingDirectory: command.workingDirectory,
      timeout: command.timeout)
    let output = try await shell.run().output.split(separator: "\n").last
    return output.flatMap { Int32($0) } ?? -1
  }

  /// Everything that a build leaves in the folder of the images.
  func images(in folder: FilePath? = nil) throws -> [String: SHA256Digest] {
    try fileDigests(in: folder ?? output)
  }

  func begin() throws {
    try Files.removeTree(store)
    try Files.removeTree(output)
  }

  /// Processes and mounts of the machine that name the test's folder.
  func traces() throws -> [String] {
    let mounts = try Files.readText("/proc/self/mounts").split(separator: "\n").map(String.init)
    let processes = try Files.entries("/proc").filter { $0.allSatisfy(\.isNumber) }.map {
      // A process may be gone by now.
      (try? Files.readText(FilePath("/proc/\($0)/cmdline"))) ?? ""
    }
    return (mounts + processes).filter { $0.contains(debian.folder.string) }
  }
}
