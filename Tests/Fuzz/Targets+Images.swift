import Images
import SystemPackage

@testable import Comparison
@testable import GPUCode
@testable import Verification

extension Targets {
  /// Parsers of finished images and of what stands beside them.
  static let images: [String: Target] = [
    "tar-headers": { bytes in
      var blocks = TarBlocks(keeping: InterestingFiles.limit)
      // In uneven pieces, as a decompressor gives them.
      var rest = bytes[...]
      while !rest.isEmpty {
        blocks.consume(Array(rest.prefix(777)))
        rest = rest.dropFirst(777)
      }
      blocks.finish()
      let tree = Verification.FileTree(blocks.entries)
      for entry in blocks.entries.prefix(64) {
        _ = (tree.resolve(entry.path), tree.file(entry.linkTarget), tree.names(in: entry.path))
      }
    },
    "databases": { bytes in
      _ = PasswdLine.read(text(bytes))
      _ = DpkgPackage.installed(bytes)
    },
    "manifest": { bytes in
      guard let manifest = try? Manifest.read(Workbench.shared.file(bytes)) else { return }
      _ = ImageInventory(manifest)
      let contents = ImageContents(manifest)
      precondition(ImageDifference(from: contents, to: contents).changed.isEmpty)
    },
    "elf": { bytes in
      guard let library = try? GPULibrary.read(Workbench.shared.file(bytes), as: "lib.so") else {
        return
      }
      _ = library.code
    },
  ]
}
