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
