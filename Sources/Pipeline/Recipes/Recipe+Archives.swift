extension Recipe {
  /// The archives that `files` take something out of, each once, in the order of the files.
  public var archives: [Archive] {
    var archives: [Archive] = []
    for entry in files {
      guard case .member(_, of: let archive) = entry.source, !archives.contains(archive) else {
        continue
      }
      archives.append(archive)
    }
    return archives
  }

  /// Requirements for wheels that are fetched and not installed.
  public var archiveRequirements: [String] {
    archives.compactMap { if case .wheel(let requirement) = $0 { requirement } else { nil } }
  }

  /// Archives of the recipe's folder, or by URL.
  public var archiveFiles: [ForeignFile] {
    archives.compactMap { if case .file(let file) = $0 { file } else { nil } }
  }
}
