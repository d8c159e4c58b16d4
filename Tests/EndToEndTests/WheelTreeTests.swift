import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// Big real wheels: what kiln installs is what the image's own pip installs.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot))
struct WheelTreeTests {
  private let environment = FilePath("/opt/ml")

  /// The second takes the place of the `setuptools` that the environment begins with.
  @Test(arguments: ["numpy==2.2.6", "tensorflow-cpu==2.18.0"])
  func asPipInstallsThem(requirement: String) async throws {
    try await withTemporaryFolder { folder in
      let witness = try await Witness.copy("wheels.yaml", to: folder)
      let image = try await witness.build(["--set", "requirement=\(requirement)"])
      let root = try await witness.extract(image, to: "root")
      // Scripts name the environment's path, so pip's has to stand where kiln's stood.
      let kiln = folder.appending("environment")
      try Files.rename(root.appending("opt/ml"), to: kiln)
      try await installWithPip(requirement, witness, in: root)
      let trees = try [kiln, root.appending("opt/ml")].map { path in
        // pip was told not to compile; that kiln's byte code is right is another test's matter.
        try Tree(path) { !$0.hasSuffix("/__pycache__") }
      }
      #expect(trees[0].entries.count > 900)
      let comparison = try TreeComparison(kiln: trees[0], peer: trees[1], meant: Self.meant)
      #expect(comparison.unmeant.isEmpty, "\(comparison.unmeant.joined(separator: "\n"))")
      #expect(comparison.met == Set(Self.meant.indices))
    }
  }

  /// Nothing but byte code is missing, and NumPy works without.
  @Test func byteCodeIsLeftOutWhereAsked() async throws {
    try await withTemporaryFolder { folder in
      let witness = try await Witness.copy("plain.yaml", to: folder)
      try Files.write(
        "recipe: 1\nname: plain\nextends: wheels.yaml\npython: {byte-code: false}\n",
        to: witness.recipe)
      let root = try await witness.extract(try await witness.build(), to: "root")
      let tree = try Tree(root.appending("opt/ml/lib")) { _ in true }
      let modules = tree.entries.keys.filter { $0.contains("/numpy/") }
      #expect(modules.contains { $0.hasSuffix("/numpy/__init__.py") })
      #expect(modules.filter { $0.hasSuffix(".pyc") } == [])
      try await Command(
        "chroot", [root.string, "/opt/ml/bin/python", "-B", "-c", "import numpy; numpy.ones(3)"],
        environment: ["PATH": TestEnvironment.path]
      ).run()
    }
  }

  /// In the image's root, without network, from a folder of the lock's wheels.
  private func installWithPip(
    _ requirement: String, _ witness: Witness, in root: FilePath
  ) async throws {
    let wheels = root.appending("wheels")
    try Files.makeDirectory(wheels)
    for artifact in try witness.lock().artifacts where artifact.kind == "wheel" {
      let name = try #require(FilePath(artifact.path).lastComponent)
      try Files.copy(witness.kiln.artifact(artifact.sha256), to: wheels.appending(name))
    }
    let script = """
      mount --bind /dev "$1/dev"
      exec chroot "$1" sh -e -c '
        python3 -m venv "$1"
        exec "$1/bin/pip" install --quiet --upgrade --upgrade-strategy eager \\
          --no-compile --no-index --find-links /wheels "$2"
      ' pip "$2" "$3"
      """
    try await Command(
      "unshare",
      [
        "--mount", "--net", "sh", "-e", "-c", script, "witness", root.string, environment.string,
        requirement,
      ],
      environment: [
        "PATH": TestEnvironment.path, "LC_ALL": "C.UTF-8", "PIP_ROOT_USER_ACTION": "ignore",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
      ], timeout: 600
    ).run()
  }

  private static var meant: [MeantDifference] {
    [
      MeantDifference(.content { _ in [] }, ".*\\.dist-info/INSTALLER"),
      // Who installed it, and byte code, which pip lists where `venv` had it compiled.
      MeantDifference(.content(withoutByteCode), ".*\\.dist-info/RECORD"),
    ]
  }

  private static func withoutByteCode(_ record: [UInt8]) -> [UInt8] {
    let lines = String(decoding: record, as: UTF8.self).split(whereSeparator: \.isNewline)
    let kept = lines.filter { !$0.contains("/__pycache__/") && !$0.contains("/INSTALLER,") }
    return Array(kept.joined(separator: "\n").utf8)
  }
}
