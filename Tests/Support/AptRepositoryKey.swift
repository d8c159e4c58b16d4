internal import Commands
internal import FileSystem
public import SystemPackage

/// An OpenPGP key of its own, that gpg made in a folder of its own; it signs test repositories.
public struct AptRepositoryKey: Sendable {
  public let home: FilePath
  /// The public key, binary, as `signed-by` takes it.
  public let keyring: FilePath
  /// The public key, armoured.
  public let armoured: String

  private static func gpg(_ home: FilePath, _ arguments: [String]) -> Command {
    Command(
      "gpg",
      ["--homedir", home.string, "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback"]
        + ["--passphrase", ""] + arguments,
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"])
  }

  /// Makes the key; `home` must be short (gpg's socket stands in it) and is the caller's to remove.
  public static func make(home: FilePath, name: String = "archive@example.org") async throws
    -> AptRepositoryKey
  {
    try Files.makeDirectories(home, permissions: 0o700)
    try await gpg(home, ["--quick-generate-key", name, "ed25519", "sign", "never"]).run()
    let keyring = home.appending("public.gpg")
    try await gpg(home, ["--output", keyring.string, "--export"]).run()
    // apt's own user reads it where apt drops its privileges.
    try Files.setPermissions(0o644, of: keyring)
    let armoured = try await gpg(home, ["--armor", "--export"]).run().output
    let key = AptRepositoryKey(home: home, keyring: keyring, armoured: armoured)
    try await key.stopAgent()
    return key
  }

  /// Writes `text` with a clear-text signature, as an `InRelease` file.
  public func clearSign(_ text: String, to target: FilePath) async throws {
    let source = FilePath(target.string + ".unsigned")
    try Files.write(text, to: source)
    defer { try? Files.removeFile(source) }
    try await Self.gpg(
      home, ["--digest-algo", "SHA256", "--output", target.string, "--clearsign", source.string]
    ).run()
    try await stopAgent()
  }

  /// gpg leaves an agent behind; ours would outlive its folder.
  private func stopAgent() async throws {
    try await Command(
      "gpgconf", ["--homedir", home.string, "--kill", "gpg-agent"],
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
    ).run()
  }
}
