import Commands
import FileSystem
import Mirrors
import Needs
import SystemPackage
import TestSupport
import Testing

/// mmdebstrap, by way of dpkg itself, makes the same root of the same packages.
///
/// Debian 11 is left out: its `adduser` gives numbers in the order in which packages happen to be
/// configured, and its Python's byte code depends on the order of sets in memory.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot),
  .needs(program: "mmdebstrap"))
struct MmdebstrapTests {
  @Test(arguments: ["bookworm", "trixie"]) func theSameTree(suite: String) async throws {
    try await withTemporaryFolder { folder in
      let witness = try await Witness.copy("witness.yaml", to: folder)
      let image = try await witness.build(["--set", "suite=\(suite)"])
      let lock = try witness.lock()
      let kiln = try await witness.extract(image, to: "kiln")
      let tarball = folder.appending("mmdebstrap.tar")
      try await mmdebstrap(suite, lock.requested, date: lock.date, into: tarball)
      let peer = try await witness.extract(tarball, to: "peer")
      let meant = Self.meant + (suite == "bookworm" ? Self.meantInBookworm : Self.meantFromTrixieOn)
      let comparison = try TreeComparison(
        kiln: Tree(kiln), peer: Tree(peer), meant: meant)
      #expect(comparison.unmeant.isEmpty, "\(comparison.unmeant.joined(separator: "\n"))")
      try expectSameChoices(kiln: kiln, peer: peer, lock)
      // A difference that is gone must go from the list too.
      for index in meant.indices {
        #expect(comparison.met.contains(index), "not met: \(meant[index].paths)")
      }
    }
  }

  /// What apt may take away again when nobody needs it any more.
  private func expectSameChoices(
    kiln: FilePath, peer: FilePath, _ lock: Witness.Lock
  ) throws {
    let own = try Self.automatic(kiln)
    let other = try Self.automatic(peer)
    #expect(other.count > 50 && other.subtracting(own).isEmpty)
    // mmdebstrap has dpkg install what is essential, with all that it needs, before it asks apt,
    // which then knows nothing of how these came.
    var needs: [String: [String]] = [:]
    for artifact in lock.artifacts {
      needs[artifact.name] = artifact.dependencies?.split(separator: " ").map(String.init)
    }
    var closure: Set<String> = []
    var pending = try Self.essential(kiln)
    while let name = pending.popLast() {
      if closure.insert(name).inserted { pending += needs[name] ?? [] }
    }
    #expect(own.subtracting(other).subtracting(closure).isEmpty)
  }

