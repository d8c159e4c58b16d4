import Content
import FileSystem
import Locks
import Needs
import Packages
import Store
import SystemPackage
import TestSupport
import Testing

/// Real packages that a person put into a folder: `KILN_DEBS=<folder> swift test …`.
@Suite(.needs("KILN_DEBS, a folder of packages", if: TestEnvironment.value("KILN_DEBS") != nil))
struct RealPackagesTests {
  @Test(.needs("root", if: TestEnvironment.isRoot)) func fitTogether() async throws {
    try #require(UTF8Locale.isSet)
    let debs = FilePath(try #require(TestEnvironment.value("KILN_DEBS")))
    try await withTemporaryFolder { folder in
      let store = try Store(
        root: TestEnvironment.value("KILN_TEST_STORE").map { FilePath($0) }
          ?? folder.appending("store"))
      var packages: [(artifact: Artifact, file: FilePath)] = []
      for name in try Files.entries(debs) where name.hasSuffix(".deb") {
        let file = debs.appending(name)
        let fields = try await shell(
          "dpkg-deb -W --showformat='${Package} ${Version} ${Architecture}' '\(file)'", in: "/"
        ).split(separator: " ").map { String($0.filter { $0 != "\n" }) }
        packages.append(
          (
            try testArtifact(
              file, name: fields[0], version: fields[1],
              architecture: Architecture(rawValue: fields[2])), file
          ))
      }
      let clock = ContinuousClock()
      let unpacker = PackageUnpacker(store: store, jobs: 2, progress: { _ in })
      let options = PristineRoot.Options(architecture: .amd64, epoch: 1_750_000_000)
      for round in ["cold", "warm"] {
        let start = clock.now
        let unpacked = try await unpacker.unpack(packages)
        let middle = clock.now
        let root = try await PristineRoot.make(packages: unpacked, options: options, store: store)
        print(
          round, packages.count, "unpack", middle - start, "merge", clock.now - middle, "paths",
          try LayerListing(reading: root.layer.listing).entries.count, "deferred",
          root.deferred.map(\.name), "preinsts",
          root.preinsts.map(\.name), root.layer.directory)
      }
      // Every package's tree against dpkg-deb's.
      for (artifact, file) in packages {
        let package = try #require(try await unpacker.unpack([(artifact, file)]).first)
        let witness = folder.appending("witness-\(artifact.name)")
        try await shell("dpkg-deb -x '\(file)' '\(witness)'", in: "/")
        #expect(try await inventory(package.tree) == (try await inventory(witness)))
        try Files.removeTree(witness)
      }
    }
  }
}
