import FileSystem
import Recipes
import SystemPackage

/// `/etc/wsl-distribution.conf` and the files that it names.
struct DistributionFiles {
  static let scriptPath = "usr/lib/wsl/oobe.sh"

  private let recipe: Recipe
  /// The recipe's settings, its own files replaced by where they stand in the image.
  private var configuration: WSLSettings.Configuration
  /// The icon and the Terminal profile.
  private(set) var shared: [GeneratedFile] = []

  init(_ recipe: Recipe) throws(WSLError) {
    self.recipe = recipe
    configuration = recipe.wsl.distribution
    // Folders and modes are those that Microsoft's validator expects.
    place(("shortcut", "icon"), mode: 0o644)
    place(("windowsterminal", "profileTemplate"), mode: 0o640)
  }

  private mutating func place(_ name: (section: String, key: String), mode: UInt16) {
    guard case .text(let value) = configuration.setting("\(name.section).\(name.key)"),
      !value.isEmpty, !value.isAbsolutePath, let file = FilePath(value).lastComponent
    else { return }
    let path = "usr/lib/wsl/\(file.string)"
    shared.append(GeneratedFile(path, mode: mode, .recipeFile(FilePath(value))))
    configuration.set(name, .text("/\(path)"))
  }

  /// Whether kiln's own script makes the first user.
  var needsScript: Bool { configuration.setting("oobe.command") == nil }

  var defaultUid: Int {
    if case .integer(let uid) = configuration.setting("oobe.defaultUid") { return uid }
    return configuration.setting("oobe.defaultUid").flatMap { Int($0.text) } ?? 1000
  }

  func settings(_ flavour: WSLSettings.Flavour) -> WSLSettings.Configuration {
    var settings = configuration
    switch flavour {
    case .importing:
      // `wsl --import` never runs the command; its user stands in wsl.conf.
      settings.remove("oobe.command")
      settings.remove("oobe.defaultUid")
    case .fromFile:
      if needsScript { settings.set(("oobe", "command"), .text("/\(Self.scriptPath)")) }
      settings.set(("oobe", "defaultUid"), .integer(defaultUid))
    }
    if settings.setting("oobe.defaultName") == nil {
      settings.set(("oobe", "defaultName"), .text(recipe.name))
    }
    return settings
  }
}
