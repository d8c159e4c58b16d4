import FileSystem
import Locks
import Recipes
import SystemPackage
import Testing

/// What lies in `Recipes/`: every recipe has a lock that is fresh and works behind any mirror.
@Suite struct ShippedRecipesTests {
  private static let folder: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path.appending("Recipes")
  }()

  private static let names = ((try? Files.entries(folder)) ?? []).filter { $0.hasSuffix(".yaml") }

  @Test func thereAreSome() { #expect(Self.names.contains("cuda-wsl.yaml")) }

  @Test(arguments: names)
  func aRecipeHasAFreshLock(_ name: String) throws {
    let recipe = try RecipeReader().read(Self.folder.appending(name))
    let path = Self.folder.appending(name.replacing(".yaml", with: ".lock.json"))
    let lock = try #require(try Lock.read(path), "\(name) has no lock")
    #expect(lock.isFresh(for: try recipe.resolutionDigests.whole), "run `kiln lock` on \(name)")
    #expect(lock.recipe == recipe.name)
  }

  /// The reader of locks refuses URLs; a host could still stand in a name or a path.
  @Test(arguments: names)
  func aLockNamesNoHost(_ name: String) throws {
    let path = Self.folder.appending(name.replacing(".yaml", with: ".lock.json"))
    let lock = try #require(try Lock.read(path))
    for artifact in lock.artifacts {
      for text in [artifact.source, artifact.path.split(separator: "/").first.map(String.init)] {
        let isHost = text?.contains(/\.(org|com|net|io|dev)\b/) ?? false
        #expect(!isHost && text?.contains("@") != true, "\(artifact.name): \(text ?? "")")
      }
    }
    let text = try Files.readText(path)
    #expect(!text.contains("://") && !text.contains("www."))
  }
}
