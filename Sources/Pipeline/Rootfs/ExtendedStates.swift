import Content
import FileSystem
import Locks
import Packages
import Recipes
import Sandbox

/// apt's `/var/lib/apt/extended_states`: which packages came only because others need them, so that
/// `apt autoremove` can take them away again.
///
/// It says what one `apt-get install` of the base and of the recipe's packages would have written.
/// Without it apt takes every package for one that somebody asked for.
struct ExtendedStates {
  private let recipe: Recipe
  private let lock: Lock
  private let stack: LayerStack

  init(_ recipe: Recipe, _ lock: Lock, _ stack: LayerStack) {
    self.recipe = recipe
    self.lock = lock
    self.stack = stack
  }

  func planned() throws(RootfsError) -> [PlannedFile] {
    let variant: Recipe.Suite.Variant
    switch recipe.base {
    case .debian(let suite), .ubuntu(let suite): variant = suite.variant
    case .tarball: return []
    }
    let packages = try installed()
    guard packages.contains(where: { $0.name == "apt" }), let asked = asked(among: packages) else {
      return []
    }
    let automatic = packages.filter { !asked.contains($0.key) && !$0.isBase(variant) }
    let text = automatic.map { package in
      """
      Package: \(package.name)
      Architecture: \(package.architecture)
      Auto-Installed: 1


      """
    }
    return [
      PlannedFile(
        "var/lib/apt/extended_states", .content(Array(text.joined().utf8)), Origin(.configuration))
    ]
  }

  private struct Package {
    /// apt tells packages apart by these; what serves every architecture counts as the image's own.
    struct Key: Hashable {
      let name: String
      let architecture: String
    }

    let key: Key
    let provides: [String]
    let isEssential: Bool
    let isRequired: Bool

    var name: String { key.name }
    var architecture: String { key.architecture }

    /// As the resolution asks apt for the base.
    func isBase(_ variant: Recipe.Suite.Variant) -> Bool {
      if isEssential || name == "apt" { return true }
      return switch variant {
      case .essential: false
      case .minbase: isRequired
      }
    }
  }

  /// By dpkg's database, sorted.
  private func installed() throws(RootfsError) -> [Package] {
    let text: String?
    do throws(FileError) {
      text = try stack.file("var/lib/dpkg/status").map { (path) throws(FileError) in
        try Files.readText(path)
      }
    } catch { throw RootfsError(error) }
    let own = recipe.architecture.rawValue
    let stanzas: [ControlFile.Stanza]
    do throws(PackageError) {
      stanzas = try ControlFile(parsing: text ?? "", name: "/var/lib/dpkg/status").stanzas
    } catch { throw RootfsError(error) }
    return stanzas.filter { $0["Status"]?.hasSuffix(" installed") == true }.map { stanza in
      let architecture = stanza["Architecture"] ?? own
      return Package(
        key: .init(
          name: stanza["Package"] ?? "", architecture: architecture == "all" ? own : architecture),
        provides: Self.names(stanza["Provides"] ?? ""),
        isEssential: stanza["Essential"] == "yes",
        isRequired: stanza["Priority"] == "required" && [own, "all"].contains(architecture))
    }.sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
  }

  /// Of a relationship field: `a (= 1), b`.
  private static func names(_ field: String) -> [String] {
    field.split(separator: ",").compactMap {
      $0.split { $0.isWhitespace || $0 == "(" || $0 == ":" }.first.map(String.init)
    }
  }

  /// What the recipe asks for, its own `.deb` files too.
  ///
  /// - Returns: nil where a request is for none of the packages by name, as a pattern is: then
  ///   nobody can say what was meant, and apt must not remove any.
  private func asked(among packages: [Package]) -> Set<Package.Key>? {
    let own = recipe.architecture.rawValue
    let foreign = lock.packages.filter { $0.source == "recipe" }
    var asked = Set(
      foreign.map { Package.Key(name: $0.name, architecture: $0.architecture?.rawValue ?? own) })
    for request in recipe.packageRequests {
      let architecture = request.architecture ?? own
      let candidates = packages.filter { $0.architecture == architecture }
      let named = candidates.filter { $0.name == request.name }
      // apt installs the provider of a virtual package.
      let meant = named.isEmpty ? candidates.filter { $0.provides.contains(request.name) } : named
      guard !meant.isEmpty else { return nil }
      asked.formUnion(meant.map(\.key))
    }
    return asked
  }
}
