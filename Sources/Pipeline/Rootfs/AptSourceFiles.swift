import Content
import FileSystem
import Recipes
import Sandbox
import SystemPackage

/// The image's own `/etc/apt/sources.list.d`, so that its users can install more.
///
/// The distribution's archive comes from the example that its `apt` package ships: no host name
/// stands in kiln or in a recipe, and the bytes do not depend on the building machine's mirrors.
struct AptSourceFiles {
  private let recipe: Recipe
  private let stack: LayerStack

  init(_ recipe: Recipe, _ stack: LayerStack) {
    self.recipe = recipe
    self.stack = stack
  }

  func planned() throws(RootfsError) -> [PlannedFile] {
    do throws(FileError) {
      var planned = try distribution()
      for source in recipe.sources { planned += try files(of: source) }
      return planned
    } catch {
      throw RootfsError(error)
    }
  }

  // MARK: - The distribution

  private struct Archive: Hashable {
    let uri: String
    var suites: [String]
  }

  private func distribution() throws(FileError) -> [PlannedFile] {
    let name: String
    let components: [String]
    switch recipe.base {
    case .debian(let suite): (name, components) = ("debian", suite.components)
    case .ubuntu(let suite): (name, components) = ("ubuntu", suite.components)
    case .tarball: return []
    }
    let archives = try examples(name)
    guard !archives.isEmpty else { return [] }
    let keyring = "/usr/share/keyrings/\(name)-archive-keyring.gpg"
    let stanzas = archives.map { archive in
      """
      Types: deb
      URIs: \(archive.uri)
      Suites: \(archive.suites.joined(separator: " "))
      Components: \(components.joined(separator: " "))
      Signed-By: \(keyring)

      """
    }
    return [
      file("\(name).sources", stanzas.joined(separator: "\n")),
      // One place for sources: apt warns of a target that is configured twice.
      PlannedFile("etc/apt/sources.list", .removed, Origin(.configuration)),
    ]
  }

  private func examples(_ name: String) throws(FileError) -> [Archive] {
    let folder = "usr/share/doc/apt/examples"
    if let path = try stack.file("\(folder)/\(name).sources") {
      return merged(stanzas(try Files.readText(path)))
    }
    guard let path = try stack.file("\(folder)/sources.list") else { return [] }
    return merged(lines(try Files.readText(path)))
  }

  private func stanzas(_ text: String) -> [Archive] {
    ControlFile(readByApt: text, hasComments: true).stanzas.compactMap { stanza in
      let words = { (name: String) in
        (stanza[name] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
      }
      let suites = words("Suites")
      guard let uri = words("URIs").first, !suites.isEmpty else { return nil }
      return Archive(uri: uri, suites: suites)
    }
  }

  /// `deb URI SUITE COMPONENT…`
  private func lines(_ text: String) -> [Archive] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 3, words[0] == "deb" else { return nil }
      return Archive(uri: words[1], suites: [words[2]])
    }
  }

  private func merged(_ archives: [Archive]) -> [Archive] {
    archives.reduce(into: []) { result, archive in
      guard let index = result.firstIndex(where: { $0.uri == archive.uri }) else {
        return result.append(archive)
      }
      result[index].suites += archive.suites
    }
  }

  // MARK: - The recipe's own

  private func files(of source: Recipe.AptSource) throws(FileError) -> [PlannedFile] {
    let head = """
      Types: deb
      URIs: \(source.uri)
      Suites: \(source.suite)
      Components: \(source.components.joined(separator: " "))
      """
    switch source.key {
    case .inline(let key):
      let lines = key.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.allSatisfy(\.isWhitespace) ? " ." : " \($0)"
      }
      let text = ([head, "Signed-By:"] + lines).joined(separator: "\n")
      return [file("\(source.name).sources", "\(text)\n")]
    case .file(let path):
      let content = try Files.read(recipe.directory.pushing(path))
      // apt tells the two forms of a key apart by the name's ending.
      let armoured = content.starts(with: "-----BEGIN".utf8)
      let key = "etc/apt/keyrings/\(source.name).\(armoured ? "asc" : "gpg")"
      return [
        PlannedFile(key, .content(content), Origin(.configuration)),
        file("\(source.name).sources", "\(head)\nSigned-By: /\(key)\n"),
      ]
    }
  }

  private func file(_ name: String, _ text: String) -> PlannedFile {
    PlannedFile(
      "etc/apt/sources.list.d/\(name)", .content(Array(text.utf8)), Origin(.configuration))
  }
}
