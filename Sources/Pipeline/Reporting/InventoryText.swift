internal import Content
public import Images

extension SummaryText {
  /// The largest origins and folders of an image.
  public static func render(_ inventory: ImageInventory, rows: Int = 20) -> String {
    let shares = inventory.shares.sorted { $0.bytes > $1.bytes }.prefix(rows).map { share in
      let name = [share.origin.kind.rawValue, share.origin.name, share.origin.version]
      return row(name.filter { !$0.isEmpty }.joined(separator: " "), share.bytes, share.files)
    }
    let folders = inventory.folders.sorted { $0.bytes > $1.bytes }.prefix(rows).map {
      row($0.path == "." ? "/" : "/" + $0.path, $0.bytes, $0.files)
    }
    let duplicates = inventory.duplicates.flatMap { duplicate in
      ["  \(ByteCount(duplicate.wasted)) too many of \(duplicate.soname):"]
        + duplicate.places.map { "    /\($0.path) (\(name($0.origin)))" }
    }
    return joined(
      ["by origin:"] + shares + ["by folder:"] + folders
        + (duplicates.isEmpty ? [] : ["more than once:"] + duplicates))
  }

  private static func row(_ name: String, _ bytes: Int64, _ files: Int) -> String {
    let size = "\(ByteCount(bytes))"
    let padding = String(repeating: " ", count: max(1, 10 - size.count))
    return "  \(size)\(padding)\(name) (\(counted(files, "file")))"
  }
}
