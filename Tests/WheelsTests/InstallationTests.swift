import Commands
import Content
import Diagnostics
import FileSystem
import Store
import SystemPackage
import TestSupport
import Testing
import Wheels

struct InstallationTests {
  private let environment = VirtualEnvironment(path: "/opt/ml/", pythonVersion: "3.13")
  private let site = "opt/ml/lib/python3.13/site-packages"

  private func installed(
    _ program: String, _ names: [String], in folder: FilePath,
    environment: VirtualEnvironment? = nil
  ) async throws -> InstalledWheels {
    try await WheelMaker.make(program, in: folder)
    let files = names.map { folder.appending("\($0)-1.0-py3-none-any.whl") }
    let unpacked = try await WheelMaker.unpack(files, in: folder)
    let upper = folder.appending("upper")
    try Files.makeDirectories(upper)
    return try WheelInstaller(environment: environment ?? self.environment).install(
      unpacked.map { WheelRequest(wheel: $0, isRequested: false) }, into: upper)
  }

  @Test func unpacksOnce() async throws {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make(
        // Large enough for more than one task to unpack it.
        "ZEROS = 17 << 20\n" + FeatureWheel.program, in: folder)
      let file = folder.appending(FeatureWheel.fileName)
      let first = try await WheelMaker.unpack([file], in: folder, jobs: 3)
      let second = try await WheelMaker.unpack([file], in: folder, jobs: 1)
      #expect(second.map(\.isReused) == [true])
      #expect(second[0].files == first[0].files)
      #expect(second[0].wheel == first[0].wheel)
      #expect(first.map(\.isReused) == [false])
      let tree = try treeListing(first[0].tree)
      #expect(tree.filter { !$0.value.hasPrefix("folder") }.count == first[0].files.count)
      #expect(first[0].wheel.name == "Feature_Wheel")
      #expect(first[0].wheel.entryPoints.console.map(\.name) == ["feat", "feat-run.x+y"])
      #expect(first[0].wheel.entryPoints.console.last?.extras == ["one", "two"])
      #expect(!first[0].wheel.rootIsPurelib)
    }
  }

  @Test func linksFilesToTheStore() async throws {
    try await withTemporaryFolder { folder in
      let wheels = try await installed(
        "wheel('a', files={'a.py': b'1', 'a-1.0.data/data/lib64/x': b'2'})", ["a"], in: folder)
      let upper = folder.appending("upper")
      let file = try #require(try Files.status(upper.appending("\(site)/a.py")))
      let stored = try #require(try Files.status(wheels.wheels[0].tree.appending("a.py")))
      #expect(file.inode == stored.inode)
      // A folder `lib64` in the layer would hide the link that the environment has there.
      #expect(try Files.readText(upper.appending("opt/ml/lib/x")) == "2")
      #expect(!Files.exists(upper.appending("opt/ml/lib64")))
      #expect(wheels.owners["opt/ml/lib/x"] == 0)
      #expect(wheels.origins == [Origin(.wheel, name: "a", version: "1.0")])
      let info = upper.appending("\(site)/a-1.0.dist-info")
      #expect(try Files.readText(info.appending("INSTALLER")) == "kiln\n")
      #expect(!Files.exists(info.appending("REQUESTED")))
      #expect(
        try Files.readText(info.appending("RECORD")).split(separator: "\r\n").map {
          $0.prefix { $0 != "," }
        } == [
          "../../../lib64/x", "a-1.0.dist-info/INSTALLER", "a-1.0.dist-info/METADATA",
          "a-1.0.dist-info/RECORD", "a-1.0.dist-info/WHEEL", "a.py",
        ])
    }
  }

  @Test func reportsSharedPathsWithOtherBytes() async throws {
    try await withTemporaryFolder { folder in
      let program = """
        wheel("a", files={"s/__init__.py": b"", "s/x.py": b"of a"})
        wheel("b", files={"s/__init__.py": b"", "s/x.py": b"of b"})
        """
      let wheels = try await installed(program, ["a", "b"], in: folder)
      #expect(wheels.conflicts.map(\.entry) == ["\(site)/s/x.py"])
      #expect(wheels.warnings.map(\.severity) == [.warning])
      #expect(wheels.owners["\(site)/s/x.py"] == 1)
      #expect(try Files.readText(folder.appending("upper/\(site)/s/x.py")) == "of b")
      #expect(try Files.readText(wheels.wheels[0].tree.appending("s/x.py")) == "of a")
    }
  }

  @Test func refusesToFollowLinks() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("upper/opt/ml/lib"))
      try Files.makeSymlink(folder.appending("upper/opt/ml/lib/python3.13"), to: "/tmp")
      let error = await #expect(throws: WheelError.self) {
        try await installed("wheel('a', files={'a.py': b''})", ["a"], in: folder)
      }
      #expect(error?.code == .storage)
    }
  }

  /// What distlib writes where the kernel would cut the first line or split it at a space.
  @Test(arguments: [
    ("/opt/ml/bin/python3", "#!/opt/ml/bin/python3\n"),
    ("/" + String(repeating: "a", count: 123), "#!/" + String(repeating: "a", count: 123) + "\n"),
    (
      "/" + String(repeating: "a", count: 124),
      "#!/bin/sh\n'''exec' /\(String(repeating: "a", count: 124)) \"$0\" \"$@\"\n' '''\n"
    ),
    ("/a b/python3", "#!/bin/sh\n'''exec' \"/a b/python3\" \"$0\" \"$@\"\n' '''\n"),
  ])
  func writesLongFirstLinesForShells(interpreter: String, start: String) async throws {
    try await withTemporaryFolder { folder in
      let program = """
        wheel("a", files={"a-1.0.dist-info/entry_points.txt": b"[console_scripts]\\nx = m:f.g\\n"})
        """
      _ = try await installed(
        program, ["a"], in: folder,
        environment: VirtualEnvironment(
          path: "opt/ml", pythonVersion: "3.13", interpreter: interpreter))
      let text = try Files.readText(folder.appending("upper/opt/ml/bin/x"))
      #expect(
        text == start + """
          # -*- coding: utf-8 -*-
          import re
          import sys
          from m import f
          if __name__ == '__main__':
              sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
              sys.exit(f.g())

          """)
    }
  }
}
