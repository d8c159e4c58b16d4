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
        // A link that the package ships above it would lead into the host.
        let files = try ForeignFolder(tree).with(folder) { (place) throws(FileError) in
          guard let status = try Files.status(place) else { return [String]() }
          if status.kind == .symlink {
            let target = try Files.readSymlink(place)
            return target.pathComponents.last.map { ["/usr/share/doc/\($0)/copyright"] } ?? []
          }
          return Files.exists(place.appending("copyright")) ? ["/\(folder)/copyright"] : []
        }
        return files ?? []
      } catch {
        throw PackageError(error, package: name)
      }
    }
  }
}
