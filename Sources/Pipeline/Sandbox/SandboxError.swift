import Commands
public import Diagnostics
public import FileSystem
import SystemPackage

/// Why something did not run in a sandbox, or did not succeed there.
public struct SandboxError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// Neither root nor a way to become root of a user namespace.
    case mappingToolsMissing = "K4201"
    case subordinateIDsMissing = "K4202"
    case userNamespacesOff = "K4203"
    case kernelTooOld = "K4204"
    /// Root, but of a container that may not mount.
    case capabilityMissing = "K4205"
    /// overlayfs cannot take the path as an option.
    case unusablePath = "K4206"
    case tooManyLayers = "K4207"
    /// The kernel or a host tool refused a step of the set-up.
    case notSetUp = "K4208"
    case toolMissing = "K4209"
    /// The root file system has no such program.
    case programMissing = "K4210"
    case failed = "K4211"
    case killed = "K4212"
    case timedOut = "K4213"
    case interrupted = "K4214"
    case file = "K4215"
  }

  public let code: Code
  /// The program, the path or the user that the code is about.
  public let subject: String
  /// Exit status, signal or seconds.
  public let status: Int32
  /// What the program, or the set-up, printed last.
  public let output: String
  public let cause: FileError?

  public init(
    _ code: Code, _ subject: String, status: Int32 = 0, output: String = "",
    cause: FileError? = nil
  ) {
    self.code = code
    self.subject = subject
    self.status = status
    self.output = output
    self.cause = cause
  }

  init(_ cause: FileError) { self.init(.file, cause.path.string, cause: cause) }

  public var diagnostics: [Diagnostic] {
    if let cause { return cause.diagnostics }
    return [
      Diagnostic(
        code: code.rawValue, message: message, reason: output.isEmpty ? nil : output,
        remedy: remedy)
    ]
  }

  private var message: String {
    switch code {
    case .mappingToolsMissing: "kiln needs root or a user namespace, and \(subject) is missing"
    case .subordinateIDsMissing: "the user \(subject) has no range of subordinate ids"
    case .userNamespacesOff: "this machine does not let ordinary users make user namespaces"
    case .kernelTooOld: "Linux \(subject) does not let ordinary users mount overlays"
    case .capabilityMissing: "root of this container is not allowed to mount"
    case .unusablePath: "overlayfs cannot take the path \(subject)"
    case .tooManyLayers: "\(subject) layers are more than one overlay can take"
    case .notSetUp: "the sandbox for \(subject) could not be set up"
    case .toolMissing: "\(subject) is not installed"
    case .programMissing: "the root file system cannot run \(subject)"
    case .failed: "\(subject) failed with status \(status)"
    case .killed: "\(subject) was ended by signal \(status)"
    case .timedOut: "\(subject) took longer than \(status) s and was stopped"
    case .interrupted: "\(subject) was interrupted"
    case .file: "the sandbox's files"
    }
  }

  private var remedy: String? {
    switch code {
    case .mappingToolsMissing:
      "install it (on Debian and Ubuntu: `apt install uidmap`), or run kiln as root"
    case .subordinateIDsMissing:
      "as root: `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(subject)` "
        + "(lines `\(subject):100000:65536` in /etc/subuid and /etc/subgid; another free range "
        + "will do), or run kiln as root"
    case .userNamespacesOff: "as root: `sysctl -w \(subject)`, or run kiln as root"
    case .kernelTooOld: "use Linux 5.11 or newer, or run kiln as root"
    case .capabilityMissing:
      "give the container CAP_SYS_ADMIN (`--privileged`, or `--cap-add SYS_ADMIN --security-opt "
        + "apparmor=unconfined --security-opt seccomp=unconfined`), or run kiln outside of it"
    case .unusablePath: "use a store and a recipe folder without `,`, `:`, `\"`, `\\` and spaces"
    case .tooManyLayers: "join some of the recipe's steps"
    case .notSetUp:
      "see the reason; overlayfs, user namespaces and `mount` must be usable on the file system "
        + "that holds the store"
    case .toolMissing: "install it; on Debian it is in util-linux, mount or coreutils"
    case .programMissing: "check its path, and that a package of the recipe has it"
    case .timedOut: "give the step a longer `timeout`"
    case .failed, .killed, .interrupted, .file: nil
    }
  }
}

extension SandboxError {
  /// What ``Command`` says of `unshare`, as news of the program in the sandbox.
  init(_ error: CommandError, program: String, output: String) {
    switch error.code {
    case .notInstalled: self.init(.toolMissing, error.command.first ?? "")
    case .timedOut: self.init(.timedOut, program, status: error.status, output: output)
    case .interrupted: self.init(.interrupted, program)
    case .notStarted: self.init(.notSetUp, program, output: error.output)
    case .killed: self.init(.killed, program, status: error.status, output: output)
    case .failed:
      if output.contains(Script.failureMark) || output.hasPrefix("unshare: ") {
        let reason = output.split(separator: "\n").filter { $0 != Script.failureMark }
        self.init(.notSetUp, program, output: reason.joined(separator: "\n"))
      } else if [126, 127].contains(error.status), Self.saysNotStarted(output) {
        self.init(.programMissing, program, output: output)
      } else if error.status > 128, error.status < 160 {
        self.init(.killed, program, status: error.status - 128, output: output)
      } else {
        self.init(.failed, program, status: error.status, output: output)
      }
    }
  }

  /// The words of the host's `chroot`, or of the image's shell, which begins with the name that it was
  /// given.
  private static func saysNotStarted(_ output: String) -> Bool {
    output.split(separator: "\n").contains {
      $0.utf8.starts(with: "\(Program.firstProcess): ".utf8)
        || $0.contains("chroot: failed to run")
    }
  }
}
