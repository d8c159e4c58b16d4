internal import Content
internal import Diagnostics
internal import FileSystem
internal import Glibc
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
    let recipe: Recipe
    do throws(RecipeError) { recipe = try RecipeReader(set: variables).read(path) } catch {
      throw BuildError(error, in: path.string)
    }
    let findings = RecipeLint.lint(recipe)
    let errors = findings.filter { $0.severity == .error }
    guard errors.isEmpty else { throw BuildError(findings: errors, in: path.string) }
    for finding in findings where finding.severity == .warning {
      progress(.noticed(code: finding.code, message: finding.message))
    }
    return recipe
  }

  func mirrors(for recipe: Recipe) async throws(BuildError) -> Mirrors {
    try await staged(recipe.name) { () async throws(MirrorError) in
      try await Mirrors.ofHost(
        environment: settings.environment, extra: Resolver.ownSources(of: recipe),
        python: recipe.python != nil)
    }
  }

  func resolver(_ mirrors: Mirrors, _ progress: @escaping ProgressSink) -> Resolver {
    Resolver(
      store: store, mirrors: mirrors, environment: settings.environment,
      uv: settings.environment["KILN_UV"] ?? "uv", now: Int64(time(nil)), progress: progress)
  }

  func sandbox() throws(BuildError) -> Sandbox {
    let path = settings.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"
    do throws(SandboxError) {
      return Sandbox(privileges: try Privileges.detect(searchPath: path), searchPath: path)
    } catch {
      throw BuildError(error, in: "sandbox")
    }
  }

  func rootfsBuilder(
    _ lock: Lock, _ progress: @escaping ProgressSink
  ) throws(BuildError) -> RootfsBuilder {
    RootfsBuilder(
      store: store, sandbox: try sandbox(), jobs: settings.jobs,
      sourceDateEpoch: sourceDateEpoch(lock), networkEnvironment: networkEnvironment,
      progress: progress)
  }

  /// What steps with network need of the host; it is part of no key and of no image.
  private var networkEnvironment: [String: String] {
    let names = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]
    return settings.environment.filter { names.contains($0.key) }
  }

  /// `SOURCE_DATE_EPOCH` of the environment, else the newest date of what was resolved.
  func sourceDateEpoch(_ lock: Lock) -> Int64 {
    settings.environment["SOURCE_DATE_EPOCH"].flatMap { Int64($0) } ?? lock.date
  }
}
