import Archives
public import Diagnostics
public import FileSystem
public import Packages
public import Sandbox
public import SystemPackage
public import WSL
public import Wheels

/// A root file system that could not be made.
public struct RootfsError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case package = "K4301"
    case wheel = "K4302"
    case sandbox = "K4303"
    case file = "K4304"
    case wsl = "K4305"
    /// A maintainer script failed, or dpkg did.
    case configuration = "K4306"
    case step = "K4307"
    case pythonMissing = "K4308"
    case virtualEnvironment = "K4309"
    case unknownUser = "K4310"
    case userNotMade = "K4311"
    case timezoneMissing = "K4312"
    case localeMissing = "K4313"
    /// A file of the recipe cannot stand where it should.
    case blockedPath = "K4314"
    case artifactMissing = "K4315"
    case noSpace = "K4316"
    case baseArchive = "K4317"
    case interrupted = "K4318"
    /// Of a plan only: the first layer that a build would make.
    case notMade = "K4319"
    case memberMissing = "K4320"
    /// A folder or a link of an archive where a file is asked for.
    case memberNotFile = "K4321"
    case archive = "K4322"
    /// A file of the recipe is another than the one that the layer's key is made of.
    case inputChanged = "K4323"
    /// A step took away what kiln and WSL need.
    case rootDamaged = "K4324"
    case cleanUp = "K4325"
    /// A name that is no text, in what a layer wrote.
    case unreadableName = "K4326"
  }

  /// Codes of notices, which do not stop a build.
  public enum Notice: String, CaseIterable, Hashable, Sendable {
    case unlocked = "K4350"
  }

  public enum Cause: Hashable, Sendable {
    case package(PackageError)
    case wheel(WheelError)
    case sandbox(SandboxError)
    case file(FileError)
    case wsl(WSLError)
  }

  public let code: Code
  /// The package, step, user, path or locale that the code is about.
  public let subject: String
  public let detail: String?
  public let cause: Cause?
  public let place: Diagnostic.Place?
  /// Whether the program that failed had no network by the recipe's own word.
  public let wasOffline: Bool
  /// Where all is that the program printed; nil where ``detail`` has it.
  public let log: FilePath?

  public init(
    _ code: Code, _ subject: String, detail: String? = nil, cause: Cause? = nil,
    place: Diagnostic.Place? = nil, wasOffline: Bool = false, log: FilePath? = nil
  ) {
    self.code = code
    self.subject = subject
    self.detail = detail
    self.cause = cause
    self.place = place
    self.wasOffline = wasOffline
    self.log = log
  }

  init(_ error: FileError) {
    self.init(error.code == .noSpace ? .noSpace : .file, "\(error.path)", cause: .file(error))
  }

  init(_ error: PackageError) { self.init(.package, error.package, cause: .package(error)) }
  init(_ error: WheelError) { self.init(.wheel, error.wheel, cause: .wheel(error)) }
  init(_ error: WSLError) { self.init(.wsl, error.subject, cause: .wsl(error)) }

  /// A program of the image that ended badly, as `code`; what is the sandbox's own fault stays so.
  ///
  /// - Parameter excerpt: what it printed of the cause; nil is the end of all that it printed.
  init(
    _ error: SandboxError, _ code: Code, _ subject: String, excerpt: String? = nil,
    place: Diagnostic.Place? = nil, wasOffline: Bool = false, log: FilePath? = nil
  ) {
    switch error.code {
    case .failed, .killed, .timedOut, .programMissing:
      self.init(
        code, subject, detail: excerpt ?? (error.output.isEmpty ? nil : error.output),
        cause: .sandbox(error), place: place, wasOffline: wasOffline, log: log)
    case .interrupted: self.init(.interrupted, subject)
    default: self.init(.sandbox, subject, cause: .sandbox(error))
    }
  }

  public var diagnostics: [Diagnostic] {
    switch (code, cause) {
    case (_, .package(let error)?): return error.diagnostics
    case (_, .wheel(let error)?): return error.diagnostics
    case (_, .wsl(let error)?): return error.diagnostics
    case (.file, .file(let error)?): return error.diagnostics
    case (.sandbox, .sandbox(let error)?): return error.diagnostics
    default:
      return [
        Diagnostic(
          code: code.rawValue, message: message, place: place, reason: reason,
          remedy: [remedy, log.map { "all that it printed is in \($0)" }].compactMap(\.self)
            .joined(separator: "; "))
      ]
    }
  }

  private var reason: String? {
    code == .rootDamaged ? "kiln's clean-up after the steps needs it, and so does WSL" : detail
  }

  private var message: String {
    switch code {
    case .package, .wheel, .sandbox, .file, .wsl: subject
    case .configuration: "\(subject) could not be configured\(ending)"
    case .step: "the step `\(subject)` failed\(ending)"
    case .pythonMissing: "the image has no Python for the virtual environment \(subject)"
    case .virtualEnvironment: "the virtual environment \(subject) could not be made\(ending)"
    case .unknownUser: "the image has no user or group `\(subject)`"
    case .userNotMade: "the user `\(subject)` could not be made\(ending)"
    case .timezoneMissing: "the image does not know the time zone `\(subject)`"
    case .localeMissing: "the locale `\(subject)` could not be made\(ending)"
    case .blockedPath: "\(subject) cannot be put into the image"
    case .artifactMissing: "\(subject) was not fetched"
    case .noSpace: "the file system of the store is too full for the root file system"
    case .baseArchive: "the base \(subject) cannot be unpacked"
    case .interrupted: "interrupted in \(subject)"
    case .notMade: "the layer \(subject) is not made yet"
    case .memberMissing: "there is no \(subject)"
    case .memberNotFile: "\(subject) is not a file"
    case .archive: "\(subject) cannot be read as a zip, a tarball or a .deb"
    case .rootDamaged: "the step `\(subject)` leaves no \(detail ?? "root")"
    case .cleanUp: "kiln's clean-up after the steps failed\(ending)"
    case .unreadableName: "the name \(subject) cannot be in an image"
    case .inputChanged: "\(subject) changed while the build used it"
    }
  }

  /// How a program ended.
  private var ending: String {
    guard case .sandbox(let error)? = cause else { return "" }
    switch error.code {
    case .failed: return " (status \(error.status))"
    case .killed: return " (signal \(error.status))"
    case .timedOut: return " (stopped after \(error.status) s)"
    case .programMissing: return " (it could not be started)"
    default: return ""
    }
  }

  /// Whether the step's own words sound like it. They decide which hint is given, and nothing else.
  private var missesNetwork: Bool {
    says([
      "resolve", "resolving", "resolution", "unreachable", "name or service not known",
      "no address associated", "failed to connect", "unable to connect",
    ])
  }

  private var missesPrivileges: Bool { says(["operation not permitted"]) }

  /// Words of dash about what only bash knows; a script for another shell does not say them so.
  private var isForBash: Bool {
    let commands = ["source", "[[", "declare", "shopt", "pushd", "popd"]
    return says(
      commands.map { ": \($0): not found" } + [
        "illegal option -o pipefail", ": bad substitution", "syntax error: \"(\" unexpected",
      ])
  }

  private func says(_ phrases: [String]) -> Bool {
    let words = (detail ?? "").lowercased()
    return phrases.contains { words.contains($0) }
  }

  private var remedy: String? {
    switch code {
    case .configuration:
      "see the package's own messages above"
    case .step:
      if case .sandbox(let error)? = cause, error.code == .timedOut {
        "give the step a longer `timeout`"
      } else if case .sandbox(let error)? = cause, error.code == .programMissing {
        "the image lacks the program that the script's first line names, or what that needs: add "
          + "the package that has it"
      } else if isForBash {
        "steps run under `/bin/sh`, which is dash: begin the script with `#!/bin/bash -e`"
      } else if case .sandbox(let error)? = cause, error.code == .failed, error.status == 127 {
        // The shell's own status for it.
        "the image lacks a program that the script calls, or its `PATH` does not lead there: add the "
          + "package that has it"
      } else if wasOffline, missesNetwork {
        "a step has no network unless it says `network: true`"
      } else if missesPrivileges {
        "a step is root of the image, not of the machine: it mounts nothing and makes no device nodes, "
          + "for WSL makes `/dev` itself; leave that to the first start, or out"
      } else {
        "fix the script; `kiln shell RECIPE --before '\(subject)'` shows the root that it gets, and the "
          + "next build resumes here"
      }
    case .pythonMissing: "add `python3-venv` to `packages`"
    case .virtualEnvironment: "add `python3-venv` to `packages`"
    case .unknownUser:
      detail == nil
        ? "add it to `users`, or add the package that makes it"
        : "put what the user is to have into /etc/skel, as root, or set `wsl: {install: [import]}`"
    case .userNotMade:
      "correct its name, uid and groups in `users`; `sudo` needs the package `sudo`, and making a "
        + "user the package `passwd`"
    case .timezoneMissing:
      detail == nil
        ? "add `tzdata` to `packages`"
        : "write area and city, as in `Europe/Berlin`; older names such as `US/Pacific` may need the "
          + "package `tzdata-legacy`"
    case .localeMissing: "add `locales` to `packages`, and check the name, or use C.UTF-8"
    case .noSpace:
      "free space there (`kiln store gc --days 7` does in kiln's cache), or choose another with "
        + "--store"
    case .artifactMissing: "run without --offline"
    case .memberMissing:
      "write `member` as the archive does: `unzip -l`, `tar -tf` and `dpkg -c` "
        + "list what it has"
    case .memberNotFile: "name the file itself"
    case .archive: "look at it with `file`; a single compressed file is not an archive"
    case .rootDamaged: "fix the script: what it removes must stay"
    case .cleanUp:
      "it runs the image's own sh, rm, chmod, find and the like: the base lacks what is named above, or "
        + "a step took it away"
    case .unreadableName: "give it a shorter name in UTF-8, or remove it, in the same step"
    case .inputChanged: "build again when nobody writes to it"
    default: nil
    }
  }
}