  private static func automatic(_ root: FilePath) throws -> Set<String> {
    let text = try Files.readText(root.appending("var/lib/apt/extended_states"))
    return Set(
      try text.split(separator: "\n\n").map { stanza in
        let form = #/Package: (\S+)\nArchitecture: amd64\nAuto-Installed: 1\n?/#
        return String(try #require(stanza.wholeMatch(of: form)).output.1)
      })
  }

  private static func essential(_ root: FilePath) throws -> [String] {
    try Files.readText(root.appending("var/lib/dpkg/status")).split(separator: "\n\n").compactMap {
      stanza in
      let lines = stanza.split(separator: "\n")
      guard lines.contains("Essential: yes"), let name = lines.first else { return nil }
      return String(name.dropFirst("Package: ".count))
    }
  }

  private func mmdebstrap(
    _ suite: String, _ packages: [String], date: Int64, into tarball: FilePath
  ) async throws {
    let environment = ["PATH": TestEnvironment.path, "HOME": KilnProgram.shared().home.string]
    let mirrors = try await Mirrors.ofHost(environment: environment, python: false)
    let suites = [
      ("debian", suite), ("debian", "\(suite)-updates"), ("debian-security", "\(suite)-security"),
    ]
    let sources = try suites.map { source, suite in
      let url = try #require(try mirrors.baseURLs(source: source).first)
      let key = "/usr/share/keyrings/debian-archive-keyring.gpg"
      return "deb [signed-by=\(key)] \(url) \(suite) main"
    }
    try await Command(
      "mmdebstrap",
      [
        "--quiet", "--mode=root", "--variant=minbase",
        "--include=\(packages.joined(separator: ","))", suite, tarball.string,
      ] + sources,
      environment: environment.merging(["SOURCE_DATE_EPOCH": "\(date)"]) { $1 }, timeout: 900
    ).run()
  }

  // MARK: - What differs, and why

  private static var meant: [MeantDifference] {
    [
      // kiln's layer for WSL, and what it replaces of the packages' own files.
      MeantDifference(
        .onlyKiln, "etc/wsl.conf", "etc/wsl-distribution.conf",
        "etc/profile.d/wsl-lib-path.sh", "etc/sudoers.d/wsl-lib-path"),
      MeantDifference(
        .onlyKiln, "usr/bin/gpu-smoke-test", "etc/gpu-smoke-test.conf",
        "etc/profile.d/gpu-smoke-test.sh"),
      MeantDifference(.onlyKiln, "usr/share/kiln", "usr/share/kiln/sbom.(spdx|cdx).json"),
      MeantDifference(.onlyKiln, #"etc/systemd/system/[^/]*\.(service|timer|mount)"#),
      MeantDifference(
        .content { _ in [] }, "etc/fstab", "etc/environment", "etc/default/locale",
        "etc/locale.conf"),
      // The image's sources are Debian's own, the peer's are the building machine's mirrors.
      MeantDifference(.onlyKiln, "etc/apt/sources.list.d/debian.sources"),
      MeantDifference(.onlyPeer, "etc/apt/sources.list"),
      // WSL brings its own /dev and /run.
      MeantDifference(.onlyPeer, "dev/.*"),
      MeantDifference(.onlyPeer, "run/lock", "run/lock/subsys"),
      // mmdebstrap copies these from the building machine.
      MeantDifference(.onlyPeer, "etc/hostname", "etc/resolv.conf"),
      // What tools keep of the version before, and lock files.
      MeantDifference(
        .onlyPeer, "etc/(passwd|group|shadow|gshadow)-", "var/lib/dpkg/[a-z]+-old",
        "var/cache/debconf/[a-z]+\\.dat-old"),
      MeantDifference(
        .onlyPeer, "var/lib/dpkg/lock(-frontend)?", "var/lib/dpkg/triggers/Lock",
        "var/(lib/apt/lists|cache/apt/archives)/lock"),
      // Caches that hold times of the disk that they were made on; timers make them again.
      MeantDifference(.onlyPeer, "var/cache/man/(.*/)?index\\.db"),
      MeantDifference(.onlyPeer, "var/lib/systemd/catalog/database"),
      // Held against each other apart.
      MeantDifference(.content { _ in [] }, "var/lib/apt/extended_states"),
      // Lines in the order in which packages were configured.
      MeantDifference(.content(sortedLines), "etc/shells", "var/lib/dpkg/triggers/File"),
      // Preinst scripts run before dpkg does, so debconf does not know who asks: "unknown".
      MeantDifference(.content(withoutOwners), "var/cache/debconf/config.dat"),
    ]
  }

  private static var meantInBookworm: [MeantDifference] {
    // mmdebstrap merges /usr by copying, which makes two files of the package's hard links.
    [MeantDifference(.content { $0 }, "usr/bin/(gunzip|uncompress)")]
  }

  private static var meantFromTrixieOn: [MeantDifference] {
    [
      // systemd-sysusers writes its lines where it finds the packages' order.
      MeantDifference(.content(sortedLines), "etc/shadow", "etc/gshadow"),
      // The same unit by way of the link /lib.
      MeantDifference(
        .target { $0.hasPrefix("/lib/") ? "/usr\($0)" : $0 },
        #"etc/systemd/system/[a-z]+\.target\.wants/[a-z-]+\.timer"#),
    ]
  }

  private static func sortedLines(_ content: [UInt8]) -> [UInt8] {
    Array(lines(content).sorted().joined(separator: "\n").utf8)
  }

  private static func withoutOwners(_ content: [UInt8]) -> [UInt8] {
    Array(lines(content).filter { !$0.hasPrefix("Owners:") }.joined(separator: "\n").utf8)
  }

  private static func lines(_ content: [UInt8]) -> [Substring] {
    String(decoding: content, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
  }
}
