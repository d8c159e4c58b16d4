internal import Commands
internal import FileSystem
internal import SystemPackage

/// The package indexes that pip or uv would use on this machine.
struct PythonIndexes {
  let environment: [String: String]
  let root: FilePath

  /// - Returns: the main one, and those that have more projects. Where nothing names a main one the
  ///   first of the others stands for it.
  func find() async throws(CommandError) -> (main: [String], extra: [String]) {
    let files = configurationFiles.compactMap { try? Files.readText($0) }.map(Self.settings)
    let configured = { (key: String) in files.last { $0[key] != nil }?[key] }
    var main = variable("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
    main = main ?? configured("index-url").map(words)
    if main == nil { main = try await builtIn().map { [$0] } }
    let extra = variable("PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL")
    let others = extra ?? configured("extra-index-url").map(words) ?? []
    guard let main, !main.isEmpty else {
      return (Array(others.prefix(1)), Array(others.dropFirst()))
    }
    return (main, others)
  }

  private func words(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map { word in
      // uv writes `name=URL`.
      guard let equals = word.firstIndex(of: "="), !word[..<equals].contains(":") else {
        return String(word)
      }
      return String(word[word.index(after: equals)...])
    }
  }

  private func variable(_ names: String...) -> [String]? {
    names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }.map(words)
  }

  /// In the order in which pip reads them: a later one wins.
  private var configurationFiles: [FilePath] {
    let named = environment["PIP_CONFIG_FILE"]
    if named == "/dev/null" { return [] }
    var files = [root.appending("etc/xdg/pip/pip.conf"), root.appending("etc/pip.conf")]
    if let home = environment["HOME"], !home.isEmpty {
      files.append(FilePath(home).appending(".pip/pip.conf"))
      let folder = environment["XDG_CONFIG_HOME"].map { FilePath($0) }
      files.append((folder ?? FilePath(home).appending(".config")).appending("pip/pip.conf"))
    }
    if let venv = environment["VIRTUAL_ENV"] { files.append(FilePath(venv).appending("pip.conf")) }
    if let named { files.append(FilePath(named)) }
    return files
  }

  /// pip's keys of the sections `global` and `download`, which wins.
  static func settings(_ text: String) -> [String: String] {
    var sections: [String: [String: String]] = [:]
    var section = ""
    var key: String?
    for line in text.split(whereSeparator: \.isNewline) {
      if line.first == "#" || line.first == ";" { continue }
      if line.first == "[" {
        section = line.dropFirst().prefix { $0 != "]" }.lowercased()
        key = nil
      } else if line.first?.isWhitespace == true {
        if let key { sections[section, default: [:]][key, default: ""] += " " + line }
      } else if let end = line.firstIndex(where: { $0 == "=" || $0 == ":" }) {
        let name = line[..<end].filter { !$0.isWhitespace }.lowercased()
          .map { $0 == "_" ? "-" : $0 }
        key = String(name)
        sections[section, default: [:]][String(name)] =
          String(line[line.index(after: end)...].drop(while: \.isWhitespace))
      }
    }
    return (sections["global"] ?? [:]).merging(sections["download"] ?? [:]) { $1 }
  }

  /// The index that the installed pip was made with, from its own help, so that kiln names none.
  private func builtIn() async throws(CommandError) -> String? {
    var environment = environment
    environment["COLUMNS"] = "1000"
    do throws(CommandError) {
      let help = try await Command(
        "python3", ["-m", "pip", "help", "download"], environment: environment
      ).run()
      return Self.defaultIndex(help: help.output)
    } catch {
      if error.code == .interrupted { throw error }
      return nil
    }
  }

  /// The URL in `--index-url <url>  Base URL … (default https://…)`.
  static func defaultIndex(help: String) -> String? {
    guard let option = help.firstRange(of: "--index-url") else { return nil }
    let text = help[option.upperBound...]
    guard let start = text.firstRange(of: "(default ") else { return nil }
    let url = text[start.upperBound...].drop(while: \.isWhitespace)
      .prefix { $0 != ")" && !$0.isWhitespace }
    return url.firstRange(of: "://") == nil ? nil : String(url)
  }
}
