import FileSystem
public import SystemPackage

/// As whom kiln may do what needs root: change owners, mount, enter a root.
public enum Privileges: String, Hashable, Sendable, CaseIterable {
  /// The machine's root.
  case root
  /// Root of a user namespace that has a range of ids: ready to work.
  case namespaceRoot
  /// An ordinary user who can become ``namespaceRoot`` by ``reexecution(arguments:)``.
  case reexecution

  /// Whose attributes an overlay of such a process's keeps its marks in, so that a layer of another
  /// kind of process is no layer for it.
  public var overlayNamespace: String { self == .namespaceRoot ? "user" : "trusted" }

  /// The attribute by which an overlay of such a process's marks a folder that hides what the layers
  /// below have at its path; its value is ``opaque``.
  public var opaqueAttribute: String { "\(overlayNamespace).overlay.opaque" }

  public static let opaque = [UInt8(ascii: "y")]

  /// The words to execute, in place of the running program, so that it starts again with its
  /// `arguments` (the program's path first) as root of a user namespace.
  public static func reexecution(arguments: [String]) -> [String] {
    ["unshare", "--user", "--map-root-user", "--map-auto", "--"] + arguments
  }

  /// Looks at the process and the machine.
  ///
  /// - Parameters:
  ///   - root: where `/proc` and `/etc` are; only tests have reason to give another.
  ///   - searchPath: folders of host tools, with colons.
  /// - Throws: ``SandboxError`` that says what to install or to switch on.
  public static func detect(
    root: FilePath = "/", searchPath: String
  ) throws(SandboxError) -> Privileges {
    let host = Host(root: root, searchPath: searchPath)
    let status = try host.processStatus()
    guard status.user == 0 else {
      try host.requireUserNamespaces()
      try host.requireMapping(of: status.user)
      return .reexecution
    }
    let mapped = try host.mappedUsers()
    guard mapped >= Host.neededIDs else { throw SandboxError(.subordinateIDsMissing, "root") }
    guard status.mayMount else { throw SandboxError(.capabilityMissing, "CAP_SYS_ADMIN") }
    return mapped == UInt64(UInt32.max) ? .root : .namespaceRoot
  }
}

/// What the kernel and the machine's configuration say about a process.
private struct Host {
  /// 0 to 65534, the last of which is Debian's `nobody`.
  static let neededIDs: UInt64 = 65535

  let root: FilePath
  let searchPath: String

  func processStatus() throws(SandboxError) -> (user: UInt32, mayMount: Bool) {
    let fields = try lines("proc/self/status").map { $0.split { $0 == ":" || $0 == "\t" } }
    let field = { (name: String, index: Int) -> Substring? in
      fields.first { $0.first.map(String.init) == name && $0.count > index }?[index]
    }
    // Real, effective, saved and file-system user.
    let user = field("Uid", 2).flatMap { UInt32($0) }
    let capabilities = field("CapEff", 1).flatMap { UInt64($0, radix: 16) }
    // CAP_SYS_ADMIN is bit 21.
    return (user ?? UInt32.max, (capabilities ?? 0) >> 21 & 1 == 1)
  }

  func mappedUsers() throws(SandboxError) -> UInt64 {
    try lines("proc/self/uid_map").reduce(0) { sum, line in
      sum + (line.split(separator: " ").last.flatMap { UInt64($0) } ?? 0)
    }
  }

  func requireUserNamespaces() throws(SandboxError) {
    if let release = KernelRelease(root: root), release < .namespaceOverlays {
      throw SandboxError(.kernelTooOld, release.description)
    }
    if number("proc/sys/user/max_user_namespaces") == 0 {
      throw SandboxError(.userNamespacesOff, "user.max_user_namespaces=15000")
    }
    // Debian's switch, and Ubuntu's since 24.04.
    if number("proc/sys/kernel/unprivileged_userns_clone") == 0 {
      throw SandboxError(.userNamespacesOff, "kernel.unprivileged_userns_clone=1")
    }
    if number("proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1 {
      throw SandboxError(.userNamespacesOff, "kernel.apparmor_restrict_unprivileged_userns=0")
    }
  }

  func requireMapping(of user: UInt32) throws(SandboxError) {
    for tool in ["newuidmap", "newgidmap"] {
      let found = searchPath.split(separator: ":").contains { folder in
        Files.exists(root.appending(String(folder)).appending(tool))
      }
      guard found else { throw SandboxError(.mappingToolsMissing, tool) }
    }
    let id = String(user)
    let name = try records("etc/passwd").first { $0.count > 2 && $0[2] == id }?.first ?? id
    for file in ["etc/subuid", "etc/subgid"] {
      var count: UInt64 = 1
      for range in (try? records(file)) ?? [] where range.count == 3 {
        guard range[0] == name || range[0] == id else { continue }
        count += UInt64(range[2]) ?? 0
      }
      guard count >= Self.neededIDs else { throw SandboxError(.subordinateIDsMissing, name) }
    }
  }

  /// The lines of a file, split at colons.
  private func records(_ path: String) throws(SandboxError) -> [[String]] {
    try lines(path).map { line in line.split(separator: ":").map(String.init) }
  }

  private func lines(_ path: String) throws(SandboxError) -> [Substring] {
    do {
      return try Files.readText(root.appending(path)).split(separator: "\n")
    } catch {
      throw SandboxError(error)
    }
  }

  /// The leading numbers of a file of one line, nil where there is no such switch.
  private func number(_ path: String) -> Int? {
    let text = try? Files.readText(root.appending(path))
    return text?.split { !$0.isNumber }.first.flatMap { Int($0) }
  }
}
