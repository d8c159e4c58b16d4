import Content
import GPUCode
import Images
import Reporting
import SystemPackage

@testable import Comparison
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
      let tree = ExtractedTree(blocks.entries)
      for entry in blocks.entries.prefix(64) {
        _ = (tree.resolve(entry.path), tree.file(entry.linkTarget), tree.names(in: entry.path))
      }
    },
    "databases": { bytes in
      _ = PasswdLine.read(text(bytes))
      _ = InstalledPackage.all(in: bytes)
    },
    "manifest": { bytes in
      guard let manifest = manifest(bytes) else { return }
      _ = ImageInventory(manifest)
      for file in manifest.files.prefix(16) {
        _ = try? PathExplanation(of: file.path, in: manifest)
      }
      let page = SpacePage.html(manifest)
      // Names of others stand in it, and may not end the script that they stand in.
      precondition(page.ranges(of: "</script").count == ownScripts, "a name ends a script")
      checkSame(ImageContents(manifest))
    },
    "difference": { bytes in
      let parts = parts(bytes, 2)
      guard let before = manifest(parts[0]), let after = manifest(parts[1]) else { return }
      let contents = (ImageContents(before), ImageContents(after))
      let forth = ImageDifference(from: contents.0, to: contents.1)
      let back = ImageDifference(from: contents.1, to: contents.0)
      precondition(forth.added == back.removed && forth.changed.count == back.changed.count)
    },
    "image": { bytes in
      let file = Workbench.shared.file(bytes)
      guard let contents = try? ImageContents.read(file) else { return }
      checkSame(contents)
      _ = try? ImageContents.streamDigest(of: file)
    },
    "elf": { bytes in
      guard let library = try? GPULibrary.read(Workbench.shared.file(bytes), as: "lib.so") else {
        return
      }
      _ = library.code
    },
  ]

  private static func manifest(_ bytes: [UInt8]) -> Manifest? {
    try? Manifest.read(Workbench.shared.file(bytes))
  }

  private static func checkSame(_ contents: ImageContents) {
    let difference = ImageDifference(from: contents, to: contents)
    precondition(difference.isSame && difference.changed.isEmpty && difference.growth.isEmpty)
  }

  /// How many scripts a page has that names of nobody stand in.
  private static let ownScripts: Int = {
    let sample = manifest(
      Array(
        #"""
        {"manifest": 1, "tool": "kiln", "name": "a", "recipeDigest": "\#(zeros)", "lockDigest": "\#(zeros)",
        "sourceDateEpoch": 0, "image": {"file": "a.tar", "format": "tar", "compression": "fast",
        "size": 0, "sha256": "\#(zeros)"}, "treeDigest": "\#(zeros)", "totals": {"files": 0,
        "directories": 0, "symlinks": 0, "hardlinks": 0, "others": 0, "bytes": 0}, "artifacts": [],
        "origins": [], "files": []}
        """#.utf8))
    return sample.map { SpacePage.html($0).ranges(of: "</script").count } ?? -1
  }()

  private static let zeros = String(repeating: "0", count: 64)
}
