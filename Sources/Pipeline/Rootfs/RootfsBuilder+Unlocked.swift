import Content
import FileSystem
import Sandbox
import SystemPackage

extension RootfsBuilder {
  /// The file in which dpkg says what is installed; nil where the root has none.
  func packageStatus(_ chain: LayerChain) throws(RootfsError) -> FilePath? {
    do throws(FileError) { return try chain.stack.file("var/lib/dpkg/status") } catch {
      throw RootfsError(error)
    }
  }

  private func installed(_ status: FilePath?) throws(RootfsError) -> Set<InstalledPackage> {
    guard let status else { return [] }
    do throws(FileError) { return Set(InstalledPackage.all(in: try Files.read(status))) } catch {
      throw RootfsError(error)
    }
  }

  /// Tells which packages the steps installed or exchanged: no lock holds them to a version, and bills
  /// of materials have their files only.
  ///
  /// - Parameter locked: the ``packageStatus(_:)`` before them.
  func tell(ofMoreThan locked: FilePath?, in chain: LayerChain) throws(RootfsError) {
    let status = try packageStatus(chain)
    // Most steps leave it as it is, and to read it takes longer than the rest of a build that has
    // nothing to do.
    if status == locked { return }
    let names = Set(try installed(status).subtracting(installed(locked)).map(\.name)).sorted()
    guard !names.isEmpty else { return }
    let shown = names.prefix(8) + (names.count > 8 ? ["and \(names.count - 8) more"] : [])
    progress(
      .noticed(
        code: RootfsError.Notice.unlocked.rawValue,
        message: "steps installed packages that no lock holds: "
          + "\(shown.joined(separator: ", ")); name them in `packages`"))
  }
}
