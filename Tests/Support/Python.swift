public import Commands
public import SystemPackage

/// Runs a Python program for a test: `tarfile` and `zipfile` write archives that no tool would.
@discardableResult
public func python(
  _ program: String, _ arguments: [String] = [], in folder: FilePath
) async throws -> CommandResult {
  try await Command(
    "python3", ["-c", program] + arguments, environment: ["PATH": "/usr/bin:/bin"],
    workingDirectory: folder
  ).run()
}
