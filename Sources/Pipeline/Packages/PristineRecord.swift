internal import FileSystem
internal import SystemPackage

/// What the store keeps of a root beside its files: the file `owners`.
///
/// Each line is a package's index and a path, apart by a tab; an empty path says that the package
/// is deferred. Paths have no line breaks, since dpkg allows none.
struct PristineRecord {
  /// Path → index of the package.
  let owners: [String: Int]
  let deferred: Set<Int>

  init(owners: [String: Int], deferred: Set<Int>) {
    self.owners = owners
    self.deferred = deferred
  }

  func write(to folder: FilePath) throws(PackageError) {
    var text = deferred.sorted().map { "\($0)\t\n" }.joined()
    for (path, index) in owners.sorted(by: { $0.key < $1.key }) { text += "\(index)\t\(path)\n" }
    do throws(FileError) { try Files.write(text, to: folder.appending("owners")) } catch {
      throw PackageError(error, package: "the root")
    }
  }

  init(reading folder: FilePath) throws(PackageError) {
    let path = folder.appending("owners")
    let text: String
    do throws(FileError) { text = try Files.readText(path, limit: 1 << 30) } catch {
      throw PackageError(error, package: "the root")
    }
    var owners: [String: Int] = [:]
    var deferred: Set<Int> = []
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      guard let tab = line.firstIndex(of: UInt8(ascii: "\t")),
        let index = Int(Substring(line[..<tab]))
      else {
        throw PackageError(
          .unreadable, package: "the root", place: path.string,
          reason: "the store's record is damaged")
      }
      let owned = String(Substring(line[line.index(after: tab)...]))
      if owned.isEmpty { deferred.insert(index) } else { owners[owned] = index }
    }
    self.owners = owners
    self.deferred = deferred
  }
}
