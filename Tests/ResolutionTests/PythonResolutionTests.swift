import Content
import Diagnostics
import FileSystem
import Locks
import Needs
import Recipes
import Resolution
import SystemPackage
import TestSupport
import Testing

@Suite(
  "Resolving Python",
  .needs("gpg, dpkg-deb and uv", if: AptRepository.isAvailable && Uv.path != nil))
struct PythonResolutionTests {
  static let wheels: [String: [String]] = [
    "app-1.0-py3-none-any.whl": ["Native.Lib>=1", "util"],
    "app-2.0-py3-none-any.whl": ["native-lib>=1", "util", "later"],
    "later-1.0-py3-none-any.whl": [],
    "marked-1.0-py3-none-any.whl": ["later; python_full_version < '3.13.5'", "util"],
    "native_lib-1.1-cp313-cp313-manylinux_2_28_x86_64.whl": [],
    "native_lib-1.1-cp312-cp312-manylinux_2_28_x86_64.whl": [],
    "native_lib-1.1-py3-none-any.whl": [],
    "util-0.5-py2.py3-none-any.whl": [],
    "source_only-1.0.tar.gz": [],
    "elsewhere-1.0-cp39-cp39-manylinux1_x86_64.whl": [],
    "local_one-1.0-py3-none-any.whl": ["util"],
  ]

  private func with(
    _ body: (ResolutionSetting, PythonIndex) async throws -> Void
  ) async throws {
    try await ResolutionSetting.with(wheels: Self.wheels, body)
  }

  private func resolve(
    _ setting: ResolutionSetting, _ index: String, _ requirements: [String],
    wheels: [FilePath] = [], packages: [String] = ["python3"], previous: Lock? = nil,
    uv: String? = nil, ownIndex: String? = nil
  ) async throws -> Result<Lock, ResolutionError> {
    var recipe = setting.recipe(packages)
    recipe.python = .init(
      venv: "/opt/ml", requirements: requirements, wheels: wheels, index: ownIndex)
    let resolver = try setting.resolver(
      uv: uv ?? Uv.path ?? "uv", environment: ["HOME": setting.folder.string],
      mirrors: ["pypi": [index]])
    do throws(ResolutionError) {
      return .success(try await resolver.resolve(recipe, previous: previous))
    } catch {
      return .failure(error)
    }
  }

  private func failure(_ result: Result<Lock, ResolutionError>) -> ResolutionError? {
    if case .failure(let error) = result { error } else { nil }
  }

  @Test("the wheels that fit best, with sizes, reasons and the index as their source")
  func ordinary() async throws {
    try await with { setting, index in
      let lock = try await resolve(setting, index.url, ["App==1.0"]).get()
      #expect(lock.wheels.map(\.name) == ["app", "native-lib", "util"])
      #expect(lock.artifacts.suffix(3).allSatisfy { $0.kind == .wheel })
      #expect(lock.requested == ["app", "python3"])
      let app = try #require(lock.wheels.first)
      #expect(app.dependencies == ["native-lib", "util"])
      #expect(app.architecture == nil)
      let native = lock.wheels[1]
      #expect(native.path == "native-lib/native_lib-1.1-cp313-cp313-manylinux_2_28_x86_64.whl")
      #expect(native.source == "pypi")
      #expect(native.architecture == .amd64)
      let file = try #require(try Files.status(index.file(native.fileName)))
      #expect(native.size == file.size)
      // The previous lock's version stays, and sizes are not asked for again.
      let asked = { index.server.requests.count { $0.headers["user-agent"] == "kiln" } }
      #expect(asked() == 3)
      let again = try await resolve(setting, index.url, ["App"], previous: lock).get()
      #expect(again.wheels.first?.version == "1.0")
      #expect(asked() == 3)
      #expect(try await resolve(setting, index.url, ["App"]).get().wheels.first?.version == "2.0")
      // What it needs is what that version needs, although uv's cache has a newer one now.
      let kept = try await resolve(setting, index.url, ["App"], previous: lock).get()
      #expect(kept.wheels == lock.wheels)
    }
  }

