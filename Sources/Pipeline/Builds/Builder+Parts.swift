internal import Content
internal import Diagnostics
internal import FileSystem
internal import Locks
internal import Mirrors
internal import Recipes
internal import Resolution
internal import Rootfs
internal import Sandbox
internal import SystemPackage
internal import Verification

extension Builder {
  /// Runs a stage; its failure becomes a ``BuildError`` that names `subject`.
  func staged<Value, Cause: Failure>(
    _ subject: String, _ body: () async throws(Cause) -> Value
  ) async throws(BuildError) -> Value {
    do throws(Cause) { return try await body() } catch { throw BuildError(error, in: subject) }
  }

  /// Reads a recipe and applies the rules that need no download; warnings become notices.
  func read(
    _ path: FilePath, variables: [String: String], progress: ProgressSink
  ) throws(BuildError) -> Recipe {
    let recipe = try Self.recipe(path, variables: variables)
    let findings = Self.findings(in: recipe, path)
    let errors = findings.filter { $0.severity == .error }
    guard errors.isEmpty else { throw BuildError(findings: errors, in: path.string) }
    for finding in findings where finding.severity == .warning {
      progress(.noticed(code: finding.code, message: finding.message))
    }
    if let notice = EndOfLife.notice(of: recipe, now: settings.now) { progress(notice) }
    return recipe
  }

  /// What the rules find; what is missing from a recipe has no line, and so the recipe's name.
  static func findings(in recipe: Recipe, _ path: FilePath) -> [Diagnostic] {
    RecipeLint.lint(recipe).map { finding in
      Diagnostic(
        severity: finding.severity, code: finding.code, message: finding.message,
        place: finding.place ?? .init(file: path.string), reason: finding.reason,
        remedy: finding.remedy)
    }
  }

  static func recipe(
    _ path: FilePath, variables: [String: String]
  ) throws(BuildError) -> Recipe {
    // A link is for the reader to follow.
    let kind = try? Files.status(path)?.kind
    guard let kind, kind != .directory else { throw noRecipe(path, isFolder: kind != nil) }
    guard kind == .file || isLinkToFile(path, kind) else { throw noFile(path) }
    do throws(RecipeError) { return try RecipeReader(set: variables).read(path) } catch {
      throw BuildError(error, in: path.string)
    }
  }

  private static func isLinkToFile(_ path: FilePath, _ kind: FileStatus.Kind) -> Bool {
    // What a broken link leads to is for the reader to miss.
    kind == .symlink && !path.starts(with: "/dev")
      && ((try? Files.targetStatus(path)?.kind) ?? .file) == .file
  }

  /// A pipe can be read once, and has no folder for its lock and its files.
  private static func noFile(_ path: FilePath) -> BuildError {
    BuildError(
      .noRecipe, path.string, "a recipe is a file, not a stream",
      reason: "its lock stands beside it, and the files that it names are of its folder",
      remedy: "write the recipe into a file, and name that")
  }

  private static func noRecipe(_ path: FilePath, isFolder: Bool) -> BuildError {
    if path.lastComponent?.string == "-" { return noFile(path) }
    let folder = isFolder ? path : path.removingLastComponent()
    let recipes = ((try? Files.entries(folder)) ?? []).filter {
      $0.hasSuffix(".yaml") || $0.hasSuffix(".yml")
    }.sorted()
    let meant = isFolder ? nil : nearest(to: path.stem ?? "", among: recipes.map(Self.stem))
    let near = recipes.first { Self.stem($0) == meant }
    let shown = recipes.prefix(8) + (recipes.count > 8 ? ["and \(recipes.count - 8) more"] : [])
    return BuildError(
      .noRecipe, path.string,
      isFolder ? "this is a folder, not a recipe file" : "there is no such recipe",
      reason: shown.isEmpty ? nil : "\(folder) has: " + shown.joined(separator: ", "),
      remedy: near.map { "did you mean \(folder.appending($0))?" }
        ?? "name the recipe's file, relative to the working folder or absolute")
  }

  private static func stem(_ name: String) -> String { FilePath(name).stem ?? name }

  func mirrors(for recipe: Recipe) async throws(BuildError) -> Mirrors {
    try await staged(recipe.name) { () async throws(MirrorError) in
      try await Mirrors.ofHost(
        environment: settings.environment, extra: Resolver.ownSources(of: recipe),
        python: recipe.python != nil || !recipe.archiveRequirements.isEmpty)
    }
  }

  func resolver(_ mirrors: Mirrors, _ progress: @escaping ProgressSink) -> Resolver {
    Resolver(
      store: store, mirrors: mirrors, environment: settings.environment,
      uv: settings.environment["KILN_UV"] ?? "uv", now: settings.now, progress: progress)
  }

  func sandbox() throws(BuildError) -> Sandbox {
    let path = settings.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"
    do throws(SandboxError) {
      return Sandbox(privileges: try Privileges.detect(searchPath: path), searchPath: path)
    } catch {
      throw BuildError(error, in: "sandbox")
    }
  }

  /// The program that the images of a recipe carry.
  func smokeTest(_ recipe: Recipe) throws(BuildError) -> FilePath? {
    guard let folder = settings.smokeTests else { return nil }
    let program = folder.appending("gpu-smoke-test-\(recipe.architecture.rawValue)")
    guard Files.exists(program) else {
      throw BuildError(
        .smokeTestMissing, program.string,
        "gpu-smoke-test for \(recipe.architecture.rawValue) is not there",
        remedy:
          "run `\(Self.makeSmokeTest(recipe))` where kiln is built, or name the program's folder "
          + "with KILN_SMOKE_TESTS")
    }
    return program
  }

  /// Builds the program and puts it beside kiln, for all architectures that have one there.
  private static func makeSmokeTest(_ recipe: Recipe) -> String {
    recipe.architecture == .amd64
      ? "make build" : "make build ARCHITECTURES=\"amd64 \(recipe.architecture.rawValue)\""
  }

  func rootfsBuilder(
    _ recipe: Recipe, _ lock: Lock,
    settled: @escaping @Sendable (SettledLayers) -> Void = { _ in },
    _ progress: @escaping ProgressSink
  ) throws(BuildError) -> RootfsBuilder {
    RootfsBuilder(
      store: store, sandbox: try sandbox(), jobs: settings.jobs,
      sourceDateEpoch: sourceDateEpoch(lock), networkEnvironment: networkEnvironment,
      smokeTest: try smokeTest(recipe), tool: tool, settled: settled, progress: progress)
  }

  /// What steps with network need of the host; it is part of no key and of no image.
  private var networkEnvironment: [String: String] {
    let names = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]
    return settings.environment.filter { names.contains($0.key) }
  }

  /// The environment's `SOURCE_DATE_EPOCH`; nil where it is not set, or empty.
  static func statedDate(_ environment: [String: String]) -> String? {
    environment["SOURCE_DATE_EPOCH"].flatMap { $0.isEmpty ? nil : $0 }
  }

  static func epoch(_ text: String) -> Int64? {
    Int64(text).flatMap { DateLimit.range.contains($0) ? $0 : nil }
  }

  /// `SOURCE_DATE_EPOCH` of the environment, else the newest date of what was resolved.
  func sourceDateEpoch(_ lock: Lock) -> Int64 {
    Self.statedDate(settings.environment).flatMap(Self.epoch) ?? lock.date
  }
}
