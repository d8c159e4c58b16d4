import FileSystem
public import SystemPackage

/// Runs a test's body with an empty folder that is removed afterwards.
public func withTemporaryFolder<Value>(
  _ body: (FilePath) async throws -> Value
) async throws -> Value {
  let folder = FilePath("/tmp/kiln-test-\(UInt64.random(in: .min ... .max))")
  try Files.makeDirectory(folder, permissions: 0o700)
  do {
    let value = try await body(folder)
    try Files.removeTree(folder)
    return value
  } catch {
    try? Files.removeTree(folder)
    throw error
  }
}
