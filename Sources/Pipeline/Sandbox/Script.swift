/// The `sh` script that turns a fresh mount namespace into the sandbox and becomes the program.
///
/// Everything is mounted below a file system in memory that covers the namespace's `/sys`, which
/// every Linux has and which nothing here needs; the root goes over `/` by a move, since after
/// `pivot_root` none of the host's tools could be started any more. All mounts of one phase are
/// one `mount --all`: a process for each would take longer than everything else.
struct Script {
  /// The last line on standard error of a set-up that failed.
  static let failureMark = "kiln: sandbox not set up"

  static let base = "/sys/root"

  /// What a program in the sandbox may do as root, as in other container tools without `mknod`,
  /// which a user namespace does not have either: both ways of running give the same bytes.
  static let capabilities = [
    "chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
    "net_bind_service", "net_raw", "sys_chroot", "setfcap", "audit_write",
  ]

  /// What the script itself runs with.
  static func environment(_ searchPath: String) -> [String: String] {
    [
      "PATH": searchPath, "LC_ALL": "C",
      // fsconfig(2) takes 255 bytes of an option, and mount(8) 2.39 and later prefers it.
      "LIBMOUNT_FORCE_MOUNT2": "always",
    ]
  }

  let command: SandboxCommand
  /// The option string of the overlay.
  let overlay: String
  /// Whether the overlay's upper directory is in memory.
  let inMemory: Bool
  /// Folders that ``fileSystems`` are on, relative to the root.
  let volatile: [String]
  /// Relative to the root.
  let pending: [(path: String, kind: MountPoints.Kind)]
  /// Lines of `fstab(5)` over the overlay.
  let roots: [String]
  /// Lines of `fstab(5)` for the second phase.
  let mounts: [String]
  let masks: [SandboxCommand.Mask]

  var text: String {
    let lines =
      [
        "set -eu", "trap 'echo \"\(Self.failureMark)\" >&2' EXIT", "umask 022",
        "mount -n -t tmpfs -o mode=755 kiln /sys",
      ] + memory
      + all(["overlay \(Self.base) overlay X-mount.mkdir,\(overlay)"] + roots)
      + ["cd \(Self.base)"] + devices
      + pending.filter(isVolatile).flatMap { create($0, below: ".") } + maskFiles
      + [
        // Neutral, so that no name of the building machine gets into a file.
        "hostname localhost",
        command.network ? ":" : "if command -v ip >/dev/null; then ip link set lo up; fi",
      ] + all(mounts) + ["mount -n --move . /", "exec \(program)"]
    return lines.joined(separator: "\n")
  }

  private typealias Place = (path: String, kind: MountPoints.Kind)

  private var memory: [String] {
    guard inMemory else { return [] }
    return ["mkdir /sys/upper /sys/work"]
      + pending.filter { !isVolatile($0) }.flatMap { create($0, below: "/sys/upper") }
  }

  private func isVolatile(_ place: Place) -> Bool {
    volatile.contains { place.path.hasPrefix($0 + "/") }
  }

  private func create(_ place: Place, below folder: String) -> [String] {
    let path = folder + "/" + place.path
    switch place.kind {
    case .directory: return ["mkdir -p \(Self.quoted(path))"]
    case .file:
      let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      return [
        "mkdir -p \(Self.quoted(parent.joined(separator: "/")))", ": > \(Self.quoted(path))",
      ]
    }
  }

  /// File systems of the sandbox's own, with what stands before and after the target in
  /// `fstab(5)`.
  static let fileSystems: [(folder: String, line: (source: String, options: String))] = [
    ("proc", ("proc", "proc nosuid,nodev,noexec")), ("dev", ("kiln", "tmpfs nosuid,mode=755")),
    ("run", ("kiln", "tmpfs nosuid,nodev,mode=755")),
    ("tmp", ("kiln", "tmpfs nosuid,nodev,mode=1777")),
  ]

  private static let nodes = ["null", "zero", "full", "random", "urandom", "tty"]

  private var devices: [String] {
    Self.nodes.map { ": > dev/\($0)" } + [
      "ln -s /proc/self/fd dev/fd", "ln -s fd/0 dev/stdin", "ln -s fd/1 dev/stdout",
      "ln -s fd/2 dev/stderr", "ln -s pts/ptmx dev/ptmx",
    ]
  }

  /// The mounts of the second phase that every sandbox has.
  static var standardMounts: [String] {
    nodes.map { "/dev/\($0) \(base)/dev/\($0) none bind" } + [
      "devpts \(base)/dev/pts devpts X-mount.mkdir,nosuid,noexec,newinstance,ptmxmode=666,"
        + "mode=620,gid=5",
      "kiln \(base)/dev/shm tmpfs X-mount.mkdir,nosuid,nodev,mode=1777",
      // A maintainer script's sysctl would change the building machine.
      "\(base)/proc/sys \(base)/proc/sys none bind,ro",
    ]
  }

  private var maskFiles: [String] {
    guard !masks.isEmpty else { return [] }
    let files = masks.indices.map { "/sys/mask\($0)" }
    let executable = zip(masks, files).filter(\.0.executable).map(\.1)
    return zip(masks, files).map { "printf %s \(Self.quoted($0.content)) > \($1)" }
      + (executable.isEmpty ? [] : ["chmod 755 " + executable.joined(separator: " ")])
  }

  private func all(_ lines: [String]) -> [String] {
    let table = lines.map { $0 + " 0 0\n" }.joined()
    return [
      "printf %s \(Self.quoted(table)) > /sys/fstab", "mount -n -a -T /sys/fstab",
    ]
  }

  private var program: String {
    var environment = command.environment
    if environment["HOME"] == nil { environment["HOME"] = command.user.home }
    let settings = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let user = command.user
    let groups = user.groups.map { "+\($0)" }.joined(separator: ",")
    let bounding = "-all," + Self.capabilities.map { "+" + $0 }.joined(separator: ",")
    // Secrets are there already, so all else that a shell has is taken away by its name.
    let clearing =
      command.secrets.isEmpty
      ? ["-i"]
      : (Self.environment("").keys.sorted() + ["PWD", "OLDPWD", "SHLVL", "_"]).map { "-u\($0)" }
    // `env` looks in the image's PATH, so the host's chroot goes by its path.
    return
      (["setpriv", "--bounding-set=\(bounding)", "--", "env"] + clearing
      + settings.map(Self.quoted) + ["\"$(command -v chroot)\""]
      + ["--userspec=+\(user.uid):+\(user.gid)", "--groups=\(groups)", "."]
      + command.arguments.map(Self.quoted))
      .joined(separator: " ")
  }

  /// One word of the shell.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }

  /// One field of `fstab(5)`.
  static func field(_ text: String) -> String {
    text.map { character in
      switch character {
      case " ": "\\040"
      case "\t": "\\011"
      case "\n": "\\012"
      case "\\": "\\134"
      default: String(character)
      }
    }.joined()
  }
}
