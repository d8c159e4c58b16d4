import Content
import FileSystem
import Glibc
import SystemPackage

/// What the program takes from where it runs; libraries get it as values.
enum Surroundings {
  static let environment: [String: String] = {
    var values: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let pair = unsafe String(cString: text).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { values[String(pair[0])] = String(pair[1]) }
      unsafe entry += 1
    }
    values["PATH"] = searchPath(values["PATH"] ?? "")
    return values
  }()

  /// Debian's ordinary users have no `sbin` in their path, where some of the tools are.
  private static func searchPath(_ path: String) -> String {
    let folders = path.split(separator: ":").map(String.init)
    let usual = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    return (folders + usual.filter { !folders.contains($0) }).joined(separator: ":")
  }

  /// `HOME`, else what the user database says: services and containers often set none.
  static var home: FilePath {
    if let home = environment["HOME"], !home.isEmpty { return FilePath(home) }
    guard let entry = unsafe getpwuid(getuid()), let home = unsafe entry.pointee.pw_dir else {
      return "/"
    }
    return unsafe FilePath(String(cString: home))
  }

  /// Seconds since 1970.
  static var now: Int64 { Int64(time(nil)) }

  static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Bytes; the kernel counts it in units of 1024.
  static var peakMemory: Int64 {
    var usage = rusage()
    guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return Int64(usage.ru_maxrss) * 1024
  }

  /// `--store`, else `KILN_STORE`, else `$XDG_CACHE_HOME/kiln`, else `~/.cache/kiln`.
  static func store(_ option: String?) -> FilePath {
    if let option { return absolute(option) }
    if let path = environment["KILN_STORE"], !path.isEmpty { return absolute(path) }
    if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
      return FilePath(cache).appending("kiln")
    }
    return home.appending(".cache/kiln")
  }

  /// `KILN_SMOKE_TESTS`, else kiln's own folder, else `libexec/kiln` beside that: the first that has
  /// a `gpu-smoke-test-<architecture>`.
  static var smokeTests: FilePath {
    if let path = environment["KILN_SMOKE_TESTS"], !path.isEmpty { return absolute(path) }
    let own = program.removingLastComponent()
    let installed = own.removingLastComponent().appending("libexec/kiln")
    let isInstalled = Architecture.allCases.contains {
      Files.exists(installed.appending("gpu-smoke-test-\($0.rawValue)"))
    }
    return isInstalled ? installed : own
  }

  /// The file that this process executes.
  private static var program: FilePath {
    (try? Files.readSymlink("/proc/self/exe")).map { FilePath($0) } ?? "/usr/bin/kiln"
  }

  static func absolute(_ path: String) -> FilePath {
    let path = FilePath(path)
    guard path.isRelative else { return path }
    return workingDirectory.pushing(path).lexicallyNormalized()
  }

  private static var workingDirectory: FilePath {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard unsafe getcwd(&buffer, buffer.count) != nil else { return "/" }
    return FilePath(
      String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
  }
}
