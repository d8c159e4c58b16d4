import Diagnostics
import FileSystem
import Recipes

/// What bsdtar, which WSL extracts images with, makes of a tar's shape. Each rule was tried with
/// WSL's own command lines; "fails" means that the whole import fails (0x8004030B).
enum TarRules {
  static let all: [Rule] = [
    stream, hardLinks, throughSymlinks, replacedFolders, brickedSymlinks, parentFolders, longNames,
    symlinkAttributes, appleAttributes, accessLists, encodedNames, trailing, whiteouts, duplicates,
    rootAtTop, rootMode, temporaryMode, devices, absoluteNames, ownerNames, invalidNames,
    compression,
  ]

  private static let stream = Rule(
    "K6110", .error, "The tar stream is whole", remedy: "build or download the image again"
  ) { image in
    switch image.scan.damage {
    case nil: []
    case .badHeader(let offset)?: [Finding("the tar stream is damaged at byte \(offset)")]
    case .badRecord(let offset)?:
      [Finding("an extended header is malformed or too large at byte \(offset)")]
    case .truncated?: [Finding("the image is cut off in the middle of an entry")]
    case .noEndMarker?: [Finding("the tar stream has no end-of-archive marker: it may be cut off")]
    }
  }

  private static let hardLinks = Rule(
    "K6111", .error, "Hard links come after their targets",
    remedy: "write each file before the hard links to it, and never a link alone"
  ) { image in
    var seen: PathSet = []
    return image.scan.entries.compactMap { entry in
      defer { if entry.kind != .directory { seen.insert(entry.path) } }
      guard entry.kind == .hardLink, !seen.contains(entry.hardLinkPath) else { return nil }
      return Finding(
        "the hard link \(entry.path) comes before its target \(entry.hardLinkPath), or without it",
        at: entry.path, reason: "bsdtar cannot make it, and the import fails")
    }
  }

  private static let throughSymlinks = Rule(
    "K6112", .error, "No path goes through a symbolic link of the image",
    remedy: "write the file under the folder that the link leads to"
  ) { image in
    var links: PathSet = []
    return image.scan.entries.compactMap { entry in
      defer {
        if entry.kind == .symlink { links.insert(entry.path) } else { links.remove(entry.path) }
      }
      guard !links.isEmpty, let link = ancestors(entry.path).first(where: links.contains) else {
        return nil
      }
      return Finding(
        "\(entry.path) goes through the symbolic link \(link)", at: entry.path,
        reason: "bsdtar refuses to follow it, and the import fails")
    }
  }

  private static let replacedFolders = Rule(
    "K6113", .error, "No folder is replaced by something else",
    remedy: "write one entry for each path"
  ) { image in
    var folders: PathSet = []
    return image.scan.entries.compactMap { entry in
      if entry.kind == .directory {
        folders.insert(entry.path)
        return nil
      }
      guard folders.contains(entry.path) else { return nil }
      return Finding(
        "\(entry.path) is a folder first and a \(entry.kind.rawValue) later", at: entry.path,
        reason: "bsdtar cannot replace a folder that holds something, and the import fails")
    }
  }

  private static let brickedSymlinks = Rule(
    "K6114", .error, "No symbolic link is replaced by a folder",
    remedy: "leave out the folder's entry, or the link"
  ) { image in
    var links: PathSet = []
    return image.scan.entries.compactMap { entry in
      if entry.kind == .symlink { links.insert(entry.path) }
      guard entry.kind == .directory, links.contains(entry.path) else { return nil }
      return Finding(
        "\(entry.path) is a symbolic link first and a folder later", at: entry.path,
        reason: "the import succeeds with an empty folder in the link's place")
    }
  }

  private static let parentFolders = Rule(
    "K6115", .error, "No path has `..` in it", remedy: "write the path without it"
  ) { image in
    image.scan.entries.filter { $0.path.pathComponents.contains("..") }.map {
      Finding("\($0.name) has `..` in it", at: $0.path, reason: "the import fails")
    }
  }

