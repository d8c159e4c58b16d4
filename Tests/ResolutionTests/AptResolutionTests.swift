import Content
import Digests
import FileSystem
import Locks
import Needs
import Recipes
import Resolution
import SystemPackage
import TestSupport
import Testing

@Suite("Resolving packages", .needs("gpg and dpkg-deb", if: AptRepository.isAvailable))
struct AptResolutionTests {
  @Test("the base, the packages and what they need; sorted, with digests and reasons")
  func ordinary() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(
        main: [
          TestDeb(
            "hello", version: "1:2.0-1",
            fields: ["Depends": "world (>= 1)", "Recommends": "extra", "Installed-Size": "3"]),
          TestDeb("world", version: "1.0"), TestDeb("extra"), TestDeb("other"),
        ],
        security: [TestDeb("world", version: "1.1+deb13u1", architecture: "amd64")])
      let lock = try await setting.resolver().resolve(setting.recipe(["hello"]))
      #expect(
        lock.packages.map(\.name) == ["apt", "base", "hello", "libc6", "required", "world"])
      #expect(lock.requested == ["hello"])
      // Whole days of the newest Release file.
      #expect(lock.date == 1_700_000_000 / 86_400 * 86_400)
      let hello = try #require(lock.packages.first { $0.name == "hello" })
      #expect(hello.version == "1:2.0-1")
      #expect(hello.path == "pool/main/h/hello/hello_2.0-1_all.deb")
      #expect(hello.source == "debian")
      #expect(hello.architecture == nil)
      #expect(hello.dependencies == ["world"])
      #expect(hello.installedSize == 3072)
      let world = try #require(lock.packages.first { $0.name == "world" })
      #expect(world.version == "1.1+deb13u1")
      #expect(world.architecture == .amd64)
      let bytes = try Files.read(setting.repository.root.appending(world.path))
      #expect(world.size == Int64(bytes.count))
      // A second resolution gives the same bytes.
      let again = try await setting.resolver().resolve(setting.recipe(["hello"]))
      #expect(try again.encoded() == lock.encoded())
      #expect(try Lock.decode(lock.encoded(), from: "demo.lock.json") == lock)
    }
  }

  @Test("the essential variant leaves the required packages out; recommends brings theirs")
  func variants() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(
        main: [TestDeb("hello", fields: ["Recommends": "extra"]), TestDeb("extra")])
      var recipe = setting.recipe(["hello"], variant: .essential)
      recipe.recommends = true
      let lock = try await setting.resolver().resolve(recipe)
      #expect(lock.packages.map(\.name) == ["apt", "base", "extra", "hello", "libc6"])
    }
  }

  @Test("an archive that calls itself Ubuntu noble") func ubuntu() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish("noble", origin: "Ubuntu", main: [TestDeb("hello")])
      var recipe = setting.recipe(["hello"])
      recipe.base = .ubuntu(
        .init(
          suite: "noble", variant: .minbase, components: ["main"],
          keyring: setting.repository.key.keyring))
      let lock = try await setting.resolver().resolve(recipe)
      #expect(lock.packages.allSatisfy { $0.source == "ubuntu" })
      #expect(lock.packages.count == 5)
    }
  }

  @Test("the recipe's own source, preferences, versions and .deb files") func own() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(
        main: [TestDeb("hello", version: "3.0"), TestDeb("tool", version: "5")])
      let other = AptRepository(
        root: setting.folder.appending("other"), key: setting.repository.key)
      try Files.makeDirectories(other.root)
      try await other.publish(
        .init(
          suite: "stable", origin: "Vendor",
          components: [
            "main": [
              TestDeb("hello", version: "9.0"), TestDeb("tool", version: "4"),
              TestDeb("vendor", fields: ["Depends": "world"]), TestDeb("world"),
            ]
          ]))
      _ = try await TestDeb("mine", fields: ["Depends": "world"])
        .build(in: setting.folder.appending("debs"))
      var recipe = setting.recipe(["hello", "tool=4", "vendor"])
      recipe.sources = [
        .init(
          name: "vendor", uri: "file://\(other.root)/", suite: "stable", components: ["main"],
          key: .inline(setting.repository.key.armoured))
      ]
      recipe.preferences = [.init(package: "hello", pin: "release o=Debian", priority: 900)]
      recipe.debs = [.init(location: .path("debs/mine_1.0_all.deb"), sha256: nil)]
      let lock = try await setting.resolver().resolve(recipe)
      let found = Dictionary(uniqueKeysWithValues: lock.packages.map { ($0.name, $0) })
      #expect(found["hello"]?.version == "3.0")
      #expect(found["tool"]?.version == "4")
      #expect(found["vendor"]?.source == "vendor")
      #expect(found["mine"]?.source == "recipe")
      #expect(found["mine"]?.path == "debs/mine_1.0_all.deb")
      #expect(found["mine"]?.dependencies == ["world"])
      #expect(lock.requested == ["hello", "mine", "tool", "vendor"])
    }
  }

  @Test("a .deb by URL, and one whose name tells nothing") func foreign() async throws {
    try await ResolutionSetting.with { setting in
      let hello = TestDeb("hello", version: "1:2.0", architecture: "amd64")
      try await setting.publish(main: [TestDeb("world"), hello])
      let server = try LoopbackServer()
      let debs = setting.folder.appending("debs")
      // Its size in bytes is more than a number holds, and its field goes over several lines.
      let built = try await TestDeb(
        "mine", fields: ["Depends": "libc6,\n world", "Installed-Size": "\(Int64.max)"]
      ).build(in: debs)
      server.put("/any/mine.deb", try Files.read(built))
      try Files.rename(
        try await TestDeb("own", version: "1:3").build(in: debs), to: debs.appending("tool"))
      // The archive has the very same file.
      try Files.rename(try await hello.build(in: debs), to: debs.appending("hello.deb"))
      try Files.makeSymlink(debs.appending("link.deb"), to: "hello.deb")
      var recipe = setting.recipe([])
      let digest = SHA256Digest(of: try Files.read(built)).hex
      recipe.debs = [
        .init(location: .url("\(server.url)/any/mine.deb"), sha256: digest),
        .init(location: .path("debs/tool"), sha256: nil),
        .init(location: .path("debs/link.deb"), sha256: nil),
      ]
      let lock = try await setting.resolver().resolve(recipe)
      let own = lock.packages.filter { $0.source == "recipe" }
      #expect(own.map(\.name) == ["hello", "mine", "own"])
      #expect(own.map(\.version) == ["1:2.0", "1.0", "1:3"])
      #expect(own[1].path == "\(server.url)/any/mine.deb" && own[1].sha256.hex == digest)
      #expect(own[1].dependencies == ["libc6", "world"])
      #expect(own[1].installedSize == nil)
      #expect(lock.packages.contains { $0.name == "world" })
    }
  }

  @Test("a file whose name has an escape in it keeps it") func escaped() async throws {
    try await ResolutionSetting.with { setting in
      var deb = TestDeb("hello", version: "1:2.0")
      deb.fileName = "hello_1%3a2.0_all.deb"
      try await setting.publish(main: [deb])
      let lock = try await setting.resolver().resolve(setting.recipe(["hello"]))
      let hello = try #require(lock.packages.first { $0.name == "hello" })
      #expect(hello.path == "pool/main/h/hello/hello_1%3a2.0_all.deb")
    }
  }

  @Test("two sources of one suite, signed by one key") func twice() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(main: [])
      try await setting.repository.publish(
        .init(
          suite: "trixie", components: ["main": ResolutionSetting.base, "more": [TestDeb("extra")]])
      )
      var recipe = setting.recipe(["extra"])
      recipe.sources = [
        .init(
          name: "more", uri: "file://\(setting.repository.root)", suite: "trixie",
          components: ["more"], key: .file(setting.repository.key.keyring))
      ]
      let lock = try await setting.resolver().resolve(recipe)
      #expect(lock.packages.contains { $0.name == "extra" })
    }
  }

  @Test("an update lets its own packages change with it, and no others") func relief() async throws
  {
    try await ResolutionSetting.with { setting in
      let debs = { (version: String) in
        [
          TestDeb(
            "foo", version: version,
            fields: ["Depends": "foo-data (= \(version)), foo-all | nothing"]),
          TestDeb("foo-data", version: version, fields: ["Depends": "libfoo (= \(version))"]),
          TestDeb("libfoo", version: version),
          // Not needed by foo, and needing it.
          TestDeb(
            "foo-all", version: version,
            fields: ["Source": "foo (9)", "Depends": "foo (= \(version))"]),
          TestDeb("bar", version: version), TestDeb("baz", version: version),
        ]
      }
      try await setting.publish(main: debs("1"))
      let recipe = setting.recipe(["foo", "foo-all", "bar", "baz"])
      let resolver = try setting.resolver()
      let first = try await resolver.resolve(recipe)
      try await setting.publish(main: debs("1") + debs("2"))
      let second = try await resolver.resolution(
        of: recipe, previous: first, update: .packages(["foo"]))
      let versions = Dictionary(
        uniqueKeysWithValues: second.lock.packages.map { ($0.name, $0.version) })
      #expect(["foo", "foo-all", "foo-data", "libfoo"].allSatisfy { versions[$0] == "2" })
      #expect(["bar", "baz"].allSatisfy { versions[$0] == "1" })
      #expect(second.departures.keys.map(\.name).sorted() == ["foo-all", "foo-data", "libfoo"])
      #expect(second.departures.values.allSatisfy { $0 == .displaced })
      #expect(setting.noticed.codes == ["K2152"])
    }
  }

  @Test("a preference that forbids a locked version wins") func forbidden() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(
        main: [TestDeb("hello"), TestDeb("world"), TestDeb("tool")],
        security: [TestDeb("hello", version: "2.0"), TestDeb("world", version: "2.0")])
      var recipe = setting.recipe(["hello", "world", "tool"])
      let resolver = try setting.resolver()
      let versions = { (lock: Lock) in
        ["hello", "tool", "world"].map { name in
          lock.packages.first { $0.name == name }?.version
        }
      }
      let first = try await resolver.resolve(recipe)
      #expect(versions(first) == ["2.0", "1.0", "2.0"])
      recipe.preferences = [
        .init(package: "*", pin: "release n=trixie-security", priority: -1),
        .init(package: "world", pin: "release n=trixie-security", priority: 500),
      ]
      let second = try await resolver.resolution(of: recipe, previous: first, update: .keep)
      #expect(versions(second.lock) == ["1.0", "1.0", "2.0"])
      #expect(second.departures.isEmpty)
    }
  }

  @Test("what is locked stays while it is there, unless an update is asked for")
  func scopes() async throws {
    try await ResolutionSetting.with { setting in
      let old = [TestDeb("hello"), TestDeb("world")]
      let new = [TestDeb("hello", version: "2.0"), TestDeb("world", version: "2.0")]
      try await setting.publish(main: old)
      let recipe = setting.recipe(["hello", "world"])
      let first = try await setting.resolver().resolve(recipe)
      try await setting.publish(main: old + new, date: 1_700_500_000)
      let versions = { (lock: Lock) in
        lock.packages.filter { ["hello", "world"].contains($0.name) }.map(\.version)
      }
      let resolver = try setting.resolver()
      let kept = try await resolver.resolve(recipe, previous: first, update: .keep)
      #expect(versions(kept) == ["1.0", "1.0"])
      // Nothing changed, so the date stays although the archive was signed again.
      #expect(kept == first)
      let one = try await resolver.resolve(recipe, previous: first, update: .packages(["world"]))
      #expect(versions(one) == ["1.0", "2.0"])
      let all = try await resolver.resolve(recipe, previous: first, update: .all)
      #expect(versions(all) == ["2.0", "2.0"])
      #expect(all.date > first.date)
      try await setting.publish(main: new)
      let gone = try await resolver.resolve(recipe, previous: first, update: .keep)
      #expect(versions(gone) == ["2.0", "2.0"])
    }
  }

  @Test("a locked version that does not stay is explained") func departures() async throws {
    try await ResolutionSetting.with { setting in
      let old = [TestDeb("hello"), TestDeb("world"), TestDeb("tool")]
      try await setting.publish(main: old)
      let recipe = setting.recipe(["hello", "tool", "world"])
      let resolver = try setting.resolver()
      let first = try await resolver.resolve(recipe)
      // `hello` is asked for, `tool` has left the archive, and the new `hello` wants another `world`.
      try await setting.publish(
        main: old.dropLast() + [
          TestDeb("hello", version: "2.0", fields: ["Depends": "world (>= 2)"]),
          TestDeb("world", version: "2.0"), TestDeb("tool", version: "2.0"),
        ])
      let update = UpdateScope.packages(["hello"])
      let second = try await resolver.resolution(of: recipe, previous: first, update: update)
      let departures = Dictionary(
        uniqueKeysWithValues: second.departures.map { ($0.key.name, $0.value) })
      #expect(departures == ["tool": .gone, "world": .displaced])
      let text = LockDifference(
        from: first, to: second.lock, departures: second.departures
      ).description
      #expect(text.contains("tool 1.0 → 2.0") && text.contains("; 1.0 is no longer in the index"))
      #expect(text.contains("world 1.0 → 2.0") && text.contains("; 1.0 no longer fits the others"))
      #expect(text.split(separator: "; 1.0").count == 3)
      let all = try await resolver.resolution(of: recipe, previous: first, update: .all)
      #expect(all.departures.isEmpty)
    }
  }

  @Test("a mirror without an updates suite is used all the same") func noUpdates() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(main: [], updates: nil)
      let lock = try await setting.resolver().resolve(setting.recipe([]))
      #expect(lock.packages.count == 4)
      #expect(setting.noticed.codes == ["K2151"])
    }
  }
}
