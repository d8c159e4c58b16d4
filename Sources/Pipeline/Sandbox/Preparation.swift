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
    do throws(FileError) { plan = try Plan(command, sandbox) } catch { throw SandboxError(error) }
    let script = Script(
      command: command, overlay: overlay.options, inMemory: plan.upper == nil,
      volatile: plan.points.volatile, pending: plan.points.pending, roots: plan.roots,
      mounts: plan.mounts, masks: plan.masks)
    mountPoints = plan.points
    var unshare = Command(
      "setpriv", Self.arguments(command, script.text),
      environment: command.secrets.merging(Script.environment(sandbox.searchPath)) { $1 },
      workingDirectory: overlay.directory, timeout: command.timeout)
    unshare.accepted = command.accepted
    self.unshare = unshare
  }

  /// Two process namespaces, one in the other: a program that changes its user loses the signal of
  /// its parent's death, but the outer namespace's first process never does, and takes the inner
  /// ones along. It is out of sight of the program, so it may keep the host's root.
  private static func arguments(_ command: SandboxCommand, _ script: String) -> [String] {
    ["--pdeathsig", "KILL", "--", "unshare", "--pid", "--fork", "--kill-child=KILL", "--"]
      + ["sh", "-c", "\"$@\"; exit $?", "sh"]
      + ["unshare", "--mount", "--propagation", "private", "--pid", "--ipc", "--uts"]
      + (command.network ? [] : ["--net"]) + ["--fork", "--kill-child=KILL", "--"]
      + ["sh", "-c", script]
  }
}

/// What to mount over the overlay, and on what.
private struct Plan {
  let upper: FilePath?
  private(set) var points: MountPoints
  /// Lines of `fstab(5)` of the first phase.
  private(set) var roots: [String] = []
  /// Lines of `fstab(5)` of the second phase.
  private(set) var mounts = Script.standardMounts
  private(set) var masks: [SandboxCommand.Mask] = []

  init(_ command: SandboxCommand, _ sandbox: Sandbox) throws(FileError) {
    upper = if case .layer(let upper, _) = command.writes { upper } else { nil }
    points = MountPoints(layers: command.layers, upper: upper)
    for (folder, line) in Script.fileSystems {
      let target = try points.addVolatile(folder)
      roots.append(line.source + " \(Script.field("\(Script.base)/\(target)")) " + line.options)
    }
    for mask in command.masks {
      if mask.onlyExisting, try !points.exists(mask.path) { continue }
      let target = try points.add(mask.path, .file)
      mounts.append(Self.bind("/sys/mask\(masks.count)", target, readOnly: true))
      masks.append(mask)
    }
    for bind in command.binds + Self.networkBinds(command, sandbox) {
      guard let kind = try Self.followed(bind.source) else {
        throw FileError("bind", bind.source, errno: .noSuchFileOrDirectory)
      }
      let target = try points.add(bind.target, kind == .directory ? .directory : .file)
      mounts.append(Self.bind(bind.source.string, target, readOnly: bind.readOnly))
    }
    if command.writes == .refused { mounts.append("kiln \(Script.base) none remount,bind,ro") }
  }

  private static func bind(_ source: String, _ target: String, readOnly: Bool) -> String {
    // In a user namespace the kernel refuses to drop what the source's mount forbids, so a
    // read-only mount, which is a second step, names what it may well have.
    let options = readOnly ? "bind,ro,nosuid,nodev" : "bind"
    return "\(Script.field(source)) \(Script.field("\(Script.base)/\(target)")) none \(options)"
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
    let folders = paths.map { $0.string.split(separator: "/").dropLast() }
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
    guard path.isAbsolute, !name.contains(where: { ",:\"\\#".contains($0) || $0.isWhitespace })
    else { throw SandboxError(.unusablePath, path.string) }
    return name
  }
}
