internal import Platform

/// Where an image keeps CUDA's libraries: NVIDIA's wheels in its Python environment, or a toolkit.
enum LibraryFolders {
  /// Absolute paths of the running system.
  ///
  /// - Parameter python: the environment's interpreter, like `/opt/ml/bin/python3`.
  static func folders(_ machine: Machine, python: String?) -> [String] {
    var folders: [String] = []
    for packages in sitePackages(machine, python: python) {
      let wheels = packages + "/nvidia"
      folders += machine.names(wheels).map { wheels + "/" + $0 + "/lib" }
    }
    folders.append("/usr/local/cuda/lib64")
    return folders.filter { machine.status($0)?.kind == .folder }
      .compactMap { try? machine.resolve($0) }
  }

  /// The folders of a Python environment's packages.
  @inline(never)
  static func sitePackages(_ machine: Machine, python: String?) -> [String] {
    guard let environment = python.flatMap({ environment(of: $0) }) else { return [] }
    let versions = machine.names(environment + "/lib")
    return versions.filter { $0.begins(with: "python3") }
      .map { environment + "/lib/" + $0 + "/site-packages" }
  }

  /// `/opt/ml` of `/opt/ml/bin/python3`.
  private static func environment(of python: String) -> String? {
    let parts = python.split(at: "/")
    guard parts.count > 2, parts[parts.count - 2] == "bin" else { return nil }
    return "/" + joined(Array(parts.dropLast(2)), "/")
  }
}
