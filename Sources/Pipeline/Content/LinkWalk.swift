import FileSystem

/// Follows the symbolic links of a path as the kernel does inside a root.
public enum LinkWalk {
  /// - Parameters:
  ///   - path: relative or absolute; both start at the root.
  ///   - followLast: whether the last component's own link is followed.
  ///   - target: the text of the link at a path without links before its end; nil where no link is.
  /// - Returns: the path that it leads to, relative, empty for the root; nil for a circle.
  public static func resolve<Failure: Error>(
    _ path: String, followLast: Bool, target: (String) throws(Failure) -> String?
  ) throws(Failure) -> String? {
    var pending = path.pathComponents
    var done: [String] = []
    var links = 0
    while !pending.isEmpty {
      let name = pending.removeFirst()
      if name == "." { continue }
      if name == ".." {
        _ = done.popLast()
        continue
      }
      let here = (done + [name]).joined(separator: "/")
      guard followLast || !pending.isEmpty, let link = try target(here) else {
        done.append(name)
        continue
      }
      links += 1
      guard links <= 40 else { return nil }
      if link.isAbsolutePath { done = [] }
      pending = link.pathComponents + pending
    }
    return done.joined(separator: "/")
  }
}
