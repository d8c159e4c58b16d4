import Content
import Digests
import FileSystem
import Locks
import Needs
import Packages
import Recipes
import Sandbox
import Store
import SystemPackage
import TestSupport
import Testing

@testable import Rootfs

/// What came out of a sandbox, where scripts laid links to files of the host.
@Suite(.needs("root", if: TestEnvironment.isRoot)) struct LinkedLayerTests {
  init() throws { try #require(UTF8Locale.isSet) }

  private func root(
    _ debs: [TestDeb], _ store: Store, in folder: FilePath
  ) async throws -> PristineRoot {
    var packages: [(artifact: Artifact, file: FilePath)] = []
    for deb in debs {
      let file = try await deb.build(in: folder.appending("debs"))
      let content = try FileDigest(of: file)
      let artifact = Artifact(
        kind: .package, name: deb.name, version: deb.version, architecture: nil,
        size: content.size, sha256: content.sha256, source: "test", path: deb.fileName)
      packages.append((artifact, file))
    }
    let unpacked = try await PackageUnpacker(store: store, jobs: 1, progress: { _ in })
      .unpack(packages)
    return try await PristineRoot.make(
      packages: unpacked, options: .init(architecture: .amd64, epoch: 1_700_000_000), store: store)
  }

  @Test func aCallsResultIsAFileOfItsOwn() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder.appending("store"))
      let script = "#!/bin/sh\nupdate-ca-certificates\n"
      let root = try await root(
        [TestDeb("ca-certificates", control: ["postinst": script])], store, in: folder)
      let calls = try #require(
        try RememberedCalls(
          root, of: "test", in: folder.appending("calls"), store: store, environment: [:]))
      let victim = folder.appending("victim")
      try Files.write("mine", to: victim, permissions: 0o600)
      let made = folder.appending("calls/made")
      let keys = ["link", "folder", "file"].map { SHA256Digest(ofText: $0) }
      try Files.makeSymlink(made.appending("\(keys[0]).tar"), to: victim.string)
      try Files.makeDirectory(made.appending("\(keys[1]).tar"))
      try Files.write("made", to: made.appending("\(keys[2]).tar"), permissions: 0o600)
      try await calls.keep(in: store)
      #expect(try Files.status(victim)?.permissions == 0o600)
      #expect(keys.map { store.result(.call, key: $0) != nil } == [false, false, true])
    }
  }

  /// How dpkg's status stands in the layer of a set that was configured before.
  enum Status: CaseIterable { case file, link, linkedFolder, linkedLink, unpackedLink }

  @Test(arguments: Status.allCases)
  func theStatusOfASmallerSetIsTheLayersOwn(status: Status) async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder.appending("store"))
      // What a package has at the folder stands in the root of all, where kiln resolves it.
      let isLinked = status == .unpackedLink
      let debs = [
        TestDeb(
          "one", entries: isLinked ? [.init("var/lib/dpkg", .symlink("/srv/dpkg"))] : []),
        TestDeb("tool", entries: [.init("usr/bin/tool", .file("t"), mode: 0o755)]),
      ]
      let small = try await root([debs[0]], store, in: folder)
      let large = try await root(debs, store, in: folder)
      let builder = RootfsBuilder(
        store: store, sandbox: TinyBase.sandbox, jobs: 1, sourceDateEpoch: 1_700_000_000
      ) { _ in }
      let victim = folder.appending("victim")
      try Files.makeDirectory(victim)
      try Files.write("mine", to: victim.appending("status"))
      let key = SHA256Digest(ofText: "layer")
      try await builder.configuredSet(small, key).keep(in: store)
      _ = try await store.result(.layer, key: key, failure: { RootfsError($0) }) {
        (result) throws(RootfsError) in
        do throws(FileError) {
          let database = result.appending("upper/var/lib/dpkg")
          try Files.makeDirectories(database.removingLastComponent())
          switch status {
          case .file:
            try Files.makeDirectory(database)
            try Files.write("configured\n\n", to: database.appending("status"))
          case .link:
            try Files.makeDirectory(database)
            try Files.makeSymlink(
              database.appending("status"), to: victim.appending("status").string)
          case .unpackedLink:
            try Files.makeDirectories(result.appending("upper/srv/dpkg"))
            try Files.write("configured\n\n", to: result.appending("upper/srv/dpkg/status"))
          case .linkedFolder: try Files.makeSymlink(database, to: victim.string)
          case .linkedLink:
            try Files.makeDirectory(result.appending("upper/var/other"))
            try Files.makeSymlink(database, to: "/var/other")
            try Files.makeSymlink(
              result.appending("upper/var/other/status"), to: victim.appending("status").string)
          }
        } catch { throw RootfsError(error) }
      }
      let place = Workplace(
        lower: [large.layer.directory], upper: folder.appending("upper"),
        work: folder.appending("work"), privileges: .root)
      try Files.makeDirectory(place.upper)
      let begun = try builder.startFromSmaller(large, in: place)
      #expect(begun == (status == .file || status == .unpackedLink))
      #expect(try Files.readText(victim.appending("status")) == "mine")
      guard begun else {
        #expect(try Files.entries(place.upper) == [])
        return
      }
      let database = isLinked ? "srv/dpkg" : "var/lib/dpkg"
      let text = try Files.readText(place.upper.appending("\(database)/status"))
      #expect(text.hasPrefix("configured\n\nPackage: tool\n") && text.hasSuffix("\n\n"))
    }
  }

  /// A recipe's paths lead out of its folder through no link, but one may be laid after they were read.
  @Test func noInputIsCopiedThroughTheCopyOfALink() async throws {
    try await withTemporaryFolder { folder in
      let victim = folder.appending("victim")
      try Files.makeDirectories(folder.appending("recipe"))
      try Files.makeDirectories(victim)
      try Files.write("mine", to: victim.appending("file"))
      try Files.makeSymlink(folder.appending("recipe/data"), to: victim.string)
      let copies = InputCopies(folder.appending("inputs"), modified: 0)
      try copies.add(folder.appending("recipe/data"), at: "data")
      let error = #expect(throws: FileError.self) {
        try copies.add(folder.appending("recipe/data/file"), at: "data/file")
      }
      #expect(error?.cause == .notDirectory && error?.path == folder.appending("inputs/data"))
      #expect(try Files.readText(victim.appending("file")) == "mine")
      #expect(try Files.status(victim.appending("file"))?.owner == 0)
    }
  }
}
