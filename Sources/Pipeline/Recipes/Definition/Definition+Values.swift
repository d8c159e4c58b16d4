import Diagnostics
import FileSystem
import SystemPackage
import YAML

// The values that recipes are made of beyond YAML's own.

extension Definition<FilePath> {
  enum Target: Sendable {
    case file, folder, either

    func admits(_ kind: FileStatus.Kind) -> Bool {
      switch self {
      case .file: kind == .file
      case .folder: kind == .directory
      case .either: kind == .file || kind == .directory
      }
    }
  }

  /// A path below the folder of the file that names it, where something of the right kind stands;
  /// its value is relative to the recipe's folder and has no symbolic link in it.
  static func recipePath(
    _ expected: String, _ target: Target = .file, named pattern: String = Shape.Text.line
  ) -> Self {
    located(expected, target, named: pattern) { _, found in found }
  }
}

extension Definition<Recipe.Input> {
  static func recipeInput(_ expected: String) -> Self {
    located(expected, .either, named: Shape.Text.line) { written, found in
      Recipe.Input(found, name: written.lexicallyNormalized())
    }
  }
}

extension Definition {
  /// - Parameter value: of the path as it is written, and as it is found, both relative to the
  ///   recipe's folder.
  fileprivate static func located(
    _ expected: String, _ target: Definition<FilePath>.Target, named pattern: String,
    _ value: @escaping @Sendable (_ written: FilePath, _ found: FilePath) -> Value
  ) -> Self {
    let below = #"(?!/)(?!(?:.*/)?\.\.(?:/|$))"#
    let shape = Shape.Text(
      expected: expected, pattern: below + pattern,
      slips: ["https?://.*": "download it into the recipe's folder, and name that file"])
    return Definition(shape: .text(shape)) { node, decoding in
      let anywhere = Shape.Text(expected: expected, pattern: Shape.Text.line)
      guard let text = decoding.text(node, anywhere) else { return nil }
      if decoding.slip(in: text, shape) != nil {
        decoding.reportMismatch(text, node, shape)
        return nil
      }
      guard let found = decoding.find(text, node) else { return nil }
      guard decoding.matches(text, shape) else {
        _ = decoding.matching(text, node, shape)
        return nil
      }
      if target.admits(found.status.kind) {
        let folder = decoding.folder(of: node)
        return value(folder.pushing(FilePath(text)), folder.pushing(found.path))
      }
      decoding.report(
        .wrongFileKind, at: node.place,
        "\(decoding.subject) must be \(expected), but `\(text)` is "
          + (found.status.kind == .directory ? "a folder" : "not a regular file"))
      return nil
    }
  }
}

extension Decoding {
  /// The folder of the file in which a node stands, relative to the recipe's folder.
  func folder(of node: Node) -> FilePath { files[node.place.file]?.folder ?? "" }

  mutating func find(_ text: String, _ node: Node) -> FolderPath? {
    do throws(FolderPath.Fault) {
      return try FolderPath(text, in: directory.pushing(folder(of: node)))
    } catch {
      report(
        error.code, at: node.place, "\(subject): \(error.message)", reason: error.reason,
        remedy: error.remedy)
      return nil
    }
  }
}

extension Definition<String> {
  /// An absolute path in the image, in its shortest form.
  static func imagePath(_ expected: String) -> Self {
    text(
      "\(expected), an absolute path without `.`, `..` and `//`",
      pattern: #"(?:/(?!\.\.?(?:/|$))[^/\u0000-\u001F\u007F]+)+"#)
  }

  /// A URL that carries no password, since recipes are published.
  static func url(_ expected: String) -> Self {
    text(
      "\(expected), http or https and without a user name",
      pattern: #"https?://[A-Za-z0-9.:\[\]-]+(?:/[!-~]*)?"#)
  }

  static var digest: Self {
    text("a SHA-256 digest, 64 hexadecimal digits", pattern: "[0-9A-Fa-f]{64}")
      .map { $0.lowercased() }
  }

  static var userName: Self { accountName("a user's name") }

  static var groupName: Self { accountName("a group's name") }

  private static func accountName(_ what: String) -> Self {
    text("\(what): lower-case letters, digits, `_`, `-`", pattern: "[a-z_][a-z0-9_-]{0,31}")
  }

  static func owner(_ expected: String) -> Self {
    spelling("\(expected), or its number", pattern: "(?:[a-z_][a-z0-9_-]{0,31}|[0-9]{1,9})")
  }
}

extension Definition<[String: String]> {
  static var environment: Self {
    map(
      keys: .init(expected: "a variable's name", pattern: "[A-Za-z_][A-Za-z0-9_]*"),
      .spelling("one line of text", pattern: #"[^\u0000-\u001F\u007F]*"#))
  }
}

extension Definition<UInt16> {
  static var mode: Self {
    Definition<String>.text(
      "a file mode in octal and in quotes, such as \"0644\"", pattern: "0?[0-7]{3,4}"
    ).map { UInt16($0, radix: 8) ?? 0 }
  }
}

extension Definition<Int> {
  /// Seconds.
  static var duration: Self {
    Definition<String>.text(
      "a duration such as `90s`, `5m` or `1h`, at most a day", pattern: "[1-9][0-9]{0,4}[smh]"
    ).then { text, node, decoding in
      let unit = ["s": 1, "m": 60, "h": 3600][text.suffix(1)] ?? 1
      guard let count = Int(text.dropLast()), count * unit <= 86_400 else {
        decoding.report(
          .badValue, at: node.place, "\(decoding.subject) must be at most a day, not `\(text)`")
        return nil
      }
      return count * unit
    }
  }
}

extension Definition<Recipe.ForeignFile> {
  private struct Draft: Sendable {
    var location: Recipe.ForeignFile.Location?
    var sha256: String?
  }

  /// A file by `path` or by `url`.
  static func foreignFile(_ what: String, path: Definition<FilePath>) -> Self {
    Definition<Draft>.object(
      Draft(), example: "{path: …}", exactlyOne: [["path", "url"]], requires: ["url": "sha256"],
      [
        Key("path", "\(what) in the recipe's folder.", path) { $0.location = .path($1) },
        Key("url", "\(what) elsewhere; needs `sha256`.", .url("a file's URL")) {
          $0.location = .url($1)
        },
        Key("sha256", "The file's digest: checked before anything is read from it.", .digest) {
          $0.sha256 = $1
        },
      ]
    ).then { draft, _, _ in
      draft.location.map { Recipe.ForeignFile(location: $0, sha256: draft.sha256) }
    }
  }
}
