import Commands
import Content
import Diagnostics
import FileSystem
import Recipes
import Sandbox
import SystemPackage
import WSL

/// Boots a root file system as WSL does, and asks what WSL would wait for.
///
/// No kernel, GPU or Windows is involved: systemd-nspawn stands for WSL's init, empty libraries for
/// the host's. Needs root and systemd-nspawn. Time-limited; whatever happens, no process, mount or
/// control group is left.
public struct BootTest: Sendable {
  /// A check's name, code, what its failure means, and what to do.
  private struct Meaning {
    let code: String
    let severity: Diagnostic.Severity
    let message: String
    let remedy: String
  }

  let environment: [String: String]
  /// Seconds for the whole test.
  let timeout: Int

  public init(environment: [String: String], timeout: Int = 180) {
    self.environment = environment
    self.timeout = timeout
  }

  /// Boots the root in `folder/root`, changing it; `folder` gets logs.
  ///
  /// - Parameter image: for errors only.
  func run(
    in folder: FilePath, image: FilePath, flavour: WSLSettings.Flavour, architecture: Architecture
  ) async throws(VerificationError) -> [ImageVerifier.Outcome] {
    let root = folder.appending("root")
    let conf = configuration(root, "etc/wsl.conf")
    guard conf?.boolean("boot.systemd") == true else {
      return [(.init(name: "boot", passed: true, skipped: "`boot.systemd` is not set"), [])]
    }
    let distribution = configuration(root, "etc/wsl-distribution.conf")
    do throws(FileError) { try layHostLibraries(root, architecture) } catch {
      throw VerificationError(.noScratch, image, cause: error)
    }
    let command = flavour == .fromFile ? distribution?.value("oobe.command") ?? "" : ""
    let name = "kiln-verify-\(UInt32.random(in: .min ... .max))"
    let script = Command(
      "unshare",
      [
        "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc",
        "sh", "-c", BootScript.text, "sh", root.string, folder.string, name,
        command.isEmpty ? conf?.value("user.default") ?? "root" : "",
        distribution?.value("oobe.defaultUid") ?? "1000", command, String(max(10, timeout / 6)),
      ], environment: environment, timeout: timeout)
    let result: Result<CommandResult, CommandError>
    do throws(CommandError) { result = .success(try await script.run()) } catch {
      result = .failure(error)
    }
    await removeControlGroups(name)
    return try outcomes(result, image)
  }

  func configuration(_ root: FilePath, _ path: String) -> WSLConfiguration? {
    guard let file = try? LayerStack([root]).file(path) else { return nil }
    return (try? Files.read(file, limit: 1 << 20)).map { WSLConfiguration(parsing: $0) }
  }

  /// What WSL mounts and writes before the image's own init runs, for which the image's links lead to
  /// nothing outside of it.
  func layHostLibraries(
    _ root: FilePath, _ architecture: Architecture
  ) throws(FileError) {
    let stack = LayerStack([root])
    let libraries = try stack.resolve("usr/lib/wsl/lib")
    try Files.makeDirectories(libraries, in: root)
    for name in FakeLibrary.names {
      try Files.write(
        FakeLibrary.bytes(name: name, architecture: architecture),
        to: root.appending(libraries).appending(name), permissions: 0o755)
    }
    // Without the folder WSL's own write fails and is logged only; the check will say so.
    let settings = try stack.resolve("etc/ld.so.conf.d")
    guard try stack.entry(settings)?.status.kind == .directory else { return }
    try Files.write(
      "/usr/lib/wsl/lib\n", to: root.appending(settings).appending("ld.wsl.conf"))
  }

  /// Not subject to the caller's cancellation: the groups are empty by now and must go.
  private func removeControlGroups(_ name: String) async {
    let command = Command(
      "find",
      [
        "/sys/fs/cgroup", "-depth", "-type", "d", "-path", "*/\(name)*", "-exec", "rmdir", "{}",
        "+",
      ],
      environment: environment, timeout: 20)
    await Task.detached { _ = try? await command.run() }.value
  }

  private func outcomes(
    _ result: Result<CommandResult, CommandError>, _ image: FilePath
  ) throws(VerificationError) -> [ImageVerifier.Outcome] {
    switch result {
    case .success(let result): return read(result.output)
    case .failure(let error) where error.code == .timedOut:
      let finding = Diagnostic(
        code: "K6149", message: "the image does not boot within \(timeout) s",
        reason: error.output.isEmpty ? nil : error.output,
        remedy: "boot it by hand: `systemd-nspawn --boot -D ROOT` shows what it waits for")
      return [(.init(name: "boot", passed: false), [finding])]
    case .failure(let error):
      throw VerificationError(
        error.code == .interrupted ? .interrupted : .toolFailed, image, cause: error)
    }
  }

  /// Reads the script's report.
  private func read(_ output: String) -> [ImageVerifier.Outcome] {
    var found: [(name: String, passed: Bool, details: [String])] = []
    for line in output.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 3, words[0] == "@" {
        found.append((String(words[1]), words[2] == "ok", []))
      } else if !found.isEmpty {
        found[found.count - 1].details.append(String(line))
      }
    }
    return found.map { name, passed, details in
      let check = VerificationReport.Check(name: "boot \(name)", passed: passed)
      guard !passed, let meaning = Self.meanings[name] else { return (check, []) }
      let finding = Diagnostic(
        severity: meaning.severity, code: meaning.code, message: meaning.message,
        reason: details.isEmpty ? nil : details.suffix(30).joined(separator: "\n"),
        remedy: meaning.remedy)
      return (check, [finding])
    }
  }

  private static let meanings: [String: Meaning] = [
    "loader": Meaning(
      code: "K6140", severity: .error,
      message: "after ldconfig the loader's cache lacks the host's libcuda.so.1",
      remedy: "see that /etc/ld.so.conf includes /etc/ld.so.conf.d/*.conf, and that the folder is "
        + "there"),
    "start": Meaning(
      code: "K6141", severity: .error, message: "systemd does not start",
      remedy: "install systemd-sysv; see what nspawn says above"),
    "running": Meaning(
      code: "K6142", severity: .error, message: "systemd does not reach `running`",
      remedy: "fix or mask the units that failed"),
    "units": Meaning(
      code: "K6142", severity: .warning, message: "units fail while systemd starts",
      remedy: "fix or mask them"),
    "out-of-box": Meaning(
      code: "K6143", severity: .warning,
      message: "the out-of-box command, run unattended, makes no user of `oobe.defaultUid`",
      remedy: "run it by hand in the image: with standard input closed it must not ask"),
    "session": Meaning(
      code: "K6144", severity: .error,
      message: "`login -f` of the default user does not bring user@UID.service up",
      remedy: "install login, dbus and libpam-systemd; WSL waits for this unit"),
    "login-path": Meaning(
      code: "K6145", severity: .warning, message: "login shells lack /usr/lib/wsl/lib in PATH",
      remedy: "append it in a file of /etc/profile.d"),
    "sudo-path": Meaning(
      code: "K6146", severity: .warning, message: "sudo lacks /usr/lib/wsl/lib in PATH",
      remedy: "append it to `secure_path` in a file of /etc/sudoers.d"),
    "stop": Meaning(
      code: "K6147", severity: .warning, message: "systemd does not shut down within 15 s",
      remedy: "look for a unit that ignores SIGTERM"),
  ]
}
