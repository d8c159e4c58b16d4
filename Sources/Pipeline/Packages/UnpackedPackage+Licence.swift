internal import FileSystem
internal import SystemPackage

extension UnpackedPackage {
  /// Where the image has the package's copyright and licence, absolute.
  ///
  /// Debian's policy, 12.5: every package has a `copyright` in its folder of documents, or the folder
  /// is a link to that of a package of the same source.
  public var licenceFiles: [String] {
    get throws(PackageError) {
      let folder = "usr/share/doc/\(name)"
      do throws(FileError) {
        guard let status = try Files.status(tree.appending(folder)) else { return [] }
        if status.kind == .symlink {
          let target = try Files.readSymlink(tree.appending(folder))
          return target.pathComponents.last.map { ["/usr/share/doc/\($0)/copyright"] } ?? []
        }
        return Files.exists(tree.appending("\(folder)/copyright")) ? ["/\(folder)/copyright"] : []
      } catch {
        throw PackageError(error, package: name)
      }
    }
  }
}
