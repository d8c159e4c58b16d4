import Diagnostics
import FileSystem
import Locks
import Needs
import Recipes
import Resolution
import SystemPackage
import TestSupport
import Testing

@Suite("Failures of resolving packages", .needs("gpg and dpkg-deb", if: AptRepository.isAvailable))
struct AptFailureTests {
  private func failure(
    _ setting: ResolutionSetting, _ recipe: Recipe, base: String? = nil
  ) async throws -> ResolutionError? {
    let resolver = try setting.resolver(base: base)
    do throws(ResolutionError) {
      _ = try await resolver.resolve(recipe)
    } catch {
      return error
    }
    return nil
  }

  @Test("a wrong key, an expired suite, a changed index, a missing suite and component")
  func archive() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(main: [])
      let other = try await AptRepositoryKey.make(home: setting.folder.appending("gpg2"))
      let wrongKey = try await failure(setting, setting.recipe([], keyring: other.keyring))
      #expect(wrongKey?.code == .badSignature)
      #expect(wrongKey?.reason?.contains("NO_PUBKEY") == true)

      var recipe = setting.recipe([])
      recipe.base = .debian(
        .init(
          suite: "trixie", variant: .minbase, components: ["main", "nonsense"],
          keyring: setting.repository.key.keyring))
      let component = try await failure(setting, recipe)
      #expect(component?.code == .componentMissing)
      #expect(component?.subject == "the component nonsense of trixie")
      #expect(component?.remedy?.contains("trixie has: main") == true)

      let suite = try await failure(setting, setting.recipe([], suite: "nosuch"))
      #expect(suite?.code == .suiteMissing)
      #expect(suite?.subject.contains("nosuch") == true)

      try setting.repository.tamper(suite: "trixie", component: "main")
      let changed = try await failure(setting, setting.recipe([], variant: .essential))
      #expect(changed?.code == .indexChanged)

