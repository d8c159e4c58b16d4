internal import Commands
internal import Content
internal import Recipes
internal import Rootfs
internal import Sandbox
public import SystemPackage

extension Builder {
  /// Builds a recipe's root and runs a program in it, on kiln's own standard streams and with network;
  /// what it changes is thrown away.
  ///
  /// - Parameters:
  ///   - step: the one before which the root is taken; nil is the finished one.
  ///   - arguments: the program; empty is a login shell.
  ///   - onTerminal: whether kiln's standard input and output are a terminal.
  /// - Returns: the program's exit status.
  public func shell(
    recipe: FilePath, variables: [String: String], before step: String? = nil,
    arguments: [String], onTerminal: Bool
  ) async throws(BuildError) -> Int32 {
    var prepared = try await prepare(
      recipe: recipe, variables: variables, locked: false, progress: settings.progress)
    if let step {
      guard let index = prepared.recipe.run.firstIndex(where: { $0.name == step }) else {
        throw Self.missing(step, prepared.recipe, recipe)
      }
      prepared.recipe.run.removeSubrange(index...)
    }
    let rootfs = try await rootfs(prepared, progress: settings.progress)
    let layers = rootfs.layers + [rootfs.flavours[.importing]].compactMap(\.self)
    var command = SandboxCommand(
      layers: layers.map(\.directory), writes: .discarded,
      arguments: arguments.isEmpty ? ["/bin/bash", "-l"] : arguments,
      environment: [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "TERM": settings.environment["TERM"] ?? "dumb", "LANG": prepared.recipe.locale,
      ], network: true)
    command.terminal = onTerminal
    let sandbox = try sandbox()
    let unshare = try await staged(prepared.recipe.name) { () throws(SandboxError) in
      try sandbox.hostCommand(command)
    }
    return try await staged(prepared.recipe.name) { () async throws(CommandError) in
      try await unshare.runAttached(onTerminal: onTerminal)
    }
  }

  private static func missing(
    _ step: String, _ recipe: Recipe, _ path: FilePath
  ) -> BuildError {
    let names = recipe.run.map { "`\($0.name)`" }.joined(separator: ", ")
    return BuildError(
      .noStep, path.string, "the recipe has no step `\(step)`",
      remedy: names.isEmpty ? "leave --before out: it has no steps" : "its steps are \(names)")
  }
}
