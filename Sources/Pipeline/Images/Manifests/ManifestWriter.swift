internal import Content
internal import Digests
internal import FileSystem
internal import GPUCode
internal import Locks
internal import Recipes
internal import SystemPackage

/// The paths of a tree as the manifest lists them, with what their sum is.
struct TreeListing {
  let entries: [TreeEntry]
  let origins: [Origin]
  private(set) var totals = Manifest.Totals()
  private(set) var digest: SHA256Digest
  private let indexes: [Origin: Int]

  init(_ entries: [TreeEntry], order: OriginOrder) {
    self.entries = entries
    origins = order.sorted(Set(entries.map(\.origin)))
    indexes = Dictionary(
      uniqueKeysWithValues: origins.enumerated().map { ($0.element, $0.offset) })
    var hasher = TreeDigest()
    digest = SHA256Digest(of: [])
    for entry in entries {
      hasher.add(file(entry))
      totals.count(entry)
    }
    digest = hasher.finish()
  }

  func file(_ entry: TreeEntry) -> Manifest.File {
    Manifest.File(
      path: entry.path.isEmpty ? "." : entry.path, kind: entry.kind,
      mode: FileMode.text(entry.permissions),
      uid: entry.owner, gid: entry.group, size: entry.size,
      sha256: entry.sha256,
      link: entry.kind == .symlink || entry.kind == .hardlink ? entry.link : nil,
      capability: entry.capability.isEmpty ? nil : Hexadecimal.text(entry.capability),
      origin: indexes[entry.origin] ?? 0)
  }
}

extension Manifest.Totals {
  fileprivate mutating func count(_ entry: TreeEntry) {
    bytes += entry.size
    switch entry.kind {
    case .file: files += 1
    case .directory: directories += 1
    case .symlink: symlinks += 1
    case .hardlink: hardlinks += 1
    case .fifo, .characterDevice, .blockDevice: others += 1
    }
  }
}

/// Writes a manifest piece by piece, one line an artifact, an origin and a path, so that it never
/// stands in memory and two of them compare line by line.
struct ManifestWriter {
  let listing: TreeListing
  let request: ImageRequest
  let provenance: Provenance
  let image: Manifest.Image

  func write(to file: inout AtomicFile) throws(FileError) {
    var text = "{\n"
    for (key, value) in head + gpu { text += "  \(JSON.text(key)): \(value),\n" }
    text += "  \"artifacts\": [" + lines(provenance.artifacts.map(component)) + "],\n"
    text += "  \"origins\": [" + lines(listing.origins.map(origin)) + "],\n"
    text += "  \"files\": ["
    var bytes = Array(text.utf8)
    var separator = "\n    "
    for entry in listing.entries {
      bytes += separator.utf8
      JSON.append(listing.file(entry), to: &bytes)
      separator = ",\n    "
      if bytes.count > 1 << 16 {
        try file.write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    try file.write(bytes + Array("\n  ]\n}\n".utf8))
  }

  private var head: [(String, String)] {
    let totals = listing.totals
    var head = [
      ("manifest", "\(Manifest.formatVersion)"), ("tool", JSON.text(provenance.tool)),
      ("name", JSON.text(request.name)),
    ]
    if let flavour = request.flavour { head.append(("flavour", JSON.text(flavour.rawValue))) }
    return head + [
      ("recipeDigest", JSON.text(provenance.recipeDigest.hex)),
      ("lockDigest", JSON.text(provenance.lockDigest.hex)),
      ("sourceDateEpoch", "\(provenance.sourceDateEpoch)"),
      (
        "image",
        JSON.object([
          ("file", JSON.text(image.file)), ("format", JSON.text(image.format.rawValue)),
          ("compression", JSON.text(image.compression.rawValue)), ("size", "\(image.size)"),
          ("sha256", JSON.text(image.sha256.hex)),
        ])
      ),
      ("treeDigest", JSON.text(listing.digest.hex)),
      (
        "totals",
        JSON.object([
          ("files", "\(totals.files)"), ("directories", "\(totals.directories)"),
          ("symlinks", "\(totals.symlinks)"), ("hardlinks", "\(totals.hardlinks)"),
          ("others", "\(totals.others)"), ("bytes", "\(totals.bytes)"),
        ])
      ),
    ]
  }

  private var gpu: [(String, String)] {
    guard let facts = provenance.gpu else { return [] }
    var fields = [("architectures", names(facts.architectures.map(\.description)))]
    if let driver = facts.driver {
      let requirement = JSON.object([
        ("cuda", JSON.text(driver.cuda)), ("linux", JSON.text(driver.linux)),
        ("windows", JSON.text(driver.windows)),
      ])
      fields.append(("driver", requirement))
    }
    let libraries = facts.libraries.map { library in
      JSON.object(
        [("path", JSON.text(library.path)), ("size", "\(library.size)")]
          + (library.soname.map { [("soname", JSON.text($0))] } ?? []) + [
            ("architectures", names(library.code.machine.sorted().map(\.description))),
            ("ptx", names(library.code.ptx.sorted().map(\.virtualName))),
          ])
    }
    let duplicates = facts.duplicates.map { duplicate in
      JSON.object([
        ("soname", JSON.text(duplicate.soname)), ("paths", names(duplicate.paths)),
        ("wasted", "\(duplicate.wasted)"),
      ])
    }
    fields.append(("libraries", "[" + lines(libraries) + "]"))
    fields.append(("duplicates", "[" + lines(duplicates) + "]"))
    return [("gpu", JSON.object(fields))]
  }

  private func names(_ texts: [String]) -> String {
    "[" + texts.map { JSON.text($0) }.joined(separator: ", ") + "]"
  }

  private func component(_ artifact: Artifact) -> String {
    var fields = [
      ("kind", JSON.text(artifact.kind.rawValue)), ("name", JSON.text(artifact.name)),
      ("version", JSON.text(artifact.version)), ("size", "\(artifact.size)"),
      ("sha256", JSON.text(artifact.sha256.hex)),
    ]
    if provenance.requested.contains(artifact.name) { fields.append(("requested", "true")) }
    if !artifact.dependencies.isEmpty {
      fields.append(("dependencies", JSON.text(artifact.dependencies.joined(separator: " "))))
    }
    return JSON.object(fields)
  }

  private func origin(_ origin: Origin) -> String {
    JSON.object([
      ("kind", JSON.text(origin.kind.rawValue)), ("name", JSON.text(origin.name)),
      ("version", JSON.text(origin.version)),
    ])
  }

  private func lines(_ lines: [String]) -> String {
    lines.isEmpty ? "" : "\n    " + lines.joined(separator: ",\n    ") + "\n  "
  }
}
