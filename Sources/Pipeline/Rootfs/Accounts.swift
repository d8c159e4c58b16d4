import FileSystem
import Sandbox

/// The users and groups of an image, as `/etc/passwd` and `/etc/group` have them.
struct Accounts {
  struct User {
    let name: String
    let uid: UInt32
    let gid: UInt32
    let home: String
  }

  private(set) var users: [User] = []
  private(set) var groups: [(name: String, gid: UInt32, members: [String])] = []

  init(_ stack: LayerStack) throws(FileError) {
    for fields in try Self.records("etc/passwd", stack) where fields.count >= 6 {
      guard let uid = UInt32(fields[2]), let gid = UInt32(fields[3]) else { continue }
      users.append(User(name: fields[0], uid: uid, gid: gid, home: fields[5]))
    }
    for fields in try Self.records("etc/group", stack) where fields.count >= 4 {
      guard let gid = UInt32(fields[2]) else { continue }
      groups.append((fields[0], gid, fields[3].split(separator: ",").map(String.init)))
    }
  }

  private static func records(
    _ path: String, _ stack: LayerStack
  ) throws(FileError) -> [[String]] {
    guard let file = try stack.file(path) else { return [] }
    // By code points: a colon with a combining mark behind it is one `Character`, and so is `\r\n`.
    return try Files.readText(file).unicodeScalars.split(separator: "\n").map { line in
      line.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
    }
  }

  /// The user as a program of the sandbox runs, with all groups that it is a member of.
  func sandboxUser(_ name: String) -> SandboxCommand.User? {
    guard let user = users.first(where: { $0.name == name }) else { return nil }
    let member = groups.filter { $0.members.contains(name) }.map(\.gid)
    return .init(
      uid: user.uid, gid: user.gid, groups: ([user.gid] + member.filter { $0 != user.gid }),
      home: user.home)
  }

  func uid(_ name: String) -> UInt32? {
    UInt32(name) ?? users.first { $0.name == name }?.uid
  }

  func gid(_ name: String) -> UInt32? {
    UInt32(name) ?? groups.first { $0.name == name }?.gid
  }
}
