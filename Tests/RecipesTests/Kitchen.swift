import Diagnostics
import FileSystem
import Recipes
import SystemPackage
import TestSupport
import Testing

/// A folder with recipes and the files that they name.
struct Kitchen {
  let folder: FilePath

  static func with<Value>(
    _ recipe: String, others: [String: String] = [:], _ body: (Kitchen) throws -> Value
  ) async throws -> Value {
    try await withTemporaryFolder { folder in
      let kitchen = Kitchen(folder: folder.appending("recipes"))
      try kitchen.furnish()
      try kitchen.write("recipe.yaml", recipe)
      for (name, text) in others { try kitchen.write(name, text) }
      return try body(kitchen)
    }
  }

  private func furnish() throws {
    for name in ["", "files", "keys", "debs", "wheels", "tree", "../outside"] {
      try Files.makeDirectory(path(name))
    }
    let wheel = "wheels/clay-1.0-py3-none-any.whl"
    for name in [
      "files/a.txt", "keys/vendor.asc", "debs/a.deb", "icon.ico", wheel, "tree/leaf",
      "../outside/secret",
    ] {
      try Files.write("\(name)\n", to: path(name))
    }
    for (link, target) in [
      ("files/link", "a.txt"), ("files/up", "../tree"), ("files/out", "../../outside/secret"),
      ("files/absolute", "/etc/passwd"), ("files/loop", "loop"), ("outfolder", "../outside"),
    ] {
      try Files.makeSymlink(path(link), to: target)
    }
  }

  // By text: a debug build takes its time over each component of a `FilePath`.
  private func path(_ name: String) -> FilePath { FilePath(folder.string + "/" + name) }

  func write(_ name: String, _ text: String) throws {
    if name.contains("/") { try Files.makeDirectories(path(name).removingLastComponent()) }
    try Files.write(text, to: path(name))
  }

  func read(_ name: String = "recipe.yaml", set: [String: String] = [:]) throws(RecipeError)
    -> Recipe
  {
    try RecipeReader(set: set).read(folder.appending(name))
  }

  /// What is wrong with a recipe, file names relative to the folder.
  func complaints(_ name: String = "recipe.yaml", set: [String: String] = [:]) -> [Complaint] {
    do throws(RecipeError) {
      _ = try read(name, set: set)
      return []
    } catch {
      return error.diagnostics.map { Complaint($0, folder) }
    }
  }
}

struct Complaint: Hashable, CustomStringConvertible {
  let code: String
  let file: String
  let line: Int?
  let column: Int?
  let diagnostic: Diagnostic

  init(_ diagnostic: Diagnostic, _ folder: FilePath) {
    code = diagnostic.code
    let file = diagnostic.place?.file ?? ""
    self.file =
      file.hasPrefix(folder.string) ? String(file.dropFirst(folder.string.utf8.count + 1)) : file
    line = diagnostic.place?.line
    column = diagnostic.place?.column
    self.diagnostic = diagnostic
  }

  var position: String { "\(code) \(line ?? 0):\(column ?? 0)" }
  var description: String { diagnostic.rendered() }
}

/// The least that a recipe says, with more after it.
func minimal(_ more: String = "") -> String {
  "recipe: 1\nname: a\nbase: {debian: {suite: trixie}}\n" + more
}