  private static let longNames = Rule(
    "K6116", .error, "No component of a path is longer than 255 bytes",
    remedy: "give the file a shorter name"
  ) { image in
    image.scan.entries.filter { entry in
      entry.path.utf8.count > 255
        && entry.path.pathComponents.contains { $0.utf8.count > 255 }
    }.map {
      Finding(
        "a name in \($0.path.prefix(60))… is longer than 255 bytes", reason: "the import fails")
    }
  }

  private static let symlinkAttributes = Rule(
    "K6117", .error, "No symbolic link has `user.*` attributes",
    remedy: "remove the attribute: Linux has none on links"
  ) { image in
    attributes(image) { $0.kind == .symlink && $1.hasPrefix("user.") }
  }

  private static let appleAttributes = Rule(
    "K6118", .error, "No file has `com.apple.*` attributes",
    remedy: "make the archive with `COPYFILE_DISABLE=1` or without extended attributes"
  ) { image in
    attributes(image) { $1.hasPrefix("com.apple.") }
  }

  private static let accessLists = Rule(
    "K6119", .error, "No file has an access control list",
    remedy: "remove it (`setfacl -b`): WSL's bsdtar fails on users that it does not know"
  ) { image in
    image.scan.entries.filter { !$0.accessLists.isEmpty }.map {
      Finding(
        "\($0.path) has an access control list", at: $0.path,
        reason: $0.accessLists.joined(separator: "\n"))
    }
  }

  private static let encodedNames = Rule(
    "K6120", .warning, "No PAX record has a name outside ASCII",
    remedy: "write such names as raw bytes, in GNU headers"
  ) { image in
    image.scan.entries.filter { !$0.nonASCIIRecords.isEmpty }.map {
      Finding(
        "\($0.path) is named in a PAX record (\($0.nonASCIIRecords.joined(separator: ", ")))",
        at: $0.path, reason: "in the C locale, which WSL 1 may use, bsdtar cannot make it")
    }
  }

  private static let trailing = Rule(
    "K6121", .error, "Nothing follows the end-of-archive marker",
    remedy: "write one tar stream: extract the parts over each other and pack the result"
  ) { image in
    image.scan.trailingData.map {
      [
        Finding(
          "data follows the end-of-archive marker, at byte \($0) of the tar stream",
          reason: "bsdtar stops at the first marker: what follows is lost without a word")
      ]
    } ?? []
  }

  private static let whiteouts = Rule(
    "K6122", .error, "There are no whiteouts of container layers",
    remedy: "flatten the layers first (`docker export`, `umoci unpack`)"
  ) { image in
    image.scan.entries.filter { ExtractedTree.split($0.path).name.hasPrefix(".wh.") }.map {
      Finding(
        "\($0.path) is a whiteout", at: $0.path, reason: "it is extracted as a file of that name")
    }
  }

  private static let duplicates = Rule(
    "K6123", .warning, "Each path comes once", remedy: "keep the last entry only"
  ) { image in
    var seen: PathTable<ImageEntry.Kind> = [:]
    return image.scan.entries.compactMap { entry in
      defer { seen[entry.path] = entry.kind }
      guard let kind = seen[entry.path], !entry.path.isEmpty,
        kind != .directory && entry.kind != .directory
      else { return nil }
      return Finding("\(entry.path) is in the archive twice; the last one wins", at: entry.path)
    }
  }

  private static let rootAtTop = Rule(
    "K6124", .error, "The archive's top is the root of the file system",
    remedy: "pack from inside the root folder (`tar -C ROOT -c .`), one image to an archive"
  ) { image in
    guard !image.tree.exists("etc"), !image.tree.exists("bin/sh") else { return [] }
    let folder = image.tree.names(in: "").first { image.tree.exists("\($0)/etc") }
    return [
      Finding(
        folder.map { "the file system's root is in the folder `\($0)`, not at the top" }
          ?? "there is neither /etc nor /bin/sh",
        reason: "WSL calls it no Linux distribution (0x80040326)")
    ]
  }

  private static let rootMode = Rule(
    "K6138", .error, "The root folder is root's, 0755",
    remedy: "`chmod 755` and `chown 0:0` the folder that is packed: `mktemp -d` makes it 0700"
  ) { image in
    folder(image, "") { $0.permissions & 0o7555 == 0o555 && $0.owner == 0 }.map {
      [Finding($0, reason: "after the import nobody but root could use the distribution")]
    } ?? []
  }

