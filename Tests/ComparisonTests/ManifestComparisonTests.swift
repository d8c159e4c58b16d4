import Comparison
import FileSystem
import Images
import SystemPackage
import TestSupport
import Testing

@Suite struct ManifestComparisonTests {
  private func difference(_ first: String, _ second: String) async throws -> ImageDifference {
    try await withTemporaryFolder { folder in
      let paths = (folder.appending("a.json"), folder.appending("b.json"))
      try Files.write(first, to: paths.0)
      try Files.write(second, to: paths.1)
      return try await ImageDifference.between(paths.0, paths.1)
    }
  }

  private let other = String(repeating: "0b", count: 32)

  @Test func manifestsAreCompared() async throws {
    var files = SampleManifest.files
    files[3] = SampleManifest.file("etc/motd", 8, 3)
    files[4] = SampleManifest.file("etc/passwd", 50, 4, mode: "0600")
    files.removeLast()
    var components = SampleManifest.components
    components.removeLast()
    let second = SampleManifest.text(files: files, components: components, image: other)
    let difference = try await difference(SampleManifest.text(), second)
    #expect(difference.reasons.map(\.kind) == [.paths, .content, .mode])
    #expect(difference.removed.map(\.origin) == ["wheel nvidia_runtime"])
    #expect(difference.changed.map(\.path) == ["etc/motd", "etc/passwd"])
    #expect(difference.changed.map(\.origin) == ["file /etc/motd", "step locale"])
    #expect(difference.components.map(\.name) == ["nvidia-runtime"])
    #expect(difference.growth.map(\.bytes) == [-4000, 3])
    #expect(difference.growth.first?.origin == "wheel nvidia_runtime")
    #expect(difference.before.content == 7105 && difference.after.content == 3108)
  }

  @Test func ofOneTreeOnlyTheFormIsLeft() async throws {
    let text = SampleManifest.text()
    #expect(try await difference(text, text).isSame)
    let packed = SampleManifest.text(image: other, compression: "small")
    let difference = try await difference(text, packed)
    #expect(difference.reasons.map(\.kind) == [.compression])
    #expect(difference.settings.map(\.name) == ["compression"])
    let unknown = try await self.difference(text, SampleManifest.text(image: other))
    #expect(unknown.reasons.map(\.kind) == [.unknown])
  }

  @Test func anImageMayStandBesideAManifest() async throws {
    try await withTemporaryFolder { folder in
      let paths = (folder.appending("a.tar"), folder.appending("b.json"))
      try await python(
        """
        import io, tarfile
        with tarfile.open("a.tar", "w") as tar:
            info = tarfile.TarInfo("etc/motd")
            info.size = 5
            tar.addfile(info, io.BytesIO(b"hello"))
        """, in: folder)
      try Files.write(
        SampleManifest.text(files: [SampleManifest.file("etc/motd", 5, 3)]), to: paths.1)
      let difference = try await ImageDifference.between(paths.0, paths.1)
      // A manifest knows no times and no order.
      #expect(difference.reasons.map(\.kind) == [.content])
      #expect(difference.growth == [])
    }
  }
}
