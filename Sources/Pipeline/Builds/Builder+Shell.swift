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
  ///   - arguments: the program; empty is a login shell.
  ///   - onTerminal: whether kiln's standard input and output are a terminal.
  /// - Returns: the program's exit status.
  public func shell(
    recipe: FilePath, variables: [String: String], arguments: [String],
    onTerminal: Bool
  ) async throws(BuildError) -> Int32 {
    let prepared = try await prepare(
      recipe: recipe, variables: variables, locked: false, progress: settings.progress)
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
}
