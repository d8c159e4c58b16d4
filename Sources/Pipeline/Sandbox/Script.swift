import FileSystem
import SystemPackage

/// The `sh` script that turns a fresh mount namespace into the sandbox and becomes the program.
///
/// Its text never changes. What it mounts and makes it is told by its arguments, so that no name of
/// an image and no word of a recipe is ever read as a command by the host's shell, which is root.
///
/// Everything is mounted below a file system in memory that covers the namespace's `/sys`, which
/// every Linux has and which nothing here needs; the root goes over `/` by a move, since after
/// `pivot_root` none of the host's tools could be started any more. All mounts of one phase are
/// one `mount --all`: a process for each would take longer than everything else.
enum Script {
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

  /// One thing that the script does.
  enum Instruction: Hashable {
    /// A line of `fstab(5)` for the next ``mount``.
    case table(String)
    case mount
    case folder(String)
    /// An empty one.
    case file(String)
    case link(String, to: String)
    /// A file with content; a word is at most 128 KiB, so this is for small ones.
    case write(String, String)
    case executable(String)
    /// Sets up the interface of a network of the sandbox's own.
    case loopback

    fileprivate var words: [String] {
      switch self {
      case .table(let line): ["table", line]
      case .mount: ["mount"]
      case .folder(let path): ["folder", path]
      case .file(let path): ["file", path]
      case .link(let path, let target): ["link", path, target]
      case .write(let path, let content): ["write", path, content]
      case .executable(let path): ["executable", path]
      case .loopback: ["loopback"]
      }
    }
  }

  /// The words to run in a fresh mount namespace.
  ///
  /// - Parameter program: the last thing that runs, in ``base``, which is `/` by then.
  static func words(_ instructions: [Instruction], program: [String]) -> [String] {
    ["sh", "-c", text, "sh"] + instructions.flatMap(\.words) + ["run"] + program
  }

  private static let text = #"""
    set -eu
    trap 'echo "kiln: sandbox not set up" >&2' EXIT
    umask 022
    # Neutral, so that no name of the building machine gets into a file.
    hostname localhost
    mount -n -t tmpfs -o mode=755 kiln /sys
    while [ "$1" != run ]; do
      case $1 in
      table) printf '%s 0 0\n' "$2" >>/sys/fstab; shift 2 ;;
      mount) mount -n -a -T /sys/fstab; : >/sys/fstab; shift ;;
      folder) mkdir -p "$2"; shift 2 ;;
      file) : >"$2"; shift 2 ;;
      link) ln -s "$3" "$2"; shift 3 ;;
      write) printf %s "$3" >"$2"; shift 3 ;;
      executable) chmod 755 "$2"; shift 2 ;;
      loopback) if command -v ip >/dev/null; then ip link set lo up; fi; shift ;;
      esac
    done
    shift
    cd /sys/root
    mount -n --move . /
    exec "$@"
    """#

  /// A line of `fstab(5)` without its two numbers.
  static func line(_ source: String, _ target: String, _ type: String, _ options: String) -> String
  {
    "\(field(source)) \(field("\(base)/\(target)")) \(type) \(options)"
  }

  /// The root's line.
  ///
  /// - Parameter options: without blanks.
  static func overlay(_ options: String) -> String {
    "overlay \(base) overlay X-mount.mkdir,\(options)"
  }

  /// For a root that is not written.
  static let readOnlyRoot = "kiln \(base) none remount,bind,ro"

  /// A line that shows what stands at `source` at `target` too.
  static func bind(_ source: String, _ target: String, _ options: String = "bind") -> String {
    line(source, target, "none", options)
  }

  /// By bytes, as `mount` reads it: a blank with a combining mark behind it is no blank to Swift.
  private static func field(_ text: String) -> String {
    var field = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case " ": field += "\\040".unicodeScalars
      case "\t": field += "\\011".unicodeScalars
      case "\n": field += "\\012".unicodeScalars
      case "\\": field += "\\134".unicodeScalars
      default: field.append(scalar)
      }
    }
    return String(field)
  }
}

// What every sandbox has.
extension Script {
  /// File systems of the sandbox's own, with what stands before and after the target in
  /// `fstab(5)`.
  static let fileSystems: [(folder: String, source: String, type: String, options: String)] = [
    ("proc", "proc", "proc", "nosuid,nodev,noexec"), ("dev", "kiln", "tmpfs", "nosuid,mode=755"),
    ("run", "kiln", "tmpfs", "nosuid,nodev,mode=755"),
    ("tmp", "kiln", "tmpfs", "nosuid,nodev,mode=1777"),
  ]

  /// - Parameters:
  ///   - dev: where the image's `/dev` leads to, relative to the root.
  ///   - terminal: whether the program is to talk with the user.
  static func devices(_ dev: String, terminal: Bool) -> (made: [Instruction], lines: [String]) {
    let nodes = ["null", "zero", "full", "random", "urandom"] + (terminal ? ["tty"] : [])
    let links = [
      ("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2"),
      ("ptmx", "pts/ptmx"),
    ]
    let made =
      nodes.map { Instruction.file("\(base)/\(dev)/\($0)") }
      + links.map { .link("\(base)/\(dev)/\($0)", to: $1) }
    // The nodes are the host's: it is their modes and times that a read-only mount protects, while
    // the devices behind them take what is written.
    let lines =
      nodes.map { bind("/dev/\($0)", "\(dev)/\($0)", "bind,ro,nosuid,noexec") } + [
        line(
          "devpts", "\(dev)/pts", "devpts",
          "X-mount.mkdir,nosuid,noexec,newinstance,ptmxmode=666,mode=620,gid=5"),
        line("kiln", "\(dev)/shm", "tmpfs", "X-mount.mkdir,nosuid,nodev,mode=1777"),
      ]
    return (made, lines)
  }

  /// What of `/proc` is the machine's and not a process's. By its modes root may write there, and the
  /// kernel asks for no capability: a maintainer script's sysctl would change the building machine, and
  /// a letter into `sysrq-trigger` would stop it.
  ///
  /// - Parameter proc: where the image's `/proc` leads to, relative to the root.
  static func kernelFiles(_ proc: String) -> [String] {
    let readOnly = ["acpi", "asound", "bus", "driver", "fs", "irq", "mtrr", "scsi", "sys"]
    return (readOnly + ["sysrq-trigger"]).filter(isThere).map {
      bind("\(base)/\(proc)/\($0)", "\(proc)/\($0)", "bind,ro,nosuid,nodev,noexec")
    }
      + ["kcore", "keys", "sched_debug", "timer_list"].filter(isThere).map {
        bind("/dev/null", "\(proc)/\($0)", "bind,ro,nosuid,noexec")
      }
  }

  /// Whether this kernel has the file; every mount of `/proc` shows the same.
  private static func isThere(_ name: String) -> Bool { Files.exists(FilePath("/proc/\(name)")) }
}
