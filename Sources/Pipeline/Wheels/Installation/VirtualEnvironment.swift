/// A virtual environment of an image, as `python3 -m venv` made it, and where wheels go in it.
///
/// Paths are those of the `venv` scheme of Python's sysconfig; headers go where pip puts them in
/// any virtual environment.
public struct VirtualEnvironment: Hashable, Sendable {
  /// Inside the image, relative, without a leading slash: `opt/ml`.
  public let path: String
  /// Major and minor number: `3.13`.
  public let pythonVersion: String
  /// What commands name in their first line: absolute, inside the image.
  public let interpreter: String

  /// - Parameters:
  ///   - path: inside the image; leading and trailing slashes are dropped.
  ///   - interpreter: `bin/python3` of the environment where absent, as pip has it when it is
  ///     called as `bin/pip` or `bin/python3 -m pip`.
  public init(path: String, pythonVersion: String, interpreter: String? = nil) {
    self.path = ZipName.components(path).joined(separator: "/")
    self.pythonVersion = pythonVersion
    self.interpreter = interpreter ?? "/\(self.path)/bin/python3"
  }

  /// Like all paths below, inside the environment.
  public var sitePackages: String { "lib/python\(pythonVersion)/site-packages" }

  /// `3` of `3.13`.
  var pythonMajor: String { String(pythonVersion.prefix { $0 != "." }) }

  func folder(of scheme: InstallScheme, project: String) -> String {
    switch scheme {
    case .root, .purelib, .platlib: sitePackages
    case .scripts: "bin"
    case .headers: "include/site/python\(pythonVersion)/\(project)"
    case .data: ""
    }
  }

  /// Where a path of the environment really is: `lib64` is a link to `lib` there, and a folder of
  /// that name in a layer above would hide it.
  func resolved(_ path: String) -> String {
    path.utf8.starts(with: "lib64/".utf8)
      ? "lib/" + String(decoding: path.utf8.dropFirst(6), as: UTF8.self) : path
  }

  /// `path` as RECORD writes it, relative to site-packages.
  func recordPath(_ path: String) -> String {
    let folder = sitePackages + "/"
    if path.utf8.starts(with: folder.utf8) {
      return String(decoding: path.utf8.dropFirst(folder.utf8.count), as: UTF8.self)
    }
    let base = ZipName.components(sitePackages)
    let parts = ZipName.components(path)
    let common = zip(base, parts).prefix { $0.utf8.elementsEqual($1.utf8) }.count
    return (base.dropFirst(common).map { _ in ".." } + parts.dropFirst(common))
      .joined(separator: "/")
  }
}
