import Content
import Diagnostics
import Digests
import FileSystem
import Locks
import Needs
import Recipes
import Rootfs
import Sandbox
import Store
import SystemPackage
import TestSupport
import Testing

/// Files that a recipe takes out of archives.
@Suite(
  "Members of archives", .needs("root, or root of a user namespace", if: TinyBase.canMount))
struct MemberTests {
  /// A recipe over a tiny base with archives beside it.
  private struct Setting {
    let base: TinyBase
    var recipe: Recipe
    var lock: Lock
    var artifacts: [SHA256Digest: FilePath]

    var builder: RootfsBuilder { base.builder }

    init(_ base: TinyBase) {
      self.base = base
      (recipe, lock, artifacts) = (base.recipe, base.lock, base.artifacts)
    }

    /// Asks for a member of a file that stands in the folder.
    mutating func take(
      _ member: String, of name: String, to target: String = "/opt/taken", mode: UInt16? = nil
    ) throws {
      let file = base.folder.appending(name)
      let digest = SHA256Digest(of: try Files.read(file))
      let artifact = Artifact(
        kind: .archive, name: name, version: "1", architecture: nil,
        size: try Files.status(file)?.size ?? 0, sha256: digest, source: "recipe", path: name)
      lock = Lock(
        recipe: lock.recipe, recipeDigest: lock.recipeDigest, architecture: .amd64,
        date: lock.date, artifacts: base.lock.artifacts + [artifact], requested: [])
      artifacts = base.artifacts.merging([digest: file]) { $1 }
      recipe.files = [
        .init(
          source: .member(member, of: .file(.init(location: .path(FilePath(name)), sha256: nil))),
          to: target, mode: mode, owner: "root", group: "root")
      ]
      recipe.places["files[0].member"] = .init(file: "tiny.yaml", line: 9, column: 5)
    }

    /// The first layer that a build would make.
    func made() async throws -> LayerExplanation? {
      try await builder.explain(recipe, lock: lock, artifacts: artifacts).first {
        $0.state == .made
      }
    }

    func build() async throws -> Rootfs {
      try await builder.build(recipe, lock: lock, artifacts: artifacts)
    }
  }

  private static let archives = """
    import io, tarfile, zipfile
    with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        tool = zipfile.ZipInfo("pkg/bin/tool")
        tool.external_attr = 0o100755 << 16
        archive.writestr(tool, "content\\n")
        archive.writestr("pkg/lib/libtool.so", "content\\n")
        archive.writestr("pkg/readme.txt", "read me\\n")
    for name, mode in [("a.tar.gz", "w:gz"), ("a.tar.xz", "w:xz"), ("a.tar", "w")]:
        with tarfile.open(name, mode) as archive:
            def add(path, content, **fields):
                entry = tarfile.TarInfo(path)
                entry.size = len(content)
                for key, value in fields.items(): setattr(entry, key, value)
                archive.addfile(entry, io.BytesIO(content))
            add("./pkg/bin/tool", b"old\\n", mode=0o644)
            add("./pkg/bin/tool", b"content\\n", mode=0o700)
            add("pkg/link", b"", type=tarfile.SYMTYPE, linkname="bin/tool")
            add("pkg/hard", b"", type=tarfile.LNKTYPE, linkname="./pkg/bin/tool")
            add("pkg/folder", b"", type=tarfile.DIRTYPE)
    bytes = open("a.tar.gz", "rb").read()
    open("cut.tar.gz", "wb").write(bytes[:len(bytes) // 2])
    open("text.zip", "w").write("no archive at all")
    """

  private func with(_ body: (inout Setting) async throws -> Void) async throws {
    try await TinyBase.with { base in
      try await python(Self.archives, in: base.folder)
      let deb = TestDeb("tool", entries: [.init("pkg/bin/tool", .file("content\n"), mode: 0o755)])
      _ = try await deb.build(in: base.folder)
      var setting = Setting(base)
      try await body(&setting)
    }
  }

  private func taken(_ rootfs: Rootfs) throws -> (text: String, mode: UInt16, origin: Origin?) {
    let path = "opt/taken"
    let stack = LayerStack(rootfs.layers.map(\.directory))
    let origin = try rootfs.layers.compactMap { layer in
      let listing = try LayerListing(reading: layer.listing)
      return listing.entries.first { $0.path == path }.map { listing.origin(of: $0, in: layer) }
    }.last
    let file = try #require(try stack.file(path))
    return (
      try Files.readText(file), try stack.entry(path)?.status.permissions ?? 0, origin
    )
  }

