/// Where a file of a wheel goes, by its place in the wheel.
public enum InstallScheme: String, Hashable, Sendable, CaseIterable {
  /// What stands at the wheel's top level: the site-packages folder.
  case root
  case purelib
  case platlib
  /// The commands' folder; `#!python` becomes the interpreter.
  case scripts
  /// C headers, a folder for each project.
  case headers
  /// The virtual environment itself.
  case data

  /// The scheme of a path inside a wheel, and the path below the scheme's folder.
  ///
  /// As pip does, any top-level folder whose name ends in `.data` holds one folder for each scheme.
  ///
  /// - Returns: nil for a path in such a folder that belongs to no scheme.
  public static func of(_ path: String) -> (scheme: InstallScheme, path: String)? {
    let parts = ZipName.components(path, limit: 3)
    guard parts.count > 1, parts[0].utf8.suffix(5).elementsEqual(".data".utf8) else {
      return (.root, path)
    }
    guard parts.count == 3, let scheme = InstallScheme(rawValue: parts[1]), scheme != .root else {
      return nil
    }
    return (scheme, parts[2])
  }
}
