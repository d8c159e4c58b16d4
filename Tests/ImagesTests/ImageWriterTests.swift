import Commands
import Content
import Digests
import FileSystem
import Images
import Locks
import Needs
import Recipes
import Store
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Images", .needs("root", if: TestEnvironment.isRoot))
struct ImageWriterTests {
  static let epoch: Int64 = 1_700_000_000

  static func provenance(_ artifacts: [Artifact] = []) -> Provenance {
    Provenance(
      tool: "kiln test", recipeDigest: SHA256Digest(ofText: "recipe"),
      lockDigest: SHA256Digest(ofText: "lock"), artifacts: artifacts, sourceDateEpoch: epoch)
  }

  /// A writer whose store is in the folder; one of another name has nothing yet.
  static func writer(
    _ folder: FilePath, _ compression: ImageCompression = .balanced, jobs: Int = 2,
    store: String = "store", provenance: Provenance = provenance(),
    streams: DeflateSources = [:], companions: Companions = .none,
    progress: @escaping ProgressSink = { _ in }
  ) throws -> ImageWriter {
    let store = try Store(root: folder.appending(store))
    return ImageWriter(
      provenance: provenance, compression: compression,
      segments: SegmentStore(store: store, jobs: jobs), streams: streams,
      companions: companions, progress: progress)
  }

  static func request(
    _ folder: FilePath, _ file: String, _ layers: [Layer],
    flavour: WSLSettings.Flavour? = .importing
  ) throws -> ImageRequest {
    try ImageRequest(
      name: "test", flavour: flavour, layers: layers, target: folder.appending(file))
  }

  /// A stack that has everything which tarballs get wrong.
  static func stack(_ folder: FilePath) throws -> [Layer] {
    var layers = try FileTreeTests.stack(folder)
    let odd = try LayerFixture(folder, "odd", origin: Origin(.configuration, name: "odd"))
    let certificates = "usr/share/ca-certificates/mozilla"
    try odd.file("\(certificates)/NetLock_Arany_=Class_Gold=_Főtanúsítvány.crt", "x")
    try odd.link("etc/ssl/Főtanúsítvány.pem", to: "/\(certificates)/NetLock_Főtanúsítvány.crt")
    let name = String(repeating: "long-name-", count: 12)
    try odd.file("opt/\(name)", "x")
    try odd.hardLink("opt/\(name)-linked", to: "opt/\(name)")
    try odd.link("opt/link", to: "../opt/" + name)
    let deep = (0..<4).map { "\($0)" + String(repeating: "d", count: 90) }.joined(separator: "/")
    try odd.file("opt/\(deep)/file", "deep")
    try odd.file("opt/" + String(repeating: "n", count: 100 - 6), "exactly 100 with its ./opt/")
    try odd.file("opt/" + String(repeating: "m", count: 101 - 6), "exactly 101")
    try odd.file("usr/bin/ping", "ping", mode: 0o755)
    try Files.setOwner(4_000_000, group: 100_000, of: odd.directory.appending("opt/\(deep)/file"))
    let long = "usr/bin/\(name)ping"
    try odd.file(long, "ping", mode: 0o755)
    for path in ["usr/bin/ping", long] {
      try Files.setAttribute(
        "security.capability", LayerFixture.capability, of: odd.directory.appending(path))
    }
    try odd.file("opt/large", bytes: Array("a large file\n".utf8).cycled(2_500_000))
    for index in 0..<20 {
      let content = String(repeating: "\(index * 7919)", count: 13_500)
      try odd.file("srv/\(index)", content)
    }
    layers.append(try odd.layer)
    return layers
  }

  static let readers = [
    "bsdtar -x -p --xattrs --numeric-owner -f - -C out",
    "tar -x -p --xattrs --xattrs-include='*' --numeric-owner -f - -C out",
  ]

  @Test(
    "the tree that readers extract is the overlay's", arguments: readers, ["C", "C.UTF-8"])
  func extraction(reader: String, locale: String) async throws {
    try await withTemporaryFolder { folder in
      let layers = try Self.stack(folder)
      _ = try await Self.writer(folder).write([Self.request(folder, "image.tar.gz", layers)])
      try await copyOverlay(layers, to: "witness", in: folder)
      let decoded = reader.hasPrefix("tar") ? "gzip -dc image.tar.gz" : "cat image.tar.gz"
      try await shell("mkdir out; \(decoded) | \(reader)", in: folder, locale: locale)
      #expect(try listing(folder.appending("out")) == listing(folder.appending("witness")))
    }
  }

  static let formats = [
    ("image.wsl", "gzip -t < image.wsl; pigz -t < image.wsl"),
    ("image.tar.gz", "gzip -t image.tar.gz"), ("image.tar", "true"),
    ("image.tar.xz", "xz -t image.tar.xz"), ("image.tar.zst", "zstd -qt image.tar.zst"),
  ]

  @Test("every format is whole, has its checksum and the same tree", arguments: formats)
  func everyFormat(file: String, check: String) async throws {
    try await withTemporaryFolder { folder in
      let layers = try Self.stack(folder)
      let images = try await Self.writer(folder, .fast).write([
        Self.request(folder, file, layers), Self.request(folder, "other.tar", layers),
      ])
      try await shell("\(check); sha256sum -c --quiet \(file).sha256", in: folder)
      try await shell("mkdir out; bsdtar -x -p -C out -f \(file)", in: folder)
      try await copyOverlay(layers, to: "witness", in: folder)
      #expect(try listing(folder.appending("out")) == listing(folder.appending("witness")))
      #expect(images[0].treeDigest == images[1].treeDigest)
      #expect(images[0].sha256 == SHA256Digest(of: try Files.read(folder.appending(file))))
    }
  }

