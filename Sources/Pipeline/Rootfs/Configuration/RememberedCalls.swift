import Content
import Digests
import FileSystem
import Locks
import Packages
import Sandbox
import Store
import SystemPackage

/// Calls that maintainer scripts make of a few dear programs, whose results the store keeps: byte
/// code, the bundle of certificate authorities, the index of man pages.
///
/// For the time of the configuration the scripts that call them are shown with ``standIn`` before
/// the call. It looks at everything that the program would read, when the call comes; where an
/// earlier call saw the same, what that one wrote is put in place, else the program runs and what
/// it wrote is kept. So a root is the same with and without.
struct RememberedCalls {
  /// Edited scripts, the stand-in, and the folders that it uses.
  let binds: [SandboxCommand.Bind]
  private let made: FilePath

  /// Each is a mount of its own; with more there would be no end of the sandbox's set-up.
  private static let limit = 200

  /// - Parameter folder: for scratch; it must live until ``keep(in:)``.
  /// - Returns: nil where no script makes such a call, and where a package is from elsewhere than the
  ///   distribution's archive: its script could leave, in the name of a call that another recipe's
  ///   configuration is going to make, whatever it likes.
  init?(
    _ root: PristineRoot, of distribution: String, in folder: FilePath, store: Store,
    environment: [String: String]
  ) throws(RootfsError) {
    let artifacts = (root.packages + root.deferred).map(\.artifact)
    guard Self.areOf(distribution, artifacts) else { return nil }
    let contexts = Contexts(root, environment)
    var binds: [SandboxCommand.Bind] = []
    made = folder.appending("made")
    do throws(FileError) {
      for package in root.packages where package.controlFiles.contains("postinst") {
        let script = package.controlFile("postinst")
        guard binds.count < Self.limit,
          let text = Self.edited(
            String(decoding: try Files.read(script), as: UTF8.self), contexts.digest(of: package))
        else { continue }
        if binds.isEmpty { try Files.makeDirectory(folder) }
        let copy = folder.appending("\(binds.count)")
        try Files.write(text, to: copy)
        try Files.setPermissions(0o755, of: copy)
        binds.append(.init(copy, at: "/var/lib/dpkg/info/\(package.databaseName).postinst"))
      }
      guard !binds.isEmpty else { return nil }
      let call = folder.appending("call")
      try Files.write(Self.standIn, to: call)
      try Files.setPermissions(0o755, of: call)
      try Files.makeDirectory(made)
      // man-db's index is made by its own user.
      try Files.setPermissions(0o1777, of: made)
      self.binds =
        binds + [
          .init(call, at: "/kiln/call"),
          .init(try store.folder(of: .call), at: "/kiln/known"),
          .init(made, at: "/kiln/made", readOnly: false),
        ]
    } catch { throw RootfsError(error) }
  }

  /// Keeps what the calls of a configuration that succeeded wrote, and marks what they used.
  func keep(in store: Store) async throws(RootfsError) {
    let names: [String]
    do throws(FileError) { names = try Files.entries(made) } catch { throw RootfsError(error) }
    for name in names {
      guard let key = SHA256Digest(hex: name.prefix(64)) else { continue }
      switch name.dropFirst(64) {
      case ".used": _ = store.result(.call, key: key)
      case ".tar":
        // Whatever else a script made of it is no result.
        guard Self.isFile(made.appending(name)) else { continue }
        _ = try await store.result(.call, key: key, failure: { RootfsError($0) }) {
          (folder) throws(RootfsError) in
          let file = folder.appending("output")
          do throws(FileError) {
            try Files.rename(made.appending(name), to: file)
            try Files.setOwner(0, group: 0, of: file)
            try Files.setPermissions(0o644, of: file)
            try SealedFile.seal(file)
          } catch { throw RootfsError(error) }
        }
      default: break
      }
    }
  }

  private static func isFile(_ path: FilePath) -> Bool { (try? Files.status(path)?.kind) == .file }
}

extension RememberedCalls {
  /// Whether the distribution's own archive has all of the packages.
  static func areOf(_ distribution: String, _ artifacts: [Artifact]) -> Bool {
    artifacts.allSatisfy { [distribution, "\(distribution)-security"].contains($0.source) }
  }

  /// The script with the stand-in before each call that can be remembered; nil where it makes none.
  static func edited(_ script: String, _ context: SHA256Digest) -> String? {
    guard script.hasPrefix("#!/bin/sh") || script.hasPrefix("#! /bin/sh") else { return nil }
    var isEdited = false
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard let (kind, start) = call(in: line) else { return String(line) }
      isEdited = true
      return line[..<start] + "/kiln/call \(context) \(kind) " + line[start...]
    }
    return isEdited ? lines.joined(separator: "\n") : nil
  }

  /// A call in one of the few forms in which Debian's scripts write it.
  private static func call(in line: Substring) -> (kind: String, start: String.Index)? {
    let text = line.drop { $0 == " " || $0 == "\t" }
    // Thousands of lines are looked at; the expression alone takes longer than all the rest.
    if text.hasPrefix("/usr/bin/"), isCompilation(text) { return ("python", text.startIndex) }
    if text.hasPrefix("py3compile -p ") { return ("py3compile", text.startIndex) }
    if text == "update-ca-certificates" || text.hasPrefix("update-ca-certificates --") {
      return ("certificates", text.startIndex)
    }
    if text.hasPrefix("setpriv ") || text.hasPrefix("runuser "),
      let range = text.firstRange(of: "/usr/bin/mandb \"$@\"")
    {
      return ("mandb", range.lowerBound)
    }
    return nil
  }

  private static func isCompilation(_ text: Substring) -> Bool {
    let python =
      #/
      /usr/bin/(python3\.\d+|\$python) \ -E \ -S
      \ /usr/lib/(python3\.\d+|\$python)/py_compile\.py \ \$files
      /#
    return text.wholeMatch(of: python) != nil
  }
}

/// What a package's programs are, by the packages that they may come from: its own, all that it
/// depends on, and the essential ones.
private struct Contexts {
  private let packages: [String: UnpackedPackage]
  private let common: Set<String>
  private let environment: String

  init(_ root: PristineRoot, _ environment: [String: String]) {
    packages = Dictionary(root.packages.map { ($0.name, $0) }) { first, _ in first }
    let essential = root.packages.filter(\.isEssential)
    common = Set((essential + root.deferred).map(\.artifact.name))
    self.environment = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      .joined(separator: "\n")
  }

  func digest(of package: UnpackedPackage) -> SHA256Digest {
    var closure: Set<String> = []
    var pending = [package.name] + common
    while let name = pending.popLast() {
      guard closure.insert(name).inserted else { continue }
      pending += packages[name]?.artifact.dependencies ?? []
    }
    let digests = closure.sorted().compactMap { packages[$0]?.artifact.sha256.hex }
    return SHA256Digest(
      ofText: "\(RememberedCalls.standIn)\n\(environment)\n\(digests.joined(separator: "\n"))")
  }
}
