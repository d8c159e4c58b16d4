import Content
import Diagnostics
import Digests
import FileSystem
import Locks
import Needs
import Recipes
import Resolution
import SystemPackage
import TestSupport
import Testing

/// Archives that files are taken out of.
@Suite(
  "Resolving archives",
  .needs("gpg, dpkg-deb and uv", if: AptRepository.isAvailable && Uv.path != nil))
struct ArchiveResolutionTests {
  private static let wheels: [String: [String]] = [
    "native_lib-1.0-cp312-cp312-manylinux_2_28_x86_64.whl": ["absent>=1"],
    "native_lib-1.0-cp313-cp313-manylinux_2_28_x86_64.whl": ["absent>=1"],
    "native_lib-1.1-cp313-cp313-manylinux_2_28_x86_64.whl": ["absent>=1"],
    "app-1.0-py3-none-any.whl": ["native-lib", "heavy"],
  ]

  private func with(
    _ body: (ResolutionSetting, PythonIndex) async throws -> Void
  ) async throws {
    try await ResolutionSetting.with(wheels: Self.wheels, body)
  }

  private func resolve(
    _ setting: ResolutionSetting, _ index: PythonIndex, _ archives: [Recipe.Archive],
    previous: Lock? = nil, change: (inout Recipe) -> Void = { _ in }
  ) async throws -> Lock {
    var recipe = setting.recipe(["python3"])
    recipe.files = archives.map {
      .init(source: .member("a", of: $0), to: "/a", mode: nil, owner: "root", group: "root")
    }
    recipe.places["files[0].wheel"] = .init(file: "demo.yaml", line: 7, column: 3)
    change(&recipe)
    return try await setting.resolver(
      uv: Uv.path ?? "uv", environment: ["HOME": setting.folder.string],
      mirrors: ["pypi": [index.url]]
    ).resolve(recipe, previous: previous)
  }

  private func file(_ path: FilePath, sha256: String? = nil) -> Recipe.Archive {
    .file(.init(location: .path(path), sha256: sha256))
  }

  @Test("a wheel that fits, and nothing that it depends on") func wheel() async throws {
    try await with { setting, index in
      let wheel = Recipe.Archive.wheel("Native.Lib==1.0")
      let lock = try await resolve(setting, index, [wheel, wheel])
      #expect(lock.wheels.isEmpty && lock.archives.map(\.name) == ["native-lib"])
      let archive = try #require(lock.archives.first)
      #expect(archive.path == "native-lib/native_lib-1.0-cp313-cp313-manylinux_2_28_x86_64.whl")
      #expect(archive.source == "pypi" && archive.version == "1.0" && archive.isInIndex)
      #expect(archive.sha256 == SHA256Digest(of: try Files.read(index.file(archive.fileName))))
      #expect(lock.requested == ["python3"])
      // A version that still fits stays.
      let any = Recipe.Archive.wheel("native-lib")
      let kept = try await resolve(setting, index, [any], previous: lock)
      #expect(kept.archives == lock.archives)
      #expect(try await resolve(setting, index, [any]).archives.first?.version == "1.1")
    }
  }

  @Test("a version that is not there is shown where the recipe asks for it")
  func absent() async throws {
    try await with { setting, index in
      let error = await #expect(throws: ResolutionError.self) {
        try await resolve(setting, index, [.wheel("native-lib==9")])
      }
      let found = try #require(error?.diagnostics.first)
      #expect(found.code == "K2203" && found.place?.line == 7)
      #expect(found.reason?.contains("native-lib==9") == true)
      #expect(found.remedy?.contains("`wheel`") == true)
      let python = await #expect(throws: ResolutionError.self) {
        try await resolve(setting, index, [.wheel("native-lib")]) { $0.packages = [] }
      }
      #expect(python?.code == .pythonMissing)
      #expect(python?.diagnostics.first?.message.contains("`wheel`") == true)
    }
  }

  @Test("archives of the recipe's folder") func own() async throws {
    try await with { setting, index in
      try Files.makeDirectories(setting.folder.appending("one"))
      try Files.write("1", to: setting.folder.appending("one/my tool.zip"))
      try Files.write("2", to: setting.folder.appending("my tool.zip"))
      let files = [file("one/my tool.zip"), file("my tool.zip")]
      let lock = try await resolve(setting, index, files)
      #expect(lock.archives.map(\.path) == ["one/my tool.zip", "my tool.zip"])
      #expect(lock.archives.map(\.name) == ["my-tool.zip", "my-tool.zip"])
      #expect(lock.archives.allSatisfy { $0.source == "recipe" && $0.size == 1 })
      // What it says can be read again.
      #expect(try Lock.decode(lock.encoded(), from: "demo.lock.json") == lock)
      let wrong = await #expect(throws: ResolutionError.self) {
        try await resolve(
          setting, index, [file("my tool.zip", sha256: String(repeating: "0", count: 64))])
      }
      #expect(wrong?.code == .foreignFile)
    }
  }

  @Test("beside a tarball, which has no Python that anybody knows") func tarball() async throws {
    try await with { setting, index in
      try Files.write("base", to: setting.folder.appending("base.tar"))
      try Files.write("zip", to: setting.folder.appending("tool.zip"))
      let base = { (recipe: inout Recipe) in
        recipe.base = .tarball(.init(location: .path("base.tar"), sha256: nil))
        recipe.packages = []
      }
      let lock = try await resolve(setting, index, [file("tool.zip")], change: base)
      #expect(lock.artifacts.map(\.kind) == [.base, .archive])
      #expect(
        try await resolve(setting, index, [file("tool.zip")], previous: lock, change: base) == lock)
      let wheel = await #expect(throws: ResolutionError.self) {
        try await resolve(setting, index, [.wheel("native-lib")], change: base)
      }
      #expect(wheel?.code == .unsupportedBase)
      // kiln wrote a lock of it that it refused to read.
      try Files.write("", to: setting.folder.appending("tool.zip"))
      let empty = await #expect(throws: ResolutionError.self) {
        try await resolve(setting, index, [file("tool.zip")], change: base)
      }
      #expect(empty?.code == .unlockable)
      #expect(empty?.reason == "a size of 0 bytes")
    }
  }

  @Test("an excluded project stays out, whoever asks for it") func excluded() async throws {
    try await with { setting, index in
      let python = { (exclude: [String]) in
        { (recipe: inout Recipe) in
          recipe.python = .init(
            venv: "/opt/ml", requirements: ["app"], wheels: [], exclude: exclude)
        }
      }
      let missing = await #expect(throws: ResolutionError.self) {
        try await resolve(setting, index, [], change: python([]))
      }
      #expect(missing?.code == .pythonUnsatisfiable)
      let lock = try await resolve(setting, index, [], change: python(["Heavy", "native_lib"]))
      #expect(lock.wheels.map(\.name) == ["app"])
      #expect(lock.wheels.first?.dependencies == [])
    }
  }
}
