internal import Content
public import Digests
public import Recipes
internal import SystemPackage

extension Recipe {
  /// Over all that resolution reads of the recipe: base, sources, keys, preferences, packages and
  /// Python, with the bytes of the files that they name. A lock with this digest is fresh.
  public func resolutionDigest() throws(ResolutionError) -> SHA256Digest {
    var record = ResolutionRecord()
    record.add("resolution", ["1", architecture.rawValue, String(recommends)])
    switch base {
    case .debian(let suite): try add(suite, of: "debian", to: &record)
    case .ubuntu(let suite): try add(suite, of: "ubuntu", to: &record)
    case .tarball(let file): try add(file, as: "tarball", to: &record)
    }
    for source in sources {
      let key: String
      switch source.key {
      case .file(let path): key = try fileDigest(directory.pushing(path)).digest.hex
      case .inline(let text): key = text
      }
      record.add("source", [source.name, source.uri, source.suite, key] + source.components)
    }
    for preference in preferences {
      record.add(
        "preference", [preference.package, preference.pin, String(preference.priority)])
    }
    // Their order does not change what apt chooses.
    record.add("packages", Array(Set(packages)).sorted())
    for deb in debs { try add(deb, as: "deb", to: &record) }
    if let python {
      record.add("python", [python.index ?? ""] + Array(Set(python.requirements)).sorted())
      for wheel in python.wheels {
        let digest = try fileDigest(directory.pushing(wheel)).digest
        record.add("wheel", [wheel.string, digest.hex])
      }
    }
    return record.digest
  }

  private func add(
    _ suite: Suite, of distribution: String, to record: inout ResolutionRecord
  ) throws(ResolutionError) {
    var keyring = ""
    if let path = suite.keyring { keyring = try fileDigest(directory.pushing(path)).digest.hex }
    record.add(
      distribution, [suite.suite, suite.variant.rawValue, keyring] + suite.components)
  }

  private func add(
    _ file: ForeignFile, as kind: String, to record: inout ResolutionRecord
  ) throws(ResolutionError) {
    switch file.location {
    case .url(let url): record.add(kind, [url, file.sha256 ?? ""])
    case .path(let path):
      let digest = try fileDigest(directory.pushing(path)).digest
      record.add(kind, [path.string, digest.hex, file.sha256 ?? ""])
    }
  }
}

/// Texts in a form in which no two different lists read the same.
private struct ResolutionRecord {
  private var text = ""

  mutating func add(_ kind: String, _ values: [String]) {
    text += "\(kind) \(values.count)\n"
    for value in values { text += "\(value.utf8.count) \(value)\n" }
  }

  var digest: SHA256Digest { SHA256Digest(ofText: text) }
}
