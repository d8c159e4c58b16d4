import FileSystem
import Images
import SystemPackage
import TestSupport

extension Manifest {
  static func sample(_ text: String = SampleManifest.text()) async throws -> Manifest {
    try await withTemporaryFolder { folder in
      let path = folder.appending("tiny.manifest.json")
      try Files.write(text, to: path)
      return try Manifest.read(path)
    }
  }
}
