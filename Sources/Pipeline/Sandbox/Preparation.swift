import Commands
import FileSystem
import SystemPackage

/// A sandbox command turned into a command of the host.
struct Preparation {
  let mountPoints: MountPoints
  let unshare: Command

  init(_ command: SandboxCommand, by sandbox: Sandbox) throws(SandboxError) {
    let overlay = try Overlay(command, privileges: sandbox.privileges)
    let plan: Plan
    do throws(FileError) { plan = try Plan(command, sandbox, overlay) } catch {
      throw SandboxError(error)
    }
    mountPoints = plan.points
    let program = try Program(command, sandbox, hasShell: plan.hasShell)
    var unshare = Command(
      "setpriv",
      Self.namespaces(command) + Script.words(plan.instructions, program: program.words),
      environment: command.secrets.merging(Script.environment(sandbox.searchPath)) { $1 },
      workingDirectory: overlay.directory, timeout: command.timeout)
    unshare.accepted = command.accepted
    self.unshare = unshare
  }

  /// What the terminal's keys send to every process of its own. `unshare` would end by it, and with
  /// it a program that goes on.
  fileprivate static let keys = "INT,QUIT"

  /// Two process namespaces, one in the other: a program that changes its user loses the signal of
  /// its parent's death, but the outer namespace's first process never does, and takes the inner
  /// ones along. It is out of sight of the program, so it may keep the host's root.
  private static func namespaces(_ command: SandboxCommand) -> [String] {
    ["--pdeathsig", "KILL", "--"]
      + (command.terminal ? ["env", "--ignore-signal=\(keys)"] : [])
      + ["unshare", "--pid", "--fork", "--kill-child=KILL", "--"]
      + ["sh", "-c", "\"$@\"; exit $?", "sh"]
      + ["unshare", "--mount", "--propagation", "private", "--pid", "--ipc", "--uts"]
      + (command.network ? [] : ["--net"]) + ["--fork", "--kill-child=KILL", "--"]
  }
}

/// What the script becomes in the end.
struct Program {
  let words: [String]

  /// - Parameter hasShell: whether the image has one.
  init(_ command: SandboxCommand, _ sandbox: Sandbox, hasShell: Bool) throws(SandboxError) {
    var environment = command.environment
    if environment["HOME"] == nil { environment["HOME"] = command.user.home }
    let settings = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let user = command.user
    let groups = user.groups.map { "+\($0)" }.joined(separator: ",")
    let bounding = "-all," + Script.capabilities.map { "+" + $0 }.joined(separator: ",")
    // Secrets are there already, so all else that a shell has is taken away by its name.
    let clearing =
      command.secrets.isEmpty
      ? ["-i"]
      : (Script.environment("").keys.sorted() + ["PWD", "OLDPWD", "SHLVL", "_"]).map { "-u\($0)" }
    // The kernel keeps signals from the first process of a namespace that it has no handler for, its
    // own too: a script that ends itself so would go on. The shell gives itself a name by which its
    // words about a program that it cannot start are known. What it does at a signal of the keys its
    // program does not inherit.
    let trap = command.terminal ? "trap : INT QUIT; " : ""
    let first = hasShell ? ["/bin/sh", "-c", "\(trap)\"$@\"; exit $?", Self.firstProcess] : []
    words =
      ["setpriv", "--bounding-set=\(bounding)", "--", "env"]
      + (command.terminal ? ["--default-signal=\(Preparation.keys)"] : []) + clearing + settings
      + [try Self.chroot(sandbox.searchPath)]
      + ["--userspec=+\(user.uid):+\(user.gid)", "--groups=\(groups)", "."]
      + first + command.arguments
  }

  static let firstProcess = "sandbox"

  /// By its path, since `env` looks in the image's PATH.
  private static func chroot(_ searchPath: String) throws(SandboxError) -> String {
    let places = searchPath.utf8.split(separator: UInt8(ascii: ":")).map {
      FilePath(String(Substring($0))).appending("chroot")
    }
    guard let place = places.first(where: Files.exists) else {
      throw SandboxError(.toolMissing, "chroot")
    }
    return place.string
  }
}

/// What to mount over the overlay, and on what.
private struct Plan {
  private(set) var points: MountPoints
  private(set) var instructions: [Script.Instruction] = []
  let hasShell: Bool

  init(
    _ command: SandboxCommand, _ sandbox: Sandbox, _ overlay: Overlay
  ) throws(FileError) {
    let upper: FilePath? = if case .layer(let upper, _) = command.writes { upper } else { nil }
    points = MountPoints(layers: command.layers, upper: upper)
    hasShell = try points.exists("/bin/sh")
    var roots = [Script.overlay(overlay.options)]
    var folders: [String: String] = [:]
    for system in Script.fileSystems {
      let target = try points.addVolatile(system.folder)
      folders[system.folder] = target
      roots.append(Script.line(system.source, target, system.type, system.options))
    }
    let devices = Script.devices(folders["dev"] ?? "dev", terminal: command.terminal)
    var mounts = devices.lines + Script.kernelFiles(folders["proc"] ?? "proc")
    var masks: [Script.Instruction] = []
    for (index, mask) in command.masks.enumerated() {
      if mask.onlyExisting, try !points.exists(mask.path) { continue }
      let file = "/sys/mask\(index)"
      mounts.append(Script.bind(file, try points.add(mask.path, .file), Self.readOnly))
      masks.append(.write(file, mask.content))
      if mask.executable { masks.append(.executable(file)) }
    }
    for bind in command.binds + Self.networkBinds(command, sandbox) {
      guard let kind = try Self.followed(bind.source) else {
        throw FileError("bind", bind.source, errno: .noSuchFileOrDirectory)
      }
      let target = try points.add(bind.target, kind == .directory ? .directory : .file)
      mounts.append(
        Script.bind(bind.source.string, target, bind.readOnly ? Self.readOnly : "bind"))
    }
    if command.writes == .refused { mounts.append(Script.readOnlyRoot) }
    if upper == nil { instructions += [.folder("/sys/upper"), .folder("/sys/work")] }
    instructions += points.pending.filter { !points.isVolatile($0.path) }
      .flatMap { Self.creation($0, below: "/sys/upper") }
    instructions += roots.map { .table($0) } + [.mount] + devices.made
    instructions += points.pending.filter { points.isVolatile($0.path) }
      .flatMap { Self.creation($0, below: Script.base) }
    instructions += masks + (command.network ? [] : [.loopback])
    instructions += mounts.map { .table($0) } + [.mount]
  }

