import Content
import FileSystem
import Sandbox

extension RootfsBuilder {
  /// What dpkg's database of the root calls installed.
  func installedPackages(_ chain: LayerChain) throws(RootfsError) -> Set<InstalledPackage> {
    do throws(FileError) {
      guard let status = try chain.stack.file("var/lib/dpkg/status") else { return [] }
      return Set(InstalledPackage.all(in: try Files.read(status)))
    } catch { throw RootfsError(error) }
  }

  /// Tells which packages the steps installed or exchanged: no lock holds them to a version, and bills
  /// of materials have their files only.
  func tell(
    ofMoreThan locked: Set<InstalledPackage>, in chain: LayerChain
  ) throws(RootfsError) {
    let names = Set(try installedPackages(chain).subtracting(locked).map(\.name)).sorted()
    guard !names.isEmpty else { return }
    let shown = names.prefix(8) + (names.count > 8 ? ["and \(names.count - 8) more"] : [])
    progress(
      .noticed(
        code: RootfsError.Notice.unlocked.rawValue,
        message: "steps installed packages that no lock holds: "
          + "\(shown.joined(separator: ", ")); name them in `packages`"))
  }
}
