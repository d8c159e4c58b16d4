import Diagnostics
import Digests
import FileSystem
import SystemPackage

/// One of the files that make a recipe.
struct RecipeFile: Sendable {
  /// Its folder, relative to the folder of the recipe that is read; empty where it is the same.
  let folder: FilePath
  let digest: SHA256Digest
  private let lines: [Substring]

  init(folder: FilePath, bytes: [UInt8]) {
    self.folder = folder
    digest = SHA256Digest(of: bytes)
    lines = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
  }

  /// The place of `text`, which a value that begins at `start` holds; `start` where it is written
  /// in another way there.
  func place(of text: String, from start: Diagnostic.Place) -> Diagnostic.Place {
    guard let first = start.line, let column = start.column else { return start }
    for line in first..<max(first, lines.count + 1) {
      let skipped = line == first ? column - 1 : 0
      let scalars = Substring(lines[line - 1]).unicodeScalars.dropFirst(skipped)
      guard let found = Substring(scalars).firstRange(of: text) else { continue }
      let before = scalars[..<found.lowerBound].count
      return .init(
        file: start.file, line: line, column: skipped + before + 1,
        excerpt: String(lines[line - 1]))
    }
    return start
  }
}

/// A path of a recipe as found in its folder.
struct FolderPath {
  struct Fault: Error {
    let code: RecipeError.Code
    let message: String
    var reason: String?
    var remedy: String?
  }

  /// Without any symbolic link in it, relative to the folder.
  let path: FilePath
  let status: FileStatus

  /// As many links in a path as the kernel follows.
  private static let mostLinks = 40

  /// Finds `text` below `folder`, following symbolic links as long as they stay below it.
  init(_ text: String, in folder: FilePath) throws(Fault) {
    guard !text.isAbsolutePath, !text.pathComponents.contains("..") else {
      throw Fault(
        code: .leavesFolder, message: "the path `\(text)` leaves the recipe's folder",
        remedy: "put the file beside the recipe and name it from there, without `..`")
    }
    var pending = Array(text.pathComponents.reversed())
    var resolved: [String] = []
    var links = 0
    var found = try Self.status(folder, text)
    while let component = pending.popLast() {
      if component == "." { continue }
      if component == ".." {
        guard resolved.popLast() != nil else { throw Self.leaves(text) }
        continue
      }
      let parent = resolved.reduce(folder) { $0.appending($1) }
      guard let status = try Self.status(parent.appending(component), text) else {
        throw Self.missing(text, component, in: parent)
      }
      guard status.kind == .symlink else {
        resolved.append(component)
        found = status
        continue
      }
      links += 1
      let target = try Self.target(of: parent.appending(component), text)
      guard links <= Self.mostLinks, !target.isAbsolutePath else { throw Self.leaves(text) }
      pending += target.pathComponents.reversed()
    }
    if resolved.isEmpty || found == nil { found = try Self.status(folder, text) }
    guard let found else { throw Self.missing(text, text, in: folder) }
    path = resolved.isEmpty ? "." : resolved.reduce(FilePath()) { $0.appending($1) }
    status = found
  }

  private static func leaves(_ text: String) -> Fault {
    Fault(
      code: .leavesFolder,
      message: "the path `\(text)` leaves the recipe's folder through a symbolic link",
      remedy: "copy what the link points to beside the recipe")
  }

  private static func missing(_ text: String, _ component: String, in parent: FilePath) -> Fault {
    let names = (try? Files.entries(parent)) ?? []
    return Fault(
      code: .missingFile, message: "there is no `\(text)`",
      reason: "looked for `\(component)` in \(parent)",
      remedy: nearest(to: component, among: names).map { "did you mean `\($0)`?" })
  }

  private static func status(_ path: FilePath, _ text: String) throws(Fault) -> FileStatus? {
    do throws(FileError) { return try Files.status(path) } catch { throw unreadable(error, text) }
  }

  private static func target(of path: FilePath, _ text: String) throws(Fault) -> String {
    do throws(FileError) { return try Files.readSymlink(path) } catch {
      throw unreadable(error, text)
    }
  }

  private static func unreadable(_ error: FileError, _ text: String) -> Fault {
    Fault(
      code: .unreadable, message: "cannot look at `\(text)`",
      reason: error.diagnostics.first?.reason, remedy: error.diagnostics.first?.remedy)
  }
}
