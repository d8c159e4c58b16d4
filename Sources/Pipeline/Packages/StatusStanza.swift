internal import Content

/// A stanza of dpkg's status file, its fields in the order in which dpkg writes them.
enum StatusStanza {
  /// The order of dpkg's `fieldinfos`; fields that it does not know follow in their own order.
  private static let order = [
    "Package", "Essential", "Protected", "Status", "Priority", "Section", "Installed-Size",
    "Origin", "Maintainer", "Bugs", "Architecture", "Multi-Arch", "Source", "Version",
    "Config-Version", "Replaces", "Provides", "Depends", "Pre-Depends", "Recommends", "Suggests",
    "Breaks", "Conflicts", "Enhances", "Conffiles", "Description",
  ].map { $0.lowercased() }

  static func text(_ fields: [ControlFile.Stanza.Field]) -> String {
    let ranked = fields.enumerated().map { (index, field) in
      (order.firstIndex(of: field.name.lowercased()) ?? order.count + index, field)
    }
    return ranked.sorted { $0.0 < $1.0 }.map { (_, field) in
      let gap = field.value.isEmpty || field.value.first == "\n" ? "" : " "
      return "\(field.name):\(gap)\(field.value)\n"
    }.joined()
  }
}
