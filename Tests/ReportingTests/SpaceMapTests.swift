import FileSystem
import Images
import Reporting
import SystemPackage
import TestSupport
import Testing

@Suite struct SpaceMapTests {
  private func manifest(_ text: String = SampleManifest.text()) async throws -> Manifest {
    try await withTemporaryFolder { folder in
      let path = folder.appending("tiny.manifest.json")
      try Files.write(text, to: path)
      return try Manifest.read(path)
    }
  }

  @Test func foldersAddUpAndLoneOnesAreJoined() async throws {
    let map = SpaceMap.folders(try await manifest())
    #expect(map.bytes == 7105 && map.files == 7)
    #expect(map.children.map(\.name) == ["usr", "etc"])
    let library = try #require(map.children[0].children.first { $0.name == "lib" })
    #expect(library.bytes == 6050 && library.kind == "wheel")
    #expect(library.children.map(\.name) == ["nvidia", "libc.so.6", "m"])
    let module = try #require(library.children.last)
    #expect(module.children.map(\.name) == ["x.py", "__pycache__"])
    #expect(module.bytes == 50)
  }

  @Test func originsAreGroupedByTheirKind() async throws {
    let map = SpaceMap.origins(try await manifest())
    #expect(map.children.map(\.kind) == ["wheel", "package", "step", "python", "file"])
    #expect(map.children.map(\.bytes) == [4000, 3030, 50, 20, 5])
    #expect(map.children[1].children.map(\.name).contains("libc6 1/usr/lib"))
  }

  @Test func whatNobodyCouldSeeIsSummedUp() async throws {
    let small = (0..<100).map { SampleManifest.file("usr/s/\($0)", 1, 0) }
    let text = SampleManifest.text(files: [SampleManifest.file("usr/big", 1_000_000, 1)] + small)
    let map = SpaceMap.folders(try await manifest(text))
    #expect(map.bytes == 1_000_100 && map.files == 101)
    #expect(map.children.map(\.name) == ["big", "1 smaller"] || map.name == "/usr")
    #expect(map.children.reduce(0) { $0 + $1.bytes } == map.bytes)
    #expect(map.children.count == 2 && map.children[1].files == 100)
  }

  @Test func nothingOfAnImageEndsTheScriptOrTheTable() async throws {
    let name = "x<!--<script>alert(1)&amp;"
    let text = SampleManifest.text(files: [SampleManifest.file(name, 10, 0)])
    let page = SpacePage.html(try await manifest(text))
    #expect(!page.contains("<script>alert"))
    #expect(page.contains("x&lt;!--&lt;script&gt;alert(1)&amp;amp;"))
    #expect(page.contains("x\\u003c!--\\u003cscript>alert(1)&amp;"))
  }

  @Test func thePageLoadsNothing() async throws {
    let page = SpacePage.html(try await manifest())
    #expect(page.contains("default-src 'none'"))
    for word in ["http:", "https:", "src=", "href=", "url(", "@import"] {
      #expect(!page.contains(word), "\(word)")
    }
  }
}
