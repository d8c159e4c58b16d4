/// A line of `/etc/passwd`.
struct PasswdLine: Sendable {
  let line: Int
  let text: String
  /// nil where the line is malformed.
  let user: (name: String, password: String, uid: Int, home: String, shell: String)?

  static func read(_ text: String?) -> [PasswdLine] {
    (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.element.isEmpty }
      .map { offset, line in
        let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let uid = fields.count == 7 ? Int(fields[2]) : nil
        return PasswdLine(
          line: offset + 1, text: String(line),
          user: uid.map { (fields[0], fields[1], $0, fields[5], fields[6]) })
      }
  }
}

/// A package that dpkg's database calls installed.
struct DpkgPackage: Sendable {
  let name: String
  let architecture: String
  let version: String

  /// Reads the stanzas of `/var/lib/dpkg/status`.
  static func installed(_ bytes: [UInt8]) -> [DpkgPackage] {
    var packages: [DpkgPackage] = []
    var fields: [String: String] = [:]
    func finish() {
      if let name = fields["Package"], fields["Status"]?.hasSuffix(" installed") == true {
        packages.append(
          DpkgPackage(
            name: name, architecture: fields["Architecture"] ?? "",
            version: fields["Version"] ?? ""))
      }
      fields = [:]
    }
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.isEmpty { finish() }
      for key in ["Package", "Status", "Architecture", "Version"]
      where line.starts(with: "\(key): ".utf8) {
        fields[key] = String(decoding: line.dropFirst(key.utf8.count + 2), as: UTF8.self)
      }
    }
    finish()
    return packages
  }
}
