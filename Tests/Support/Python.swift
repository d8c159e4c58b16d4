public import Commands
public import SystemPackage

/// Runs a Python program for a test: `tarfile` and `zipfile` write archives that no tool would.
///
/// The standard library is all that it has (`-S`): to look for more takes longer than most programs.
@discardableResult
public func python(
  _ program: String, _ arguments: [String] = [], in folder: FilePath
) async throws -> CommandResult {
  try await Command(
    "python3", ["-S", "-c", program] + arguments, environment: ["PATH": "/usr/bin:/bin"],
    workingDirectory: folder
  ).run()
}
