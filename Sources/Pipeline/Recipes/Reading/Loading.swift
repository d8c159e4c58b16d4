import Diagnostics
import FileSystem
import SystemPackage
import YAML

/// Loads a recipe's file and those that it extends, and makes one tree of them.
struct Loading {
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var files: [String: RecipeFile] = [:]
  let directory: FilePath

  /// A recipe is written by hand; what is larger is none.
  private static let largest = 1 << 20
  /// More recipes on top of each other nobody follows.
  private static let longestChain = 16

  init(directory: FilePath) { self.directory = directory }

  /// - Parameters:
  ///   - folder: of the file, relative to ``directory``.
  ///   - chain: the files that extend this one.
  /// - Returns: the merged tree without `extends` and `remove`; nil where there is no use in
  ///   looking further.
  mutating func load(_ path: FilePath, folder: FilePath, extending chain: [FilePath]) -> Node? {
    guard let root = parse(path, folder: folder) else { return nil }
    guard root.mapping != nil else {
      var decoding = Decoding(directory: directory, files: files, variables: nil)
      decoding.reportType(of: root, Recipe.definition.shape)
      diagnostics += decoding.diagnostics
      return nil
    }
    guard checkVersion(of: root, isExtended: !chain.isEmpty) else { return nil }
    var decoding = Decoding(directory: directory, files: files, variables: nil)
    let header = Header(root, &decoding)
    diagnostics += decoding.diagnostics
    let own = root.without(["extends", "remove"])
    guard let base = header.base else { return header.isSound ? own : nil }
    guard let tree = extended(base, header.removals, chain + [path.lexicallyNormalized()]) else {
      return nil
    }
    return Node.merged(tree.without(["name"]), own)
  }

  private mutating func parse(_ path: FilePath, folder: FilePath) -> Node? {
    do throws(FileError) {
      let bytes = try Files.read(path, limit: Self.largest)
      files[path.string] = RecipeFile(folder: folder, bytes: bytes)
      do throws(YAMLError) {
        return try Node.read(bytes, file: path.string)
      } catch {
        diagnostics += error.diagnostics
        return error.partialTree
      }
    } catch {
      diagnostics += RecipeError(error).diagnostics
      return nil
    }
  }

  /// - Returns: false where this kiln cannot know what the rest of the file means.
  private mutating func checkVersion(of root: Node, isExtended: Bool) -> Bool {
    guard let version = root["recipe"] else {
      // For the recipe itself the decoder says so.
      if isExtended {
        report(
          .missingKey, at: root.place, "the extended recipe lacks the key `recipe`",
          remedy: "add `recipe: \(Recipe.formatVersion)`")
      }
      return true
    }
    guard case .integer(let number)? = version.scalar?.value, number != Recipe.formatVersion else {
      return true
    }
    report(
      .unsupportedVersion, at: version.place, "the recipe is of version \(number)",
      reason: "this kiln reads version \(Recipe.formatVersion)",
      remedy: number > Recipe.formatVersion
        ? "use a newer kiln" : "write `recipe: \(Recipe.formatVersion)`")
    return false
  }

  private mutating func extended(
    _ base: Header.Base, _ removals: [Removal], _ chain: [FilePath]
  ) -> Node? {
    let path = directory.pushing(base.path)
    guard !chain.contains(path.lexicallyNormalized()) else {
      report(
        .extendsCycle, at: base.node.place, "the recipe extends itself",
        reason: (chain + [path]).map(\.string).joined(separator: " → "))
      return nil
    }
    guard chain.count < Self.longestChain else {
      report(
        .extendsCycle, at: base.node.place,
        "more than \(Self.longestChain) recipes extend each other")
      return nil
    }
    guard
      var tree = load(path, folder: base.path.removingLastComponent(), extending: chain)
    else { return nil }
    for removal in removals {
      do throws(Removal.Fault) { tree = try removal.applied(to: tree) } catch {
        report(
          .nothingToRemove, at: removal.place, error.message, reason: error.reason,
          remedy: error.remedy)
      }
    }
    return tree
  }

  private mutating func report(
    _ code: RecipeError.Code, at place: Diagnostic.Place, _ message: String,
    reason: String? = nil, remedy: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(
        code: code.rawValue, message: message, place: place, reason: reason, remedy: remedy))
  }
}

/// What a recipe says about the one that it extends.
private struct Header {
  struct Base {
    let node: Node
    /// Relative to the recipe's folder.
    let path: FilePath
  }

  private(set) var base: Base?
  private(set) var removals: [Removal] = []
  /// Whether `extends` is absent or names a file.
  private(set) var isSound = true

  init(_ root: Node, _ decoding: inout Decoding) {
    if let node = root["extends"] {
      decoding.within("extends") { decoding in
        base = Definition<FilePath>.recipePath("a recipe's file").decode(node, &decoding)
          .map { Base(node: node, path: $0) }
      }
      isSound = base != nil
    }
    guard let node = root["remove"] else { return }
    decoding.within("remove") { decoding in
      let problems = decoding.problems
      let paths = Recipe.removals.decode(node, &decoding) ?? []
      guard decoding.problems == problems else { return }
      removals = paths.enumerated().compactMap { index, path in
        decoding.places["remove[\(index)]"].map { Removal(path, at: $0) }
      }
      if root["extends"] == nil {
        decoding.report(
          .nothingToRemove, at: node.place, "`remove` without `extends` has nothing to remove")
      }
    }
  }
}
