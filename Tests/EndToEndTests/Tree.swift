import Digests
import FileSystem
import SystemPackage

/// A folder's content in full, to be held against another's.
struct Tree {
  /// Times are left out: kiln clamps them, other tools do not.
  struct Entry: Hashable, CustomStringConvertible {
    var kind: FileStatus.Kind
    var permissions: UInt16
    var owner: String
    /// Where a link leads, or a device's numbers.
    var target: String?
    var size: Int64?
    var digest: SHA256Digest?
    var capability: [UInt8]?
    /// The first path, in byte order, of the file that this is a hard link of.
    var sameAs: String?

    var description: String {
      let content = [target, size.map(String.init), digest.map { "\($0)" }, sameAs]
      return (["\(kind) \(String(permissions, radix: 8)) \(owner)"] + content.compactMap(\.self))
        .joined(separator: " ")
    }
  }

  let root: FilePath
  private(set) var entries: [String: Entry] = [:]

  /// - Parameter isWanted: by relative path; what a folder that is not wanted holds is not read.
  init(_ root: FilePath, where isWanted: (String) -> Bool = { _ in true }) throws(FileError) {
    self.root = root
    var inodes: [UInt64: String] = [:]
    var found: [String: Entry] = [:]
    try Files.walk(root) { (path, status) throws(FileError) in
      guard isWanted(path) else { return false }
      var entry = Entry(
        kind: status.kind, permissions: status.permissions,
        owner: "\(status.owner):\(status.group)")
      switch status.kind {
      case .symlink: entry.target = try Files.readSymlink(root.appending(path))
      case .file:
        let file = root.appending(path)
        entry.size = status.size
        entry.digest = SHA256Digest(of: try Files.read(file, limit: 2 << 30))
        entry.capability = try Files.attribute("security.capability", of: file)
        if status.linkCount > 1 {
          entry.sameAs = inodes[status.inode] ?? path
          inodes[status.inode] = entry.sameAs
        }
      case .characterDevice, .blockDevice: entry.target = "\(status.deviceNumber)"
      default: break
      }
      found[path] = entry
      return true
    }
    entries = found
  }
}

/// A difference between kiln's tree and a peer's that is meant, and why it is.
struct MeantDifference {
  enum Kind {
    case onlyKiln, onlyPeer
    /// Files of both, with the same mode and owner; what this leaves of the content is the same.
    case content(([UInt8]) -> [UInt8])
    /// Links of both; what this leaves of the targets is the same.
    case target((String) -> String)
  }

  let kind: Kind
  /// Regular expressions for whole paths.
  let paths: [String]

  init(_ kind: Kind, _ paths: String...) {
    self.kind = kind
    self.paths = paths
  }

  func allows(_ path: String, kiln: Tree, peer: Tree) throws -> Bool {
    guard try paths.contains(where: { try path.wholeMatch(of: Regex($0)) != nil }) else {
      return false
    }
    switch (kind, kiln.entries[path], peer.entries[path]) {
    case (.onlyKiln, .some, nil), (.onlyPeer, nil, .some): return true
    case (.content(let remains), var left?, var right?):
      guard left.kind == .file, right.kind == .file else { return false }
      (left.size, left.digest, left.sameAs) = (nil, nil, nil)
      (right.size, right.digest, right.sameAs) = (nil, nil, nil)
      let files = try [kiln, peer].map { try Files.read($0.root.appending(path)) }
      return left == right && remains(files[0]) == remains(files[1])
    case (.target(let remains), var left?, var right?):
      (left.target, right.target) = (left.target.map(remains), right.target.map(remains))
      return left.kind == .symlink && left == right
    default: return false
    }
  }
}

/// What two trees differ by.
struct TreeComparison {
  /// Lines for people.
  var unmeant: [String] = []
  /// Indices of the meant differences that there were.
  var met: Set<Int> = []

  init(kiln: Tree, peer: Tree, meant: [MeantDifference]) throws {
    for path in Set(kiln.entries.keys).union(peer.entries.keys).sorted()
    where kiln.entries[path] != peer.entries[path] {
      if let index = try meant.firstIndex(where: {
        try $0.allows(path, kiln: kiln, peer: peer)
      }) {
        met.insert(index)
      } else {
        let sides = [kiln, peer].map { $0.entries[path].map { "\($0)" } ?? "-" }
        unmeant.append("\(path): \(sides[0]) | \(sides[1])")
      }
    }
  }
}
