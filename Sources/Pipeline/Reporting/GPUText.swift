internal import Content
public import GPUCode

extension SummaryText {
  /// A table of the libraries that have code for GPUs, and what follows from it.
  public static func render(_ facts: GPUFacts) -> String {
    let rows = facts.libraries.map { library in
      [
        library.path, "\(ByteCount(library.size))",
        library.code.machine.sorted().map { $0.description.dropPrefix("sm_") }
          .joined(separator: " "),
        library.code.ptx.sorted().map { $0.virtualName.dropPrefix("compute_") }
          .joined(separator: " "),
      ]
    }
    let table = aligned([["library", "size", "sm", "PTX"]] + rows)
    let duplicates = facts.duplicates.flatMap { duplicate in
      [
        "\(duplicate.soname) is there \(duplicate.paths.count) times, "
          + "\(ByteCount(duplicate.wasted)) too many:"
      ] + duplicate.paths.map { "  " + $0 }
    }
    return joined((facts.libraries.isEmpty ? [] : table) + conclusions(facts) + duplicates)
  }

  /// Which GPUs the image is for, and the driver that it needs.
  static func conclusions(_ facts: GPUFacts) -> [String] {
    var lines = ["GPU code: none"]
    if !facts.libraries.isEmpty {
      let names = facts.architectures.map(\.description).joined(separator: " ")
      let libraries =
        facts.libraries.count == 1 ? "1 library" : "\(facts.libraries.count) libraries"
      lines = ["GPU code: \(names.isEmpty ? "no GPU runs all" : names) (\(libraries))"]
    }
    if let driver = facts.driver {
      lines.append(
        "driver: \(driver.windows) or newer on Windows, \(driver.linux) on Linux, "
          + "for CUDA \(driver.cuda)")
    }
    return lines
  }

  /// Columns as wide as their widest cell, two spaces apart.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let count = rows.first?.count ?? 0
    let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}

extension String {
  fileprivate func dropPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
