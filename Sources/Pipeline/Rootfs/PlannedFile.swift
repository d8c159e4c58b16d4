import Content
import Diagnostics
import Digests
import FileSystem
import Recipes
import Sandbox
import SystemPackage
import WSL

/// One entry that kiln puts into a layer itself.
struct PlannedFile {
  enum Content {
    case content([UInt8])
    /// A file of the host.
    case copy(FilePath)
    case link(String)
    case folder
    case removed
  }

  /// Relative, inside the image.
  var path: String
  let content: Content
  var origin: Origin
  var mode: UInt16 = 0o644
  /// Names or numbers.
  var owner = "root"
  var group = "root"
  var place: Diagnostic.Place?

  init(_ path: String, _ content: Content, _ origin: Origin) {
    self.path = path
    self.content = content
    self.origin = origin
  }

  init(_ file: GeneratedFile, _ recipe: Recipe) {
    let content: Content =
      switch file.content {
      case .file(let bytes): .content(bytes)
      case .symlink(let target): .link(target)
      case .directory: .folder
      case .recipeFile(let path): .copy(recipe.directory.pushing(path))
      case .removed: .removed
      }
    self.init(file.path, content, Origin(.wsl))
    mode = file.mode
  }

  /// What an entry of the recipe's `files` stands for: itself, or everything below a folder.
  ///
  /// - Parameter taken: what the entry takes out of an archive, if it does.
  static func planned(
    _ entry: Recipe.FileEntry, _ recipe: Recipe, taken: TakenMember?, place: Diagnostic.Place?
  ) throws(RootfsError) -> [PlannedFile] {
    let target = entry.to.pathComponents.joined(separator: "/")
    let make = { (path: String, content: Content, mode: UInt16) in
      var file = PlannedFile(path, content, Origin(.file, name: "/" + target))
      file.mode = mode
      file.owner = entry.owner
      file.group = entry.group
      file.place = place
      return file
    }
    switch entry.source {
    case .content(let text): return [make(target, .content(Array(text.utf8)), entry.mode ?? 0o644)]
    case .symlink(let link): return [make(target, .link(link), 0o777)]
    case .member:
      // Of a build each is there; planning leaves out what a build would take out first.
      guard let taken else { throw RootfsError(.notMade, "files") }
      var file = make(target, .copy(taken.file), entry.mode ?? taken.mode)
      file.origin = taken.origin
      return [file]
    case .path(let path):
      let source = recipe.directory.pushing(path)
      do throws(FileError) {
        guard let status = try Files.status(source) else {
          throw FileError("read", source, errno: .noSuchFileOrDirectory)
        }
        guard status.kind == .directory else {
          return [make(target, .copy(source), entry.mode ?? mode(of: status))]
        }
        var files = [make(target, .folder, 0o755)]
        try Files.walk(source) { (name, status) throws(FileError) in
          let path = "\(target)/\(name)"
          switch status.kind {
          case .directory: files.append(make(path, .folder, 0o755))
          case .symlink:
            files.append(make(path, .link(try Files.readSymlink(source.appending(name))), 0o777))
          default:
            files.append(make(path, .copy(source.appending(name)), entry.mode ?? mode(of: status)))
          }
          return true
        }
        return files
      } catch { throw RootfsError(error) }
    }
  }

  /// Checkouts differ in the other bits.
  private static func mode(of status: FileStatus) -> UInt16 {
    status.permissions & 0o111 == 0 ? 0o644 : 0o755
  }

  /// All that the files say, for a layer's key.
  static func keys(_ files: [PlannedFile], _ recipe: Recipe) throws(RootfsError) -> [LayerInput] {
    try files.map { (file) throws(RootfsError) in
      let content: String
      switch file.content {
      case .content(let bytes): content = "file " + SHA256Digest(of: bytes).hex
      case .link(let target): content = "link " + target
      case .folder: content = "folder"
      case .removed: content = "removed"
      case .copy(let path):
        do throws(FileError) {
          content = try InputLines.of(path, name: "").joined(separator: "\n")
        } catch { throw RootfsError(error) }
      }
      let shown = "\(String(file.mode, radix: 8)) \(file.owner):\(file.group) \(content)"
      return LayerInput(
        "/\(file.path)",
        "\(file.path)\t\(file.mode)\t\(file.owner):\(file.group)\t\(content)"
          + file.numbers(recipe),
        text: shown)
    }
  }

  /// The numbers that the recipe itself gives the owners; those of others are in the layers below.
  private func numbers(_ recipe: Recipe) -> String {
    [owner, group].compactMap { name in
      recipe.users.first { $0.name == name }.map { "\t\(name) is \($0.uid)" }
    }.joined()
  }

  /// Writes the files in order.
  ///
  /// - Returns: the origin of each path.
  static func put(
    _ files: [PlannedFile], _ recipe: Recipe, in place: Workplace
  ) throws(RootfsError) -> PathTable<Origin> {
    var owners: PathTable<Origin> = [:]
    var editor = LayerEditor(place)
    let accounts: Accounts
    do throws(FileError) { accounts = try Accounts(place.stack) } catch { throw RootfsError(error) }
    for file in files {
      let attributes = try file.attributes(accounts, recipe)
      let before = editor.written.count
      do throws(FileError) { try file.put(attributes, &editor) } catch {
        throw RootfsError(
          .blockedPath, "/" + file.path, detail: error.diagnostics.first?.reason,
          cause: .file(error), place: file.place)
      }
      for path in editor.written[before...] {
        if let emptied = EmptiedFolders.holding(path) {
          throw RootfsError(
            .blockedPath, "/" + file.path,
            detail: "it leads to /\(path), and images have /\(emptied) empty", place: file.place)
        }
        owners[path] = file.origin
      }
    }
    return owners
  }

  private func attributes(
    _ accounts: Accounts, _ recipe: Recipe
  ) throws(RootfsError) -> LayerEditor.Attributes {
    // The default user is made later, in one flavour only, but its number is known.
    let known = recipe.users.first { $0.name == owner }?.uid
    let knownGroup = recipe.users.first { $0.name == group }?.uid
    guard let uid = accounts.uid(owner) ?? known ?? (owner == "root" ? 0 : nil) else {
      throw RootfsError(.unknownUser, owner, place: place)
    }
    guard let gid = accounts.gid(group) ?? knownGroup ?? (group == "root" ? 0 : nil) else {
      throw RootfsError(.unknownUser, group, place: place)
    }
    return .init(mode: mode, owner: uid, group: gid)
  }

  private func put(
    _ attributes: LayerEditor.Attributes, _ editor: inout LayerEditor
  ) throws(FileError) {
    switch content {
    case .content(let bytes): try editor.write(bytes, at: path, attributes)
    case .copy(let source): try editor.copy(source, to: path, attributes)
    case .link(let target): try editor.link(path, to: target, attributes)
    case .folder: try editor.makeFolder(path, attributes)
    case .removed: try editor.remove(path)
    }
  }
}
