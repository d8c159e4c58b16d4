import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing
import Wheels

@Suite(
  .needs("python3-venv", if: Files.exists("/usr/share/python-wheels") && Files.exists("/bin/sh")))
struct CreationTests {
  @Test func removesWhatWheelsReplace() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("it's here")
      let environment = VirtualEnvironment(path: path.string, pythonVersion: "3")
      let command = environment.creation(replacing: ["numpy", "Setuptools"])
      _ = try await Command(
        command[0], Array(command.dropFirst()),
        environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
      ).run()
      let paths = try treeListing(path).keys
      #expect(paths.contains { $0.contains("/site-packages/pip/__pycache__/") })
      #expect(!paths.contains { $0.contains("/site-packages/setuptools") })
      let first = try #require(paths.sorted().first { $0.hasSuffix(".pyc") })
      #expect(try Files.read(path.appending(first))[4..<8] == [1, 0, 0, 0], "unchecked hash")
    }
  }

  @Test func isTheSameForAllWheelsThatReplaceNothing() {
    let environment = VirtualEnvironment(path: "opt/ml", pythonVersion: "3.13")
    #expect(environment.creation(replacing: ["torch"]) == environment.creation(replacing: []))
    #expect(environment.creation(replacing: ["PIP", "b"]).last == "pip")
  }
}