  @Test("Python reads many members, and one member as a stream too")
  func pythonReads() async throws {
    try await withTemporaryFolder { folder in
      let layers = try Self.stack(folder)
      _ = try await Self.writer(folder).write([Self.request(folder, "many.tar.gz", layers)])
      _ = try await Self.writer(folder, .compatible).write([
        Self.request(folder, "one.tar.gz", layers)
      ])
      let program = """
        import tarfile, zlib
        names = {}
        for file, mode in [("many.tar.gz", "r:gz"), ("one.tar.gz", "r:gz"), ("one.tar.gz", "r|gz")]:
            with tarfile.open(file, mode) as archive:
                names[file, mode] = [(m.name, m.size, m.mode, m.linkname, m.pax_headers.keys() and 1)
                                     for m in archive]
        assert len(set(map(str, names.values()))) == 1
        assert len(names["one.tar.gz", "r|gz"]) > 40
        reader = zlib.decompressobj(31)
        reader.decompress(open("one.tar.gz", "rb").read())
        assert reader.eof and not reader.unused_data
        """
      try await python(program, in: folder)
      try await shell("gzip -t one.tar.gz; pigz -t one.tar.gz", in: folder)
      try await shell(
        "gzip -dc one.tar.gz > a; gzip -dc many.tar.gz > b; cmp a b; rm a b", in: folder)
    }
  }

  @Test("the number of jobs does not show", arguments: ImageCompression.allCases)
  func jobs(compression: ImageCompression) async throws {
    try await withTemporaryFolder { folder in
      let layers = try Self.stack(folder)
      let name = compression == .small ? "image.tar.zst" : "image.tar.gz"
      var digests: Set<SHA256Digest> = []
      for jobs in [1, 4, 64] {
        let request = try Self.request(folder, name, layers)
        let image = try await Self.writer(folder, compression, jobs: jobs, store: "\(jobs)").write(
          [request])
        digests.formUnion(image.map(\.sha256))
      }
      #expect(digests.count == 1)
    }
  }

  @Test("an image is the same whether made alone or with another flavour")
  func flavours() async throws {
    try await withTemporaryFolder { folder in
      let common = try Self.stack(folder)
      let first = try LayerFixture(folder, "first", origin: Origin(.wsl, name: "import"))
      try first.file("etc/wsl.conf", "[user]\n")
      try first.file("etc/replaced", "first")
      try first.file("home/kiln/.profile", "x")
      let second = try LayerFixture(folder, "second", origin: Origin(.wsl, name: "from-file"))
      try second.file("etc/wsl-distribution.conf", "[oobe]\n")
      try second.whiteout("srv/17")
      let requests = [
        try Self.request(folder, "a.tar.gz", common + [first.layer]),
        try Self.request(folder, "a.wsl", common + [second.layer], flavour: .fromFile),
      ]
      let counted = Mutex<[Int64]>([])
      let writer = try Self.writer(folder) { event in
        if case .advanced(.image, let done, _) = event { counted.withLock { $0.append(done) } }
      }
      let both = try await writer.write(requests)
      let alone = try await [
        Self.writer(folder, store: "first-alone").write([requests[0]])[0],
        Self.writer(folder, store: "second-alone").write([requests[1]])[0],
      ]
      #expect(both == alone)
      #expect(counted.withLock { $0 == $0.sorted() && !$0.isEmpty })
      for (request, layer) in zip(requests, try [first.layer, second.layer]) {
        let name = request.flavour?.rawValue ?? ""
        try await copyOverlay(common + [layer], to: "witness-\(name)", in: folder)
        try await shell("mkdir \(name); bsdtar -xpf \(request.target) -C \(name)", in: folder)
        #expect(
          try listing(folder.appending(name)) == listing(folder.appending("witness-\(name)")))
      }
    }
  }

  @Test("folders first, then packages in the lock's order, then wheels, then the layers")
  func order() async throws {
    try await withTemporaryFolder { folder in
      let artifacts = [("zlib", Artifact.Kind.package), ("bash", .package), ("numpy", .wheel)].map {
        Artifact(
          kind: $0.1, name: $0.0, version: "1", architecture: .amd64, size: 1,
          sha256: SHA256Digest(ofText: $0.0), source: "debian", path: $0.0)
      }
      var base = try LayerFixture(folder, "base", origin: Origin(.configuration))
      for (path, kind) in [
        ("a-numpy", Origin.Kind.wheel), ("b-bash", .package), ("c-zlib", .package),
        ("d-local", .package),
      ] {
        try base.file("opt/\(path)", path)
        base.own(
          "opt/\(path)", Origin(kind, name: String(path.dropFirst(2)), version: "1"))
      }
      try base.file("aaa", "configuration")
      let step = try LayerFixture(folder, "step", origin: Origin(.step, name: "x"))
      try step.file("0", "step")
      let writer = try Self.writer(folder, jobs: 1, provenance: Self.provenance(artifacts))
      _ = try await writer.write([Self.request(folder, "a.tar", [base.layer, step.layer])])
      let names = try await shell("tar tf a.tar", in: folder).output.split(separator: "\n")
      #expect(
        names == [
          "./", "./opt/", "./opt/c-zlib", "./opt/b-bash", "./opt/a-numpy", "./opt/d-local", "./aaa",
          "./0",
        ])
    }
  }
}
