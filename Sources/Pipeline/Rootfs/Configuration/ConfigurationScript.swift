import Content
import Packages
import Synchronization

/// What runs in the sandbox to turn unpacked packages into configured ones.
struct ConfigurationScript {
  let text: String

  /// For a root whose packages are configured but for some that have no scripts.
  static let remaining = ConfigurationScript(steps: ["dpkg --configure -a"])

  private init(steps: [String]) {
    text =
      (["cd /", "exec </dev/null"] + steps + [CleanUp.script]).joined(separator: "\n") + "\n"
  }

  init(_ root: PristineRoot) {
    let version = root.packages.first { $0.name == "dpkg" }?.version ?? ""
    let preinsts = root.preinsts.map { package in
      let settings = [
        "DPKG_MAINTSCRIPT_PACKAGE=\(package.name)", "DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT=1",
        "DPKG_MAINTSCRIPT_ARCH=\(package.architecture)", "DPKG_MAINTSCRIPT_NAME=preinst",
        "DPKG_ROOT=", "DPKG_ADMINDIR=/var/lib/dpkg", "DPKG_RUNNING_VERSION=\(version)",
      ]
      return """
        echo "\(Self.preinst) \(package.name)"
        env \(settings.joined(separator: " ")) /var/lib/dpkg/info/\(package.databaseName).preinst install
        """
    }
    // What they pre-depend on is unpacked, as it is for every other package's preinst, and configured
    // with all others: `postgresql-common` pre-depends on `init-system-helpers`.
    let options = "--force-unsafe-io --force-depends"
    let unpack =
      root.deferred.isEmpty
      ? "" : "dpkg --unpack \(options) \(root.deferred.map(Self.path).joined(separator: " "))"
    self.init(steps: preinsts + [unpack, "dpkg --configure -a"])
  }

  static let preinst = "kiln: preinst of"

  /// Where the sandbox shows the file of a package that dpkg unpacks.
  static func path(of package: UnpackedPackage) -> String {
    "/kiln/debs/\(package.name)_\(package.architecture).deb"
  }
}

/// Reads dpkg's output: how far it is, and at what it failed.
final class ConfigurationCounter: Sendable {
  private struct State {
    var done: Int64 = 0
    var current: String?
    var failed: String?
  }

  private let state = Mutex(State())
  let transcript = Transcript()
  private let progress: ProgressSink

  init(progress: @escaping ProgressSink) { self.progress = progress }

  /// The package whose script failed, as far as the output says.
  var failed: String? { state.withLock { $0.failed ?? $0.current } }

  func line(_ line: String) {
    transcript.append(line)
    let words = line.split(separator: " ")
    let event = state.withLock { state -> ProgressEvent? in
      if line.hasPrefix(ConfigurationScript.preinst) {
        state.current = words.last.map(String.init)
        return nil
      }
      // "Setting up libc6:amd64 (2.36-9+deb12u10) ..."
      if line.hasPrefix("Setting up "), words.count > 2 {
        state.current = nil
        state.done += 1
        return .advanced(.configure, done: state.done, item: String(words[2]))
      }
      // "dpkg: error processing package x (--configure):"
      if line.hasPrefix("dpkg: error processing package "), words.count > 4 {
        state.failed = state.failed ?? String(words[4])
      }
      return .output(.configure, line)
    }
    if let event { progress(event) }
  }
}