  @Test("wheels of the recipe's folder, and an index of the recipe's own") func own() async throws {
    try await with { setting, index in
      let name = "local_one-1.0-py3-none-any.whl"
      let target = setting.folder.appending("my wheels")
      try Files.makeDirectories(target)
      try Files.copy(index.file(name), to: target.appending(name))
      let lock = try await resolve(
        setting, "http://127.0.0.1:9/simple", [], wheels: [FilePath("my wheels/\(name)")],
        ownIndex: index.url
      ).get()
      #expect(lock.wheels.map(\.source) == ["recipe", "python-index"])
      #expect(lock.wheels.first?.path == "my wheels/\(name)")
      #expect(lock.requested == ["local-one", "python3"])
    }
  }

  @Test("for the very Python of the image") func fullVersion() async throws {
    try await with { setting, index in
      let lock = try await resolve(setting, index.url, ["marked"]).get()
      #expect(lock.wheels.map(\.name) == ["marked", "util"])
    }
  }

  @Test("a project that only another index has") func extraIndex() async throws {
    try await with { setting, index in
      let more = try await PythonIndex.serve(
        ["private-1.0-py3-none-any.whl": ["util"]], in: setting.folder.appending("more"))
      var recipe = setting.recipe(["python3"])
      recipe.python = .init(venv: "/opt/ml", requirements: ["private"], wheels: [])
      let lock = try await setting.resolver(
        uv: Uv.path ?? "uv", environment: ["HOME": setting.folder.string],
        mirrors: ["pypi": [index.url]], extraIndexes: [more.url]
      ).resolve(recipe)
      #expect(lock.wheels.map(\.name) == ["private", "util"])
      #expect(lock.wheels.allSatisfy { $0.source == "pypi" })
    }
  }

  @Test("an index that lets nobody in, or is a login page, is not one that lacks a project")
  func noIndex() async throws {
    try await with { setting, index in
      let server = try LoopbackServer()
      for (name, status) in [("a", 401), ("b", 403)] {
        server.put(
          "/\(name)/app/", [], [LoopbackServer.Behaviour](repeating: .status(status), count: 20))
        let url = "\(server.url)/\(name)"
        let error = failure(
          try await resolve(setting, url, ["app"], ownIndex: name == "b" ? url : nil))
        #expect(error?.code == .indexDenied)
        #expect(error?.remedy?.contains("KILN_MIRROR_PYTHON_INDEX") == (name == "b"))
      }
      server.put("/c/app/", Array("please log in".utf8), contentType: "text/plain")
      server.put(
        "/d/app/", Array("<base href=\"http://[x/\"><a href=\"y\">x</a>".utf8),
        contentType: "text/html")
      for name in ["c", "d"] {
        let error = failure(try await resolve(setting, "\(server.url)/\(name)", ["app"]))
        #expect(error?.code == .indexUnreachable, "\(name): \(error?.description ?? "")")
      }
    }
  }

  @Test("what cannot be resolved says why in uv's words") func failures() async throws {
    try await with { setting, index in
      let source = failure(try await resolve(setting, index.url, ["source-only"]))
      #expect(source?.code == .noWheel)
      #expect(source?.subject == "source-only")
      let other = failure(try await resolve(setting, index.url, ["elsewhere"]))
      #expect(other?.code == .noWheel)
      #expect(other?.reason?.contains("cp39") == true)
      let conflict = failure(try await resolve(setting, index.url, ["app<2", "app>=2"]))
      #expect(conflict?.code == .pythonUnsatisfiable)
      #expect(conflict?.reason?.contains("app<2") == true)
      let nonsense = failure(try await resolve(setting, index.url, ["app ==="]))
      #expect(nonsense?.code == .badRequirement)
      let option = failure(try await resolve(setting, index.url, ["--index-url=x"]))
      #expect(option?.code == .badRequirement)
      let unreachable = failure(
        try await resolve(setting, "http://127.0.0.1:9/simple", ["app"]))
      #expect(unreachable?.code == .indexUnreachable)
      let uv = failure(try await resolve(setting, index.url, ["app"], uv: "no-such-uv"))
      #expect(uv?.code == .uvMissing)
      let python = failure(try await resolve(setting, index.url, ["app"], packages: []))
      #expect(python?.code == .pythonMissing)
    }
  }
}
