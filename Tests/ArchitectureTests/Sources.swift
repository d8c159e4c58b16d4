import FileSystem
import Synchronization
import SystemPackage

/// The package's own files, found from where this test was compiled.
struct SourceFile {
  /// Relative to the package, like `Sources/Pipeline/Store/Store.swift`.
  let path: String
  let text: String

  static let package: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path
  }()

  /// What was read, by folder and endings: many tests read all of the sources.
  private static let known = Mutex<[[String]: [SourceFile]]>([:])

  /// Every file below `folder` whose name ends in one of `endings`.
  static func all(below folder: String, endings: [String]) throws -> [SourceFile] {
    try known.withLock { known in
      let key = [folder] + endings
      if let files = known[key] { return files }
      let files = try read(folder, endings)
      known[key] = files
      return files
    }
  }

  private static func read(_ folder: String, _ endings: [String]) throws -> [SourceFile] {
    var files: [SourceFile] = []
    try Files.walk(package.appending(folder)) { (path, status) throws(FileError) in
      if status.kind == .file, endings.contains(where: path.hasSuffix) {
        let full = "\(folder)/\(path)"
        files.append(SourceFile(path: full, text: try Files.readText(package.appending(full))))
      }
      return true
    }
    return files
  }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The target's name: the folder two below `Sources`, one below `Tests`.
  var target: String {
    let parts = path.split(separator: "/")
    return String(parts[parts[0] == "Sources" ? 2 : 1])
  }

  /// The modules that it imports.
  var imports: Set<String> {
    Set(
      lines.compactMap { line in
        let words = line.split(separator: " ").filter {
          !["public", "internal", "package", "private", "@preconcurrency", "@testable"].contains($0)
        }
        // Swift stands at the line's beginning, other languages in indented literals.
        guard !line.hasPrefix(" "), words.count >= 2, words[0] == "import" else { return nil }
        let name = words[1] == "struct" || words[1] == "func" ? words[2] : words[1]
        return name.split(separator: ".").first.map(String.init)
      })
  }
}
