internal import Platform

/// Finds libraries where the dynamic loader would: `LD_LIBRARY_PATH`, its cache, its own folders.
final class LoaderSearch {
  final class Hit {
    let path: String
    /// What led there, for people.
    let way: String

    init(_ path: String, _ way: String) {
      self.path = path
      self.way = way
    }
  }

  private let machine: Machine
  let cache: LoaderCache?

  init(_ machine: Machine) {
    self.machine = machine
    cache = (try? machine.read("/etc/ld.so.cache", limit: 16 << 20)).flatMap(LoaderCache.init)
  }

  /// The file that the loader takes for `name`. Like the loader it passes over libraries of another
  /// architecture, and stumbles over those that are none.
  func find(_ name: String) -> Hit? {
    let variable = machine.environment.text("LD_LIBRARY_PATH")
    for folder in variable.split(at: ":") {
      if let hit = hit(folder + "/" + name, "LD_LIBRARY_PATH") { return hit }
    }
    for path in cache?.paths(name) ?? [] {
      if let hit = hit(path, "the loader's cache") { return hit }
    }
    for folder in Self.ownFolders {
      if let hit = hit(folder + "/" + name, "a default folder") { return hit }
    }
    return nil
  }

  /// The first file of this name in the same places, whatever is in it; for when ``find(_:)`` has
  /// nothing.
  func findForeign(_ name: String) -> String? {
    let folders = machine.environment.text("LD_LIBRARY_PATH").split(at: ":") + Self.ownFolders
    return (folders.map { $0 + "/" + name } + (cache?.paths(name) ?? []))
      .first { machine.status($0) != nil }
  }

  private func hit(_ path: String, _ way: String) -> Hit? {
    guard machine.status(path) != nil else { return nil }
    if let bytes = try? machine.read(path, limit: 64), let header = ELFHeader(bytes),
      !header.isNative
    {
      return nil
    }
    return Hit(path, way)
  }

  static var ownFolders: [String] {
    #if arch(x86_64)
      let multiarch = "x86_64-linux-gnu"
    #else
      let multiarch = "aarch64-linux-gnu"
    #endif
    return [
      "/lib/" + multiarch, "/usr/lib/" + multiarch, "/lib64", "/usr/lib64", "/lib", "/usr/lib",
    ]
  }
}
