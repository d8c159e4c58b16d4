import Commands
import Digests
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing
import Wheels

/// A wheel can be run as it is; to install it into each environment would take seconds.
private let pipWheel = (try? Files.entries("/usr/share/python-wheels"))?
  .first { $0.hasPrefix("pip-") }.map { "/usr/share/python-wheels/\($0)" }

/// Holds installed trees against those of the `pip` that Debian's `python3-venv` has in a wheel.
@Suite(.needs("python3-venv, which has pip in a wheel", if: pipWheel != nil))
struct PipWitnessTests {
  private func makeEnvironment(_ path: FilePath) async throws {
    _ = try await run(["/usr/bin/python3", "-m", "venv", "--without-pip", path.string])
  }

  /// Runs pip's commands, separated by `;`, in one process: to start it takes a second.
  private func pip(_ environment: FilePath, _ commands: [String]) async throws -> String {
    let program = """
      import sys
      from pip._internal.cli.main import main
      while arguments := sys.argv[1:]:
          end = arguments.index(";") if ";" in arguments else len(arguments)
          sys.argv[1:] = arguments[end + 1:]
          if status := main(arguments[:end]): sys.exit(status)
      """
    return try await run(["\(environment)/bin/python3", "-c", program] + commands)
  }

  private func run(_ arguments: [String]) async throws -> String {
    try await Command(
      arguments[0], Array(arguments.dropFirst()),
      environment: [
        "PATH": "/usr/bin:/bin", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CONFIG_FILE": "/dev/null", "PYTHONPATH": pipWheel ?? "",
        "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8",
      ]
    ).run().output
  }

  private func pythonVersion() async throws -> String {
    let program = "import sys; print('%d.%d' % sys.version_info[:2])"
    return try await run(["/usr/bin/python3", "-c", program])
      .trimmingSuffix { $0.isNewline }
  }

  @Test func installsWhatPipInstalls() async throws {
    try await withTemporaryFolder { folder in
      let other = """
        wheel("other", "2.0", {"other.py": b"", "shared/__init__.py": b"",
            "other-2.0.dist-info/entry_points.txt": b"[console_scripts]\\npip = other:main\\n"
            b"pip3 = other:main\\npip3.99 = other:main\\npipx = other:main\\n"
            b"easy_install = other:e\\neasy_install-3.1 = other:e\\n"})
        """
      try await WheelMaker.make(FeatureWheel.program + "\n" + other, in: folder)
      let names = [FeatureWheel.fileName, "other-2.0-py3-none-any.whl"]
      let version = try await pythonVersion()
      let venv = folder.appending("venv")
      try await makeEnvironment(venv)
      let before = folder.appending("before")
      _ = try await run(["cp", "-a", venv.string, before.string])
      _ = try await pip(
        venv,
        [
          "install", "-q", "--no-compile", "--no-index", "--no-deps",
          "--find-links", folder.string, "Feature-Wheel", "other",
        ])
      let unpacked = try await WheelMaker.unpack(names.map { folder.appending($0) }, in: folder)
      let environment = VirtualEnvironment(path: venv.string, pythonVersion: version)
      let upper = folder.appending("upper")
      try Files.makeDirectory(upper)
      let installed = try WheelInstaller(environment: environment, installer: "pip").install(
        unpacked.map { WheelRequest(wheel: $0, isRequested: true) }, into: upper)
      #expect(installed.conflicts == [])
      // The wheels' files over the fresh environment, as an overlay shows them.
      _ = try await run(["cp", "-a", "\(upper)/\(environment.path)/.", before.string])
      // pip leaves out folders without files, and so does kiln.
      #expect(differences(try treeListing(venv), try treeListing(before)) == [])
      let files = try treeListing(upper).filter { !$0.value.hasPrefix("folder") }.keys
      #expect(Set(installed.owners.paths) == Set(files))
      let commands = try await run(["\(venv)/bin/feat-run.x+y"])
      #expect(commands == "run\n")
    }
  }

  @Test func pipKnowsWhatKilnInstalled() async throws {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make(FeatureWheel.program, in: folder)
      let venv = folder.appending("venv")
      try await makeEnvironment(venv)
      let fresh = try treeListing(venv)
      let file = folder.appending(FeatureWheel.fileName)
      let unpacked = try await WheelMaker.unpack([file], in: folder)
      let environment = VirtualEnvironment(
        path: venv.string, pythonVersion: try await pythonVersion())
      let direct = DirectURL(url: "file://\(file)", sha256: unpacked[0].sha256)
      let requests = unpacked.map {
        WheelRequest(wheel: $0, isRequested: true, directURL: direct)
      }
      _ = try WheelInstaller(environment: environment).install(requests, into: "/")
      let words = try await pip(
        venv, ["check", ";", "freeze", ";", "inspect", ";", "uninstall", "-y", "feature-wheel"])
      let frozen = "Feature_Wheel @ file://\(file)#sha256=\(unpacked[0].sha256)"
      #expect(words.hasPrefix("No broken requirements found.\n\(frozen)\n{"), "\(words)")
      #expect(words.contains("\"installer\": \"kiln\""), "\(words)")
      // pip takes folders away that it empties, and leaves others.
      let isFolder = { (line: (key: String, value: String)) in line.value.hasPrefix("folder") }
      let left = try treeListing(venv).filter { !isFolder($0) }
      let lost = differences(fresh.filter { !isFolder($0) }, left)
      #expect(lost == [], "\(lost)")
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
    String(reversed().drop(while: predicate).reversed())
  }
}
