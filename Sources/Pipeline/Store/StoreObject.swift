internal import Digests
internal import FileSystem
internal import SystemPackage

/// Something in the store that can be counted, checked and removed on its own.
struct StoreObject: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case artifact
    case partial
    case result(Store.ResultKind)
    case apt
    case uv

    var name: String {
      switch self {
      case .artifact: "artifact"
      case .partial: "partial"
      case .result(let kind): kind.rawValue
      case .apt: "apt"
      case .uv: "uv"
      }
    }

    /// Every kind, in the order of people's interest.
    static let all =
      [Kind.artifact, .partial] + Store.ResultKind.allCases.map(Kind.result) + [.apt, .uv]
  }

  let kind: Kind
  /// nil where the name is none that the store gives.
  let key: SHA256Digest?
  let path: FilePath
  /// Seconds since 1970.
  let used: Int64

  /// The lock that whoever is changing it in place holds; nil for what never changes.
  var lockName: String? {
    switch (kind, key) {
    case (.partial, let key?): Store.lockName(key)
    case (.apt, let key?): Store.Folder.apt(key).lockName
    case (.uv, _): Store.Folder.uv.lockName
    default: nil
    }
  }
}

extension Store {
  /// Everything in the store, in a fixed order; what vanishes meanwhile is left out.
  func objects() throws(FileError) -> [StoreObject] {
    var objects = try sharded(root.appending("artifacts"), .artifact)
    for name in try Files.entries(root.appending("partial")) {
      try append(root.appending("partial/\(name)"), .partial, name, &objects)
    }
    for name in try Files.entries(root.appending("apt")) {
      try append(root.appending("apt/\(name)"), .apt, name, &objects)
    }
    try append(root.appending(Folder.uv.path), .uv, "", &objects)
    for kind in ResultKind.allCases {
      let folder = root.appending("results/\(kind.rawValue)")
      if Files.exists(folder) { objects += try sharded(folder, .result(kind)) }
    }
    return objects
  }

  private func sharded(
    _ folder: FilePath, _ kind: StoreObject.Kind
  ) throws(FileError) -> [StoreObject] {
    var objects: [StoreObject] = []
    for shard in try Files.entries(folder) {
      let place = folder.appending(shard)
      guard try Files.status(place)?.kind == .directory else {
        try append(place, kind, shard, &objects)
        continue
      }
      for name in try Files.entries(place) {
        try append(place.appending(name), kind, shard + name, &objects)
      }
    }
    return objects
  }

  private func append(
    _ path: FilePath, _ kind: StoreObject.Kind, _ name: String, _ objects: inout [StoreObject]
  ) throws(FileError) {
    guard let status = try Files.status(path) else { return }
    objects.append(
      StoreObject(kind: kind, key: SHA256Digest(hex: name), path: path, used: status.modified))
  }
}
