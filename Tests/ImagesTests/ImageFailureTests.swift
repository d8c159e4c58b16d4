import Content
import Diagnostics
import Digests
import FileSystem
import Images
import Needs
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Images that fail", .needs("root", if: TestEnvironment.isRoot))
struct ImageFailureTests {
  /// A layer, an empty folder for images, and the image that stood there before.
  private func withStage(_ body: (FilePath, LayerFixture, ImageRequest) async throws -> Void)
    async throws
  {
    try await withTemporaryFolder { folder in
      let layer = try LayerFixture(folder, "layer", origin: Origin(.step, name: "make"))
      for index in 0..<20 {
        try layer.file("srv/\(index)", bytes: Array("\(index)".utf8).cycled(900_000))
      }
      let output = folder.appending("images")
      try Files.makeDirectory(output)
      try Files.write("before", to: output.appending("a.tar.gz"))
      let request = try ImageWriterTests.request(output, "a.tar.gz", [layer.layer])
      try await body(output, layer, request)
      #expect(try Files.entries(output) == ["a.tar.gz"])
      #expect(try Files.readText(output.appending("a.tar.gz")) == "before")
    }
  }

  @Test("cancelling leaves what stood there, and nothing else")
  func cancellation() async throws {
    try await withStage { output, _, request in
      let reached = Mutex(false)
      let writer = try ImageWriterTests.writer(output.removingLastComponent(), jobs: 1) { event in
        if case .advanced = event { reached.withLock { $0 = true } }
      }
      let task = Task { try await writer.write([request]) }
      while !reached.withLock({ $0 }) { await Task.yield() }
      task.cancel()
      let result = await task.result
      #expect(throws: ImageError(.interrupted, "")) { try result.get() }
    }
  }

  @Test(
    "a layer's file with other bytes than its digest's is in no image",
    arguments: ["a.tar", "a.tar.gz", "a.tar.zst"])
  func damaged(name: String) async throws {
    try await withStage { output, layer, request in
      var damaged = Array("13".utf8).cycled(900_000)
      damaged[450_000] ^= 1
      try Files.write(damaged, to: layer.directory.appending("srv/13"))
      let writer = try ImageWriterTests.writer(output.removingLastComponent())
      let bad = try ImageWriterTests.request(output, name, request.layers)
      let error = await #expect(throws: ImageError.self) { try await writer.write([bad]) }
      #expect(error?.code == .changed && error?.subject == "srv/13")
      #expect(error?.description.contains("kiln store verify --repair") == true)
    }
  }

  @Test("a layer's file that lost its end is in no tarball")
  func cut() async throws {
    try await withStage { output, layer, request in
      try Files.write("13", to: layer.directory.appending("srv/13"))
      let writer = try ImageWriterTests.writer(output.removingLastComponent())
      let bad = try ImageWriterTests.request(output, "a.tar", request.layers)
      let error = await #expect(throws: ImageError.self) { try await writer.write([bad]) }
      #expect(error?.description.contains("kiln store verify --repair") == true)
    }
  }

  @Test("a file that shrinks meanwhile is an error that names its origin")
  func changed() async throws {
    try await withStage { output, layer, request in
      let writer = try ImageWriterTests.writer(output.removingLastComponent()) { event in
        guard case .started = event else { return }
        try? Files.write("short", to: layer.directory.appending("srv/13"))
      }
      let error = await #expect(throws: ImageError.self) { try await writer.write([request]) }
      #expect(error?.code == .changed && error?.subject == "srv/13")
      #expect(error?.origin == Origin(.step, name: "make"))
    }
  }

  @Test("a file that is gone fails both images of a run")
  func gone() async throws {
    try await withStage { output, layer, request in
      let other = try LayerFixture(
        output.removingLastComponent(), "other", origin: Origin(.wsl))
      try other.file("etc/x", "x")
      let second = try ImageWriterTests.request(output, "a.wsl", [layer.layer, other.layer])
      let writer = try ImageWriterTests.writer(output.removingLastComponent()) { event in
        guard case .started = event else { return }
        try? Files.removeFile(other.directory.appending("etc/x"))
      }
      let error = await #expect(throws: ImageError.self) {
        try await writer.write([request, second])
      }
      #expect(error?.code == .file)
    }
  }

  @Test("too little space is seen before anything is written")
  func space() async throws {
    try await withStage { output, layer, _ in
      var layer = layer
      try await shell("truncate -s 14T huge", in: layer.directory)
      layer.known["huge"] = SHA256Digest(ofText: "huge")
      let request = try ImageWriterTests.request(output, "a.tar.gz", [layer.layer])
      let error = await #expect(throws: ImageError.self) {
        try await ImageWriterTests.writer(output.removingLastComponent()).write([request])
      }
      #expect(error?.code == .noSpace)
    }
  }

  @Test("targets that cannot be are refused")
  func targets() async throws {
    try await withStage { output, layer, request in
      let twice = await #expect(throws: ImageError.self) {
        try await ImageWriterTests.writer(output.removingLastComponent()).write([request, request])
      }
      #expect(twice?.code == .badTarget)
      try Files.makeDirectory(output.appending("b.wsl.sha256"))
      let folder = try ImageWriterTests.request(output, "b.wsl", [layer.layer])
      let blocked = await #expect(throws: ImageError.self) {
        try await ImageWriterTests.writer(output.removingLastComponent()).write([request, folder])
      }
      #expect(blocked?.code == .badTarget)
      try Files.removeTree(output.appending("b.wsl.sha256"))
      let unknown = #expect(throws: ImageError.self) {
        try ImageWriterTests.request(output, "a.zip", [layer.layer])
      }
      #expect(unknown?.code == .unknownFormat)
    }
  }

  @Test("a format that not every WSL reads is announced")
  func limitedFormat() async throws {
    try await withTemporaryFolder { folder in
      let layer = try LayerFixture(folder, "layer")
      try layer.file("etc/x")
      let noticed = Mutex<[String]>([])
      let writer = try ImageWriterTests.writer(folder) { event in
        if case .noticed(let code, _) = event { noticed.withLock { $0.append(code) } }
      }
      _ = try await writer.write([
        ImageWriterTests.request(folder, "a.tar.zst", [layer.layer]),
        ImageWriterTests.request(folder, "a.wsl", [layer.layer]),
      ])
      #expect(noticed.withLock { $0 } == ["K5020"])
    }
  }
}
