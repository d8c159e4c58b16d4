import Content
import Digests
import Dispatch
import FileSystem
import Locks
import Store
import Synchronization
import SystemPackage

@testable import Bundles
@testable import Packages
@testable import Rootfs
@testable import Wheels

extension Targets {
  /// Parsers of archives: they read files and write trees.
  static let archives: [String: Target] = [
    "deb": { bytes in
      let file = Workbench.shared.file(bytes)
      Workbench.shared.withFolder { folder in
        let artifact = Artifact(
          kind: .package, name: "hello", version: "1.0", architecture: .amd64, size: 1,
          sha256: SHA256Digest(of: []), source: "debian", path: "pool/hello_1.0_amd64.deb")
        var reader = DebReader(artifact: artifact, folder: folder)
        try? reader.unpack(file)
      }
    },
    "zip": { bytes in
      let file = Workbench.shared.file(bytes)
      guard let entries = try? ZipDirectory.read(file, name: "a").entries else { return }
      let files = entries.filter { !$0.isDirectory }
      let content = WheelContent(file: file, name: "a", entries: files)
      if let folder = try? Wheel.infoFolder(files.map(\.path), wheel: "a") {
        _ = try? content.documents(in: folder)
      }
      // A bomb is what it is; the sizes that the directory gives are kept to elsewhere.
      guard entries.reduce(0, { $0 + $1.size }) < 1 << 22 else { return }
      Workbench.shared.withFolder { folder in
        for file in files {
          try? Files.makeDirectories(folder.appending(ZipName.parent(file.path)))
        }
        _ = try? content.extract(files, to: folder, digests: [:])
      }
    },
    "tar-base": { bytes in
      let file = Workbench.shared.file(bytes)
      Workbench.shared.withFolder { folder in
        var archive = BaseArchive(root: folder)
        try? archive.unpack(file, named: "base")
      }
    },
    "key-store": { bytes in
      // No mutation keeps the digest right.
      guard let digest = Hexadecimal.bytes(JavaKeyStore.digest(of: bytes)),
        let dated = JavaKeyStore.dated(bytes + digest, epoch: 1)
      else { return }
      precondition(dated.count == bytes.count + digest.count)
      precondition(JavaKeyStore.dated(dated, epoch: 1) == dated, "a key store changes again")
    },
    "bundle": { bytes in
      let file = Workbench.shared.file(bytes)
      guard let index = try? Bundle.check(file) else { return }
      Workbench.shared.withFolder { folder in
        guard let store = try? Store(root: folder) else { return }
        let imported = waiting { try? await Bundle.import(file, into: store) }
        precondition(imported?.artifacts == index.artifacts.count, "what was checked is not taken")
        precondition(index.artifacts.allSatisfy { store.artifact($0.sha256) != nil })
      }
    },
  ]

  /// What a task gives; libFuzzer knows of none.
  private static func waiting<Value: Sendable>(
    _ body: @escaping @Sendable () async -> Value?
  ) -> Value? {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Value?>(nil)
    Task {
      let value = await body()
      result.withLock { $0 = value }
      done.signal()
    }
    done.wait()
    return result.withLock(\.self)
  }
}
