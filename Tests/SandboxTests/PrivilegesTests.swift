import Diagnostics
import FileSystem
import Sandbox
import SystemPackage
import Testing

@Suite("Privileges")
struct PrivilegesTests {
  private static let all = "000001ffffffffff"

  /// A machine of files: `/proc`, `/etc` and the mapping tools.
  private func detect(
    uid: Int, capabilities: String = "0000000000000000", map: String = "0 0 4294967295",
    _ change: (FilePath) throws -> Void = { _ in }
  ) throws -> Result<Privileges, SandboxError> {
    let root = FilePath("/tmp/kiln-host-\(UInt64.random(in: .min ... .max))")
    defer { try? Files.removeTree(root) }
    for folder in ["proc/self", "proc/sys/user", "proc/sys/kernel", "etc", "usr/bin"] {
      try Files.makeDirectories(root.appending(folder))
    }
    let ids = "\(uid)\t\(uid)\t\(uid)\t\(uid)"
    let files = [
      "proc/self/status": "Name:\tkiln\nUid:\t\(ids)\nCapEff:\t\(capabilities)\n",
      "proc/self/uid_map": "         \(map)\n", "proc/sys/kernel/osrelease": "6.1.0-40-amd64\n",
      "proc/sys/user/max_user_namespaces": "96365\n",
      "etc/passwd": "root:x:0:0::/root:/bin/sh\nann:x:1001:1001::/home/ann:/bin/sh\n",
      "etc/subuid": "bob:100000:65536\nann:165536:65536\n", "etc/subgid": "ann:165536:65536\n",
      "usr/bin/newuidmap": "", "usr/bin/newgidmap": "",
    ]
    for (path, content) in files { try Files.write(content, to: root.appending(path)) }
    try change(root)
    do throws(SandboxError) {
      return .success(try Privileges.detect(root: root, searchPath: "/usr/sbin:/usr/bin"))
    } catch { return .failure(error) }
  }

  @Test("root of the machine, root of a namespace, an ordinary user")
  func decision() throws {
    #expect(try detect(uid: 0, capabilities: Self.all) == .success(.root))
    #expect(
      try detect(uid: 0, capabilities: Self.all, map: "0 1001 1\n 1 165536 65535")
        == .success(.namespaceRoot))
    #expect(try detect(uid: 1001) == .success(.reexecution))
    #expect(
      Privileges.reexecution(arguments: ["/k", "build"])
        == ["unshare", "--user", "--map-root-user", "--map-auto", "--", "/k", "build"])
  }

  @Test("each obstacle is named with its remedy")
  func obstacles() throws {
    let write = { (path: String, text: String) in
      { (root: FilePath) in try Files.write(text, to: root.appending(path)) }
    }
    let cases: [(SandboxError.Code, String, Result<Privileges, SandboxError>)] = [
      (
        .mappingToolsMissing, "uidmap",
        try detect(uid: 1001) { try Files.removeFile($0.appending("usr/bin/newgidmap")) }
      ),
      (
        .subordinateIDsMissing, "ann:100000:65536",
        try detect(uid: 1001, write("etc/subgid", "bob:1:65536\n"))
      ),
      (
        .userNamespacesOff, "user.max_user_namespaces",
        try detect(uid: 1001, write("proc/sys/user/max_user_namespaces", "0\n"))
      ),
      (
        .userNamespacesOff, "apparmor",
        try detect(
          uid: 1001, write("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n"))
      ),
      (
        .kernelTooOld, "5.11",
        try detect(uid: 1001, write("proc/sys/kernel/osrelease", "5.10.0-35-amd64\n"))
      ),
      (.capabilityMissing, "CAP_SYS_ADMIN", try detect(uid: 0, capabilities: "00000000a80425fb")),
    ]
    for (code, remedy, result) in cases {
      guard case .failure(let error) = result else {
        Issue.record("\(code) was not found")
        continue
      }
      #expect(error.code == code)
      #expect(error.diagnostics.first?.remedy?.contains(remedy) == true)
    }
  }
}
