internal import Commands
internal import Content
internal import FileSystem
internal import Mirrors
internal import SystemPackage

/// `uv pip compile` for one target, index and folder.
struct UvTool: Sendable {
  let executable: String
  let cache: FilePath
  /// Holds `requirements.in`; its name is what uv's messages say.
  let folder: FilePath
  let target: PythonTarget
  let index: String
  /// The lock's name of the index.
  let source: String
  /// uv looks into these first, and takes a project from the first index that has it: so nobody can
  /// put one of the same name before a private one.
  let extraIndexes: [String]
  let environment: [String: String]
  /// What of a recipe is compiled, as messages name it.
  let subject: String
  /// More of uv's options, for every compilation alike.
  let options: [String]

  /// Compiles `requirements.in`.
  ///
  /// - Returns: what uv wrote to standard output.
  @discardableResult
  func compile(_ arguments: [String]) async throws(ResolutionError) -> String {
    var command = Command(
      executable,
      [
        "pip", "compile", "--quiet", "--no-config", "--no-python-downloads", "--no-progress",
        "--color", "never", "--no-header", "--only-binary", ":all:", "--cache-dir", cache.string,
        "--python-version", target.fullVersion, "--python-platform", target.platform,
      ] + options + arguments + ["requirements.in"],
      // Not as an argument: those every user of the machine can read, and a password may be in it.
      environment: environment.merging(
        ["UV_DEFAULT_INDEX": index, "UV_INDEX": extraIndexes.joined(separator: " ")]
          .filter { !$0.value.isEmpty }
      ) { $1 },
      workingDirectory: folder)
    // uv's failures are told apart here, by its own words.
    command.accepted = [0, 1, 2]
    let result: CommandResult
    do throws(CommandError) { result = try await command.run() } catch {
      guard error.code == .notInstalled else { throw ResolutionError(error, "uv") }
      throw ResolutionError(
        .uvMissing, "uv",
        remedy: "put it into the PATH, or name it with KILN_UV: `make setup` puts it into "
          + ".tools/python/bin of kiln's folder, `pip install uv` into Python's")
    }
    guard result.status == 0 else {
      throw UvMessages(result.errors).failure(target, subject, source)
    }
    return result.output
  }

  /// Project → the projects that need it; the recipe itself is left out.
  func requirers(of lock: Pylock) async throws(ResolutionError) -> [String: [String]] {
    let constraints = folder.appending("chosen.txt")
    try resolving("a folder for uv") { () throws(FileError) in
      // What a requirement names by its address needs no more.
      let lines = lock.projects.compactMap { project -> String? in
        guard case .index = project.wheel.location else { return nil }
        return "\(project.name)==\(project.version)\n"
      }
      try Files.write(lines.joined(), to: constraints)
    }
    // The same resolution once more, from uv's cache, in the format that says who wants what. Of its
    // own it would take what the cache has newest.
    let text = try await compile([
      "--format", "requirements.txt", "--annotation-style", "line", "--offline", "--constraints",
      constraints.string,
    ])
    var requirers: [String: [String]] = [:]
    for line in text.split(separator: "\n") {
      // numpy==2.5.5              # via -r requirements.in, pandas
      guard let note = line.firstRange(of: "# via ") else { continue }
      let name = line.prefix { !"=@ [".contains($0) }
      requirers[ProjectName.normalized(name)] = line[note.upperBound...].split(separator: ",")
        .map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("-r ") && !$0.hasPrefix("-c ") }
        .map { ProjectName.normalized($0) }
    }
    let strangers = Set(requirers.keys).union(requirers.values.joined())
      .subtracting(lock.projects.map(\.name))
    guard strangers.isEmpty else {
      throw ResolutionError(
        .badOutput, "the requirements",
        reason: "it chose \(strangers.sorted().joined(separator: ", ")) the second time only",
        remedy: "use the version of uv that `make setup` installs")
    }
    return requirers
  }
}

/// uv's words about a failure; like apt it has one status for many.
struct UvMessages: Sendable {
  private let text: String

  init(_ errors: String) {
    text = errors.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("error: ") ? $0.dropFirst(7) : $0 }.joined(separator: "\n")
  }

  private func says(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }

  func failure(
    _ target: PythonTarget, _ subject: String, _ source: String
  ) -> ResolutionError {
    if says("no usable wheels", "no wheels with a matching", "Wheels are required for") {
      return ResolutionError(
        .noWheel, project ?? "a project", reason: text,
        remedy: "kiln installs wheels only: choose a version that has one for Python "
          + "\(target.version), or build one and name it in `python.wheels`")
    }
    // To uv an index that does not let it in is one that has no such project.
    if says("valid authentication credentials", "401 Unauthorized", "403 Forbidden") {
      return ResolutionError(
        .indexDenied, "", reason: text,
        remedy: "put the credentials into ~/.netrc, or into the URL that "
          + "\(Mirrors.variable(source)) gives for the index")
    }
    if says("Unsupported `Content-Type`", "Received some unexpected HTML") {
      return ResolutionError(
        .indexUnreachable, "", reason: text,
        remedy: "something else answers in its place, as login pages of networks and proxies do: "
          + "open the index's address in a browser, and check the proxy variables")
    }
    if says("No solution found") {
      return ResolutionError(
        .pythonUnsatisfiable, "", reason: text,
        remedy: "change \(subject), or the suite for another Python than "
          + "\(target.version)")
    }
    if says("Couldn't parse requirement", "Failed to parse") {
      return ResolutionError(
        .badRequirement, "in \(subject)", reason: text,
        remedy: "write it as pip does: `numpy>=2,<3`")
    }
    if says("Failed to fetch", "error sending request", "Network connectivity is disabled") {
      return ResolutionError(
        .indexUnreachable, "", reason: text,
        remedy: "check the network, the proxy variables and \(Mirrors.variable(source))")
    }
    return ResolutionError(.cause, "uv failed", reason: text)
  }

  /// "all versions of pyspark have no usable wheels" → `pyspark`
  private var project: String? {
    for start in ["Wheels are required for `", "all versions of "] {
      guard let range = text.firstRange(of: start) else { continue }
      let name = text[range.upperBound...].prefix { !"` \n,".contains($0) }
      if !name.isEmpty { return String(name) }
    }
    return text.firstRange(of: "Because ").map {
      String(text[$0.upperBound...].prefix { !"=<>! \n".contains($0) })
    }
  }
}