  /// In a user namespace the kernel refuses to drop what the source's mount forbids, so a read-only
  /// mount, which is a second step, names what it may well have.
  private static let readOnly = "bind,ro,nosuid,nodev"

  private static func creation(
    _ place: (path: String, kind: MountPoints.Kind), below folder: String
  ) -> [Script.Instruction] {
    let path = "\(folder)/\(place.path)"
    switch place.kind {
    case .directory: return [.folder(path)]
    case .file: return [.folder(FilePath(path).removingLastComponent().string), .file(path)]
    }
  }

  private static func networkBinds(
    _ command: SandboxCommand, _ sandbox: Sandbox
  ) -> [SandboxCommand.Bind] {
    guard command.network else { return [] }
    let binds = [
      (sandbox.resolver, "/etc/resolv.conf"), (sandbox.certificates, Sandbox.certificates),
    ]
    return binds.compactMap { source, target in
      guard let source, (try? followed(source)) == .file else { return nil }
      return .init(source, at: target)
    }
  }

  /// What stands at the end of the links.
  private static func followed(_ path: FilePath) throws(FileError) -> FileStatus.Kind? {
    guard path.isAbsolute else {
      throw FileError("bind", path, errno: .invalidArgument)
    }
    let resolved = try LayerStack(["/"]).resolve(path.string)
    return try Files.status(FilePath("/" + resolved))?.kind
  }
}

/// The options of an overlay mount, with paths relative to one folder, so that many layers fit.
struct Overlay {
  /// All of `mount(2)`'s data is one page.
  private static let limit = 4000

  let directory: FilePath
  let options: String

  init(_ command: SandboxCommand, privileges: Privileges) throws(SandboxError) {
    var paths = command.layers
    if case .layer(let upper, let work) = command.writes { paths += [upper, work] }
    let directory = Self.parent(of: paths)
    let names = try paths.map { (path) throws(SandboxError) in
      try Self.relative(path, to: directory)
    }
    let lower = names.prefix(command.layers.count).reversed().joined(separator: ":")
    let writable =
      names.count > command.layers.count
      ? names.suffix(2) : ["/sys/upper", "/sys/work"]
    let upper = writable.first ?? ""
    let work = writable.last ?? ""
    // Each feature left on would put attributes or references into the layer that mean something
    // only over exactly these lower directories.
    let features =
      privileges == .namespaceRoot
      ? "userxattr,index=off,xino=off" : "index=off,redirect_dir=off,metacopy=off,xino=off"
    // A layer that is not finished is never used again, so nothing has to wait for the disk: dpkg
    // alone does 1,500 times for 230 packages.
    let isVolatile = KernelRelease().map { $0 >= .volatileOverlays } ?? false
    options =
      "lowerdir=\(lower),upperdir=\(upper),workdir=\(work),\(features)"
      + (isVolatile ? ",volatile" : "")
    if isVolatile, case .layer(_, let work) = command.writes {
      // The kernel refuses the folder a second time, since a crash may have spoilt what is there.
      do throws(FileError) {
        let mark = work.appending("work/incompat")
        if Files.exists(mark) { try Files.removeTree(mark) }
      } catch { throw SandboxError(error) }
    }
    self.directory = directory
    guard options.utf8.count <= Self.limit else {
      throw SandboxError(.tooManyLayers, "\(command.layers.count)")
    }
  }

  /// The deepest folder that is above every path.
  private static func parent(of paths: [FilePath]) -> FilePath {
    let folders = paths.map { $0.string.pathComponents.dropLast() }
    guard var shared = folders.first else { return "/" }
    for folder in folders {
      shared = shared.prefix(zip(shared, folder).prefix { $0 == $1 }.count)
    }
    return FilePath("/" + shared.joined(separator: "/"))
  }

  private static func relative(
    _ path: FilePath, to directory: FilePath
  ) throws(SandboxError) -> String {
    let start = directory.string == "/" ? 1 : directory.string.utf8.count + 1
    let name = String(decoding: path.string.utf8.dropFirst(start), as: UTF8.self)
    guard path.isAbsolute,
      !name.unicodeScalars.contains(where: {
        ",:\"\\#".unicodeScalars.contains($0) || $0.properties.isWhitespace
      })
    else { throw SandboxError(.unusablePath, path.string) }
    return name
  }
}
