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
    #expect(map.name == "/usr" && map.children.map(\.name) == ["big", "100 smaller"])
    #expect(map.children.map(\.bytes) == [1_000_000, 100] && map.children[1].files == 100)
  }

  @Test func librariesThatAreThereTwiceAreNamedWithWhoBroughtThem() async throws {
    let duplicate =
      #"{"soname": "libx.so.1", "wasted": 2000, "paths": "#
      + #"["usr/lib/libc.so.6", "usr/lib/nvidia/lib.so"]}"#
    let text = SampleManifest.text(
      more: #""gpu": {"architectures": [], "libraries": [], "duplicates": [\#(duplicate)]},"#)
    let rendered = SummaryText.render(ImageInventory(try await manifest(text)))
    #expect(
      rendered.hasSuffix(
        """
        more than once:
          2.0 kB too many of libx.so.1:
            /usr/lib/libc.so.6 (package libc6 1)
            /usr/lib/nvidia/lib.so (wheel nvidia_runtime 1)
        """))
    let without = SummaryText.render(ImageInventory(try await manifest()))
    #expect(!without.contains("more than once"))
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
