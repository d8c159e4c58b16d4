import CPlatform
import Platform

/// The CUDA libraries that the image carries, looked for in the folders where packages and wheels put
/// them.
struct ImageLibraries {
  /// Absolute paths of folders.
  let folders: [String]

  /// A runtime library and the version that it tells.
  struct Runtime {
    let path: String
    let version: Version
  }

  /// The newest CUDA runtime in the folders, which sets what the driver has to serve.
  ///
  /// - Parameter driver: leaves out what does not run on it: an image may have several runtimes, such
  ///   as a toolkit beside a framework's wheels.
  /// A file may be called by its major version alone (`libcudart.so.12`), and all of CUDA 11 is
  /// `libcudart.so.11.0`, so the library itself is asked; that needs no driver. Where it does not
  /// load, its name has to do.
  func newestRuntime(on driver: Version? = nil) -> Runtime? {
    var newest: Runtime?
    for folder in folders {
      for name in Self.names(in: folder) where name.begins(with: "libcudart") {
        guard let named = Self.version(in: name) else { continue }
        let path = folder + "/" + name
        let version = Self.runtimeVersion(path) ?? named
        if let driver, !version.runs(on: driver) { continue }
        if newest.map({ $0.version < version }) ?? true {
          newest = Runtime(path: path, version: version)
        }
      }
    }
    return newest
  }

  /// Where cuBLAS for CUDA `major` may be: paths in the folders, then the name for the loader.
  func candidates(_ library: String, major: Int) -> [String] {
    let name = library + ".so." + decimal(major)
    return folders.filter { Self.names(in: $0).contains(name) }.map { $0 + "/" + name } + [name]
  }

  private static func runtimeVersion(_ path: String) -> Version? {
    typealias Question = @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
    guard let library = try? SharedLibrary(path),
      let question = unsafe library.symbol("cudaRuntimeGetVersion", as: Question.self)
    else { return nil }
    var version: Int32 = 0
    guard unsafe question(&version) == 0, version > 0 else { return nil }
    return Version(encoded: Int(version))
  }

  /// The first two numbers after `.so.`; the second is 0 where there is only one.
  private static func version(in name: String) -> Version? {
    let parts = name.split(at: ".")
    guard let so = parts.firstIndex(of: "so"), so + 1 < parts.count,
      let major = parts[so + 1].number
    else { return nil }
    return Version(major, so + 2 < parts.count ? parts[so + 2].number ?? 0 : 0)
  }

  /// What is in a folder, in no order; nothing where there is no folder.
  private static func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(folder.characters) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      names.append(unsafe String(optionalCString: platform_entry_name(entry)))
    }
    return names
  }
}