      try await setting.repository.publish(
        .init(
          suite: "old", components: ["main": ResolutionSetting.base], validUntil: 1_700_100_000))
      let expired = try await failure(setting, setting.recipe([], suite: "old"))
      #expect(expired?.code == .expired)
    }
  }

  @Test("no network, no keyring") func missing() async throws {
    try await ResolutionSetting.with { setting in
      let unreachable = try await failure(
        setting, setting.recipe([]), base: "http://127.0.0.1:9/debian")
      #expect(unreachable?.code == .unreachable)
      let keyring = try await failure(setting, setting.recipe([], keyring: "absent.gpg"))
      #expect(keyring?.code == .cause || keyring?.code == .keyringMissing)
    }
  }

  @Test("a login page in the archive's place is no bad signature") func loginPage() async throws {
    try await ResolutionSetting.with { setting in
      let server = try LoopbackServer()
      for suite in ["trixie", "trixie-updates", "trixie-security"] {
        server.put(
          "/debian/dists/\(suite)/InRelease", Array("<html>please log in</html>".utf8),
          contentType: "text/html")
      }
      let error = try await failure(setting, setting.recipe([]), base: "\(server.url)/debian")
      #expect(error?.code == .unreachable)
      #expect(error?.remedy?.contains("login pages") == true)
    }
  }

  @Test(
    "a server's refusal is no bad signature, and another mirror may have the archive",
    arguments: [
      (401, ResolutionError.Code.denied), (403, .denied), (407, .unreachable), (429, .unreachable),
      (500, .unreachable), (503, .unreachable),
    ])
  func refused(status: Int, code: ResolutionError.Code) async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(main: [])
      let server = try LoopbackServer()
      for suite in ["trixie", "trixie-updates", "trixie-security"] {
        // apt asks twice.
        for name in ["InRelease", "Release"] {
          server.put(
            "/debian/dists/\(suite)/\(name)", [],
            [LoopbackServer.Behaviour](repeating: .status(status), count: 20))
        }
      }
      let refusing = "\(server.url)/debian"
      let error = try await failure(setting, setting.recipe([]), base: refusing)
      #expect(error?.code == code)
      #expect(error?.reason?.contains("\(status)") == true)
      let both = [refusing, "file://\(setting.repository.root)"]
      let lock = try await setting.resolver(
        mirrors: ["debian": both, "debian-security": both]
      ).resolve(setting.recipe([]))
      #expect(lock.packages.count == 4)
    }
  }

  @Test("a name with a dot is no expression") func dot() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(main: [TestDeb("python3.13"), TestDeb("python3x11")])
      let error = try await failure(setting, setting.recipe(["python3.1"]))
      #expect(error?.code == .unknownPackage && error?.subject == "python3.1")
      #expect(error?.others.isEmpty == true)
      let lock = try await setting.resolver().resolve(setting.recipe(["python3.13"]))
      #expect(lock.packages.contains { $0.name == "python3.13" })
      #expect(!lock.packages.contains { $0.name == "python3x11" })
    }
  }

  @Test("unknown packages are all named, with what they may have meant") func unknown()
    async throws
  {
    try await ResolutionSetting.with { setting in
      try await setting.publish(main: [TestDeb("hello"), TestDeb("helper")])
      let error = try await failure(setting, setting.recipe(["hallo", "zzzz", "hello=9"]))
      #expect(error?.code == .unknownPackage)
      #expect(error?.subject == "hallo")
      #expect(error?.remedy == "did you mean hello?")
      #expect(error?.others.contains { $0.subject == "zzzz" } == true)
      #expect(error?.diagnostics.count == (error?.others.count ?? 0) + 1)
      let version = error?.others.first { $0.subject == "hello=9" }
      #expect(version?.remedy == "the archive has hello in 1.0")
    }
  }

  @Test("for a virtual package those that provide it are named") func virtual() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(main: [
        TestDeb("postman", fields: ["Provides": "mailer"]),
        TestDeb("pigeon", fields: ["Provides": "mailer"]),
      ])
      let error = try await failure(setting, setting.recipe(["mailer"]))
      #expect(error?.code == .unknownPackage)
      #expect(error?.remedy == "name one that provides it: pigeon, postman")
    }
  }

  @Test("apt's own explanation of what cannot be") func conflict() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(main: [
        TestDeb("one", fields: ["Conflicts": "two"]), TestDeb("two"),
        TestDeb("three", fields: ["Depends": "nowhere (>= 2)"]),
      ])
      let conflict = try await failure(setting, setting.recipe(["one", "two"]))
      #expect(conflict?.code == .unsatisfiable)
      #expect(conflict?.reason?.contains("two") == true)
      let unmet = try await failure(setting, setting.recipe(["three"]))
      #expect(unmet?.code == .unsatisfiable)
      #expect(unmet?.reason?.contains("nowhere") == true)
    }
  }

  @Test("whatever brings NVIDIA's driver is named, with the chain") func driver() async throws {
    try await ResolutionSetting.with { setting in
      try await setting.publish(main: [
        TestDeb("app", fields: ["Depends": "middle"]),
        TestDeb("middle", fields: ["Depends": "libcuda.so.1"]),
        TestDeb("libcuda1", fields: ["Provides": "libcuda.so.1"]),
      ])
      let error = try await failure(setting, setting.recipe(["app"]))
      #expect(error?.code == .driver)
      #expect(error?.reason == "app → middle → libcuda1")
      // By its own name it is refused before anything is read.
      let direct = try await failure(
        setting, setting.recipe(["nvidia-driver-550"]), base: "http://127.0.0.1:9/debian")
      #expect(direct?.code == .driver)
    }
  }

  @Test(
    "what is no package's name never reaches apt",
    arguments: ["-oDir=/", "", "./x.deb", "a b", "^a", "a.$", "a*", "+a"])
  func badRequest(name: String) async throws {
    try await ResolutionSetting.with { setting in
      let error = try await failure(setting, setting.recipe([name]))
      #expect(error?.code == .badRequest)
    }
  }

  @Test("a foreign .deb with another digest is refused") func foreign() async throws {
    try await ResolutionSetting.with { setting in
      _ = try await TestDeb("mine").build(in: setting.folder)
      var recipe = setting.recipe([])
      recipe.debs = [
        .init(location: .path("mine_1.0_all.deb"), sha256: String(repeating: "0", count: 64))
      ]
      #expect(try await failure(setting, recipe)?.code == .foreignPackage)
      try Files.write("nonsense", to: setting.folder.appending("bad.deb"))
      recipe.debs = [.init(location: .path("bad.deb"), sha256: nil)]
      #expect(try await failure(setting, recipe)?.code == .foreignPackage)
    }
  }
}
