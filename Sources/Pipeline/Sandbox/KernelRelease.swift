import FileSystem
import SystemPackage

/// The first two numbers of the running kernel's release.
struct KernelRelease: Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int

  /// The first that makes overlays for the root of a user namespace.
  static let namespaceOverlays = KernelRelease(5, 11)
  /// The first whose overlays can leave out every wait for the disk.
  static let volatileOverlays = KernelRelease(5, 10)

  init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// - Parameter root: where `/proc` is; only tests have reason to give another.
  /// - Returns: nil where the kernel does not say it in the usual way.
  init?(root: FilePath = "/") {
    guard let text = try? Files.readText(root.appending("proc/sys/kernel/osrelease")) else {
      return nil
    }
    let numbers = text.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    guard numbers.count == 2 else { return nil }
    self.init(numbers[0], numbers[1])
  }

  var description: String { "\(major).\(minor)" }

  static func < (left: KernelRelease, right: KernelRelease) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}
