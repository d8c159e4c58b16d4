import Commands
import Content
import Diagnostics
import FileSystem
public import Sandbox
import SystemPackage

/// Runs the image's own `gpu-smoke-test --self-check` in the extracted root: no GPU is needed, and
/// none of the machine's is in sight.
public struct SelfCheck: Sendable {
  let sandbox: Sandbox
  /// Seconds.
  let timeout: Int

  public init(sandbox: Sandbox, timeout: Int = 60) {
    self.sandbox = sandbox
    self.timeout = timeout
  }

  /// What this machine can execute.
  static var machine: Architecture? {
    #if arch(x86_64)
      .amd64
    #elseif arch(arm64)
      .arm64
    #else
      nil
    #endif
  }

  /// Leaves the root as it is.
  func run(
    in root: FilePath, image: FilePath, architecture: Architecture
  ) async throws(VerificationError) -> ImageVerifier.Outcome {
    let name = "gpu-smoke-test"
    guard Files.exists(root.appending("usr/bin/gpu-smoke-test")) else {
      return (.init(name: name, passed: true, skipped: "the image does not carry it"), [])
    }
    guard architecture == Self.machine else {
      let reason = "the image is for \(architecture.rawValue), this machine is not"
      return (.init(name: name, passed: true, skipped: reason), [])
    }
    let command = SandboxCommand(
      layers: [root], writes: .discarded, arguments: ["/usr/bin/gpu-smoke-test", "--self-check"],
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"],
      timeout: timeout)
    do throws(SandboxError) {
      try await sandbox.run(command)
      return (.init(name: name, passed: true), [])
    } catch {
      guard error.code != .interrupted else {
        throw VerificationError(.interrupted, image, cause: error)
      }
      let finding = Diagnostic(
        code: "K6135", message: "gpu-smoke-test --self-check fails in the image",
        reason: error.diagnostics.compactMap { $0.reason ?? $0.message }.joined(separator: "\n"),
        remedy: "its codes (`G…`) are explained in docs/gpu-troubleshooting.md")
      return (.init(name: name, passed: false), [finding])
    }
  }
}