  @Test(
    "come from a zip, a tarball and a package",
    arguments: ["a.zip", "a.tar", "a.tar.gz", "a.tar.xz", "tool_1.0_all.deb"])
  func kinds(archive: String) async throws {
    try await with { setting in
      try setting.take("pkg/bin/tool", of: archive)
      let found = try taken(try await setting.build())
      #expect(found.text == "content\n" && found.mode == 0o755)
      #expect(found.origin == Origin(.archive, name: archive, version: "1"))
    }
  }

  @Test("are kept with their digest") func damage() async throws {
    try await with { setting in
      try setting.take("pkg/bin/tool", of: "a.zip")
      _ = try await setting.build()
      let store = setting.base.store
      let verify = {
        try await store.verify(repair: false, jobs: 1, departure: StoredContent.departure)
      }
      #expect(try await verify() == [])
      let result = try #require(try store.results(.member).first)
      try Files.write("contents", to: result.appending("file"))
      #expect(try await verify().map(\.path) == [result])
    }
  }

  @Test("that are not taken yet are why the files are made") func explained() async throws {
    try await with { setting in
      _ = try await setting.build()
      try setting.take("pkg/bin/tool", of: "a.zip")
      let made = try #require(try await setting.made())
      #expect(made.layer == "files" && made.changes.isEmpty)
      #expect(made.reason == "a file of the recipe is not taken out of its archive yet")
      _ = try await setting.build()
      #expect(try await setting.made() == nil)
    }
  }

  @Test("have the mode that the recipe gives, else one by the archive") func mode() async throws {
    try await with { setting in
      try setting.take("pkg/bin/tool", of: "a.zip", mode: 0o640)
      #expect(try taken(try await setting.build()).mode == 0o640)
      try setting.take("pkg/lib/libtool.so", of: "a.zip")
      #expect(try taken(try await setting.build()).mode == 0o644)
    }
  }

  @Test("count by their content: the same file of another archive makes nothing anew")
  func key() async throws {
    try await with { setting in
      try setting.take("pkg/bin/tool", of: "a.zip")
      let first = try await setting.build()
      try setting.take("pkg/bin/tool", of: "a.tar.gz")
      let second = try await setting.build()
      // The bill of materials names the archive, and the flavours stand on it; nothing else does.
      let made = second.stages.filter { !$0.reused }.map(\.name)
      #expect(made == ["bill of materials", "flavour import"])
      #expect(zip(first.layers, second.layers).count { $0 == $1 } == first.layers.count - 1)
      try setting.take("pkg/readme.txt", of: "a.zip")
      #expect(try await setting.build().stages.contains { $0.name == "files" && !$0.reused })
    }
  }

  @Test("are planned without being taken out, and need no download once they are")
  func plan() async throws {
    try await with { setting in
      let plan = { (setting: Setting, artifacts: [SHA256Digest: FilePath]) async throws in
        try await setting.builder.plan(setting.recipe, lock: setting.lock, artifacts: artifacts)
          .firstMade
      }
      _ = try await setting.build()
      try setting.take("pkg/bin/tool", of: "a.zip")
      #expect(try await plan(setting, setting.artifacts) == "files")
      #expect(try await plan(setting, [:]) == "files")
      _ = try await setting.build()
      #expect(try await plan(setting, [:]) == nil)
    }
  }

  @Test(
    "that are not there are told with what may be meant",
    arguments: [
      ("pkg/bin/toll", "a.zip", RootfsError.Code.memberMissing, "a.zip has pkg/bin/tool"),
      ("lib/libtool.so", "a.zip", .memberMissing, "a.zip has pkg/lib/libtool.so"),
      ("libtol.so", "a.zip", .memberMissing, "a.zip has pkg/lib/libtool.so"),
      ("quite/another", "tool_1.0_all.deb", .memberMissing, "pkg/bin/tool"),
      ("pkg", "a.zip", .memberMissing, "it is a folder there"),
      ("pkg/folder", "a.tar", .memberNotFile, "it is a folder"),
      ("pkg/link", "a.tar", .memberNotFile, "it is a link to bin/tool"),
      ("pkg/hard", "a.tar", .memberNotFile, "it is a link to ./pkg/bin/tool"),
      ("pkg/bin/tool", "text.zip", .archive, ""), ("pkg/bin/tool", "cut.tar.gz", .archive, ""),
    ])
  func absent(
    member: String, archive: String, code: RootfsError.Code, reason: String
  ) async throws {
    try await with { setting in
      try setting.take(member, of: archive)
      let error = await #expect(throws: RootfsError.self) { try await setting.build() }
      #expect(error?.code == code)
      let diagnostic = try #require(error?.diagnostics.first)
      #expect(diagnostic.place?.line == 9 && diagnostic.message.contains(archive))
      #expect(reason.isEmpty || diagnostic.reason?.contains(reason) == true)
      // Nothing was made before.
      #expect(!Files.exists(setting.base.store.root.appending("results/layer")))
    }
  }
}
