import Content
import Digests
import FileSystem
import GPUCode
import Images
import Locks
import Needs
import Recipes
import SystemPackage
import TestSupport
import Testing

@Suite("Manifests", .needs("root", if: TestEnvironment.isRoot))
struct ManifestTests {
  @Test("a manifest says what is in the image, and is read back")
  func content() async throws {
    try await withTemporaryFolder { folder in
      let layers = try ImageWriterTests.stack(folder)
      let artifact = Artifact(
        kind: .package, name: "bash", version: "5.2\"\\", architecture: .amd64, size: 7,
        sha256: SHA256Digest(ofText: "bash"), source: "debian", path: "pool/bash.deb")
      let writer = try ImageWriterTests.writer(
        folder, provenance: ImageWriterTests.provenance([artifact]))
      let request = try ImageWriterTests.request(folder, "a.wsl", layers, flavour: .fromFile)
      let image = try await writer.write([request])[0]
      let manifest = try Manifest.read(image.manifest)
      #expect(image.manifest == folder.appending("a.wsl.manifest.json"))
      #expect(manifest.tool == "kiln test" && manifest.name == "test")
      #expect(manifest.flavour == .fromFile)
      #expect(manifest.image.file == "a.wsl" && manifest.image.sha256 == image.sha256)
      #expect(manifest.image.size == image.size)
      #expect(manifest.artifacts.map(\.version) == ["5.2\"\\"])
      #expect(manifest.totals == image.totals)
      let files = Dictionary(uniqueKeysWithValues: manifest.files.map { ($0.path, $0) })
      #expect(files["."]?.kind == .directory)
      #expect(files["etc/replaced"]?.sha256 == SHA256Digest(ofText: "new"))
      #expect(files["etc/replaced"].map { manifest.origins[$0.origin].kind } == .configuration)
      #expect(files["usr/bin/c"]?.link == "usr/bin/b" && files["usr/bin/b"]?.mode == "4755")
      let large = Array("a large file\n".utf8).cycled(2_500_000)
      #expect(files["opt/large"]?.sha256 == SHA256Digest(of: large))
      #expect(
        files["usr/bin/ping"]?.capability == Hexadecimal.text(LayerFixture.capability))
      var hasher = TreeDigest()
      for file in manifest.files { hasher.add(file) }
      #expect(hasher.finish() == image.treeDigest)
      try await python("import json; json.load(open('a.wsl.manifest.json'))", in: folder)
    }
  }

  @Test("a manifest keeps what the image has for GPUs")
  func gpu() async throws {
    try await withTemporaryFolder { folder in
      let library = { (path: String) in
        GPULibrary(
          path: path, size: 7, soname: "libcudart.so.12",
          code: DeviceCode(machine: [.init(90, .specific), .init(80)], ptx: [.init(90)]))
      }
      var provenance = ImageWriterTests.provenance()
      provenance.gpu = GPUFacts([library("a\"b"), library("c")])
      let request = try ImageWriterTests.request(
        folder, "a.tar", try ImageWriterTests.stack(folder))
      for facts in [provenance.gpu, GPUFacts([]), nil] {
        provenance.gpu = facts
        let writer = try ImageWriterTests.writer(folder, provenance: provenance)
        let image = try await writer.write([request])[0]
        #expect(try Manifest.read(image.manifest).gpu == facts)
      }
    }
  }

  @Test("an inventory adds up, by origin and by folder")
  func inventory() async throws {
    try await withTemporaryFolder { folder in
      let layers = try ImageWriterTests.stack(folder)
      let request = try ImageWriterTests.request(folder, "a.tar", layers)
      let image = try await ImageWriterTests.writer(folder).write([request])[0]
      let manifest = try Manifest.read(image.manifest)
      let inventory = ImageInventory(manifest, depth: 1)
      #expect(inventory.shares.reduce(0) { $0 + $1.bytes } == manifest.totals.bytes)
      #expect(inventory.shares.first?.origin.name == "odd")
      #expect(inventory.folders.map(\.path).sorted() == [".", "etc", "opt", "srv", "usr", "var"])
      #expect(inventory.folders.first?.bytes == manifest.totals.bytes)
    }
  }

  /// The largest numbers that JSON's reader takes would trap where they are added up.
  @Test(
    "sizes that no image has are refused",
    arguments: [
      "\(Int64.max)", "-1", "\(1 << 44 + 1)", "\(1 << 43)",
    ])
  func sizes(size: String) async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("x.manifest.json")
      let own = SampleManifest.file("a", 5, 0)
      let files = [own, own, own].map { $0.replacing(#""size": 5"#, with: #""size": \#(size)"#) }
      try Files.write(SampleManifest.text(files: files), to: path)
      let error = #expect(throws: ImageError.self) { try Manifest.read(path) }
      #expect(error?.code == .badManifest && error?.reason?.contains("size") == true)
      // Not too many of them.
      try Files.write(SampleManifest.text(files: [own, own]), to: path)
      #expect(ImageInventory(try Manifest.read(path)).folders.first?.bytes == 10)
    }
  }

  @Test(
    "what is no manifest is refused",
    arguments: ["", "{}", "[1]", #"{"manifest": 2}"#, "\u{FEFF}{"])
  func damaged(text: String) async throws {
    try await withTemporaryFolder { folder in
      try Files.write(text, to: folder.appending("x.manifest.json"))
      let error = #expect(throws: ImageError.self) {
        try Manifest.read(folder.appending("x.manifest.json"))
      }
      #expect(error?.code == .badManifest)
    }
  }
}
