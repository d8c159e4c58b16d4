import Commands
import Content
import Digests
import FileSystem
import Locks
import Packages
import Store
import SystemPackage
import TestSupport

let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"]

@discardableResult
func shell(_ script: String, in folder: FilePath) async throws -> String {
  try await Command(
    "sh", ["-ec", script], environment: environment, workingDirectory: folder
  ).run().output
}

/// The artifact of a lock that a `.deb` on the disk is.
func testArtifact(
  _ file: FilePath, name: String, version: String = "1.0", architecture: Architecture? = nil
) throws -> Artifact {
  let bytes = try Files.read(file)
  return Artifact(
    kind: .package, name: name, version: version, architecture: architecture,
    size: Int64(bytes.count), sha256: SHA256Digest(of: bytes), source: "test",
    path: file.lastComponent?.string ?? "")
}

extension Store {
  /// Builds packages and unpacks them.
  func unpacked(_ debs: [TestDeb], in folder: FilePath) async throws -> [UnpackedPackage] {
    var packages: [(artifact: Artifact, file: FilePath)] = []
    for deb in debs {
      let file = try await deb.build(in: folder.appending("debs"))
      let artifact = try testArtifact(
        file, name: deb.name, version: deb.version,
        architecture: Architecture(rawValue: deb.architecture))
      packages.append((artifact, file))
    }
    return try await PackageUnpacker(store: self, jobs: 2, progress: { _ in }).unpack(packages)
  }

  /// What work that failed left behind.
  func leftovers() throws -> [String] {
    var found: [String] = []
    for folder in ["work", "results/package"] where Files.exists(root.appending(folder)) {
      // One level down are the sessions of running kilns, and the shards of digests.
      for name in try Files.entries(root.appending(folder)) {
        found += try Files.entries(root.appending(folder).appending(name))
      }
    }
    return found
  }
}

/// Every path of a tree with all that an image keeps of it, one line each.
func inventory(_ folder: FilePath, times: Bool = true) async throws -> Set<String> {
  let time = times ? "%T@" : "-"
  let listing = try await shell(
    """
    find . ! -type d -printf '%P %y %m %U:%G %s \(time) %l\\n'
    find . -type d -printf '%P %y %m %U:%G\\n'
    find . -type f -links +1 -printf '%i %P\\n' | sort | awk '
      { if ($1 == last) print "same", first, $2; else { first = $2; last = $1 } }'
    find . -type f -exec sha256sum {} +
    find . -type f -exec getcap {} + 2>/dev/null || true
    """, in: folder)
  return Set(listing.split(separator: "\n").map(String.init))
}