  private static let temporaryMode = Rule(
    "K6139", .warning, "/tmp is root's, 1777", remedy: "`chmod 1777 /tmp`"
  ) { image in
    folder(image, "tmp") { $0.permissions == 0o1777 && $0.owner == 0 }.map {
      [Finding($0, at: "tmp", reason: "WSL makes it where it is missing, and never mends it")]
    } ?? []
  }

  /// How a folder of the archive is where it is not as it should be.
  private static func folder(
    _ image: ImageUnderTest, _ path: String, _ isRight: (ImageEntry) -> Bool
  ) -> String? {
    guard let entry = image.scan.entries.last(where: { $0.path == path && $0.kind == .directory }),
      !isRight(entry)
    else { return nil }
    let mode = String(entry.permissions, radix: 8)
    return "/\(path) has the mode 0\(mode) and belongs to \(entry.owner):\(entry.group)"
  }

  private static let devices = Rule(
    "K6125", .warning, "There are no device nodes and nothing in /dev, /proc and /sys",
    remedy: "leave them out: the kernel and WSL fill these folders"
  ) { image in
    image.scan.entries.filter { entry in
      entry.kind == .characterDevice || entry.kind == .blockDevice
        || ["dev/", "proc/", "sys/"].contains { entry.path.hasPrefix($0) }
    }.map { Finding("\($0.path) (\($0.kind.rawValue)) is in the archive", at: $0.path) }
  }

  private static let absoluteNames = Rule(
    "K6127", .warning, "No path begins with a slash", remedy: "pack relative paths"
  ) { image in
    image.scan.entries.filter {
      $0.name.isAbsolutePath || ($0.kind == .hardLink && $0.linkTarget.isAbsolutePath)
    }.map {
      Finding("\($0.name) is absolute, or a hard link to an absolute path", at: $0.path)
    }
  }

  private static let ownerNames = Rule(
    "K6128", .warning, "Owners are numbers only",
    remedy: "pack with `--numeric-owner`: WSL 1 takes names for its own users"
  ) { image in
    image.scan.entries.filter {
      !["", "root"].contains($0.ownerName) || !["", "root"].contains($0.groupName)
    }.map {
      Finding("\($0.path) belongs to `\($0.ownerName):\($0.groupName)` by name", at: $0.path)
    }
  }

  private static let invalidNames = Rule(
    "K6137", .warning, "Names are UTF-8", remedy: "rename the file"
  ) { image in
    image.scan.entries.filter { $0.path.contains("\u{FFFD}") }.map {
      Finding("the name \($0.path) is not valid UTF-8", at: $0.path)
    }
  }

  private static let compression = Rule(
    "K6129", .warning, "Every WSL can decompress the image",
    remedy: "compress with gzip, which is always safe"
  ) { image in
    // Microsoft's validator takes these two.
    if image.flavour == .fromFile, ![.gzip, .xz].contains(image.scan.compression) {
      return [Finding("a `.wsl` is compressed with gzip or xz", severity: .error)]
    }
    return switch image.scan.compression {
    case .none, .gzip: []
    case .xz: [Finding("older versions of WSL cannot read xz")]
    case .zstd: [Finding("WSL 2 reads zstd by accident, WSL 1 never")]
    case .bzip2: [Finding("WSL does not promise to read bzip2")]
    }
  }

  private static func ancestors(_ path: String) -> some Sequence<String> {
    path.utf8.indices.lazy.filter { path.utf8[$0] == UInt8(ascii: "/") }.map { String(path[..<$0]) }
  }

  private static func attributes(
    _ image: ImageUnderTest, _ isBad: (ImageEntry, String) -> Bool
  ) -> [Finding] {
    image.scan.entries.flatMap { entry in
      entry.attributes.filter { isBad(entry, $0) }.map {
        Finding(
          "\(entry.path) has the attribute \($0)", at: entry.path,
          reason: "bsdtar cannot set it, and the import fails")
      }
    }
  }
}
