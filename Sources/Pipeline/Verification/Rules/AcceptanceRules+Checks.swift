import Content
import Diagnostics
import FileSystem
import WSL

extension AcceptanceRules {
  static let sizeLimit: Int64 = 1 << 20

  static func modeRule(
    _ code: String, _ name: String, _ allowed: [UInt16],
    _ path: @escaping @Sendable (ImageUnderTest) -> String?
  ) -> Rule {
    let mode = allowed.first.map { String($0, radix: 8) } ?? ""
    return Rule(
      code, .warning, "\(name) is root's, 0\(mode)", remedy: "`chmod \(mode)`, `chown 0:0`"
    ) { image in
      path(image).map { modes(image, $0, allowed) } ?? []
    }
  }

  /// Findings about mode and owner; none where the file is missing.
  static func modes(
    _ image: ImageUnderTest, _ path: String, _ allowed: [UInt16], anyGroup: Bool = false
  ) -> [Finding] {
    guard let file = image.tree.file(path) else { return [] }
    var findings: [Finding] = []
    if !allowed.contains(file.permissions) {
      findings.append(
        Finding("/\(file.path) has the mode 0\(String(file.permissions, radix: 8))", at: file.path))
    }
    if file.owner != 0 || (!anyGroup && file.group != 0) {
      findings.append(
        Finding("/\(file.path) belongs to \(file.owner):\(file.group)", at: file.path))
    }
    return findings
  }

  static func folder(_ path: String, _ setting: String, _ folders: [String]) -> [Finding] {
    folders.contains { path.hasPrefix($0) }
      ? [] : [Finding("`\(setting)` is outside \(folders.joined(separator: " and "))", at: path)]
  }

  /// - Parameter fault: what is wrong with a file of these bytes.
  static func readable(
    _ image: ImageUnderTest, _ setting: String, _ fault: ([UInt8]) -> String?
  ) -> [Finding] {
    guard let path = image.distribution?.value(setting), !path.isEmpty else { return [] }
    if path.contains("..") { return [Finding("`\(setting)` has `..` in it: \(path)")] }
    guard let file = image.tree.file(path), file.kind == .file else {
      return [Finding("`\(setting)` names `\(path)`, which is not a file of the image")]
    }
    guard file.size <= sizeLimit else {
      return [
        Finding("\(path) has \(ByteCount(file.size)), and WSL reads at most 1 MiB", at: file.path)
      ]
    }
    let bytes = image.scan.contents[file.path]
    return bytes.flatMap(fault).map { [Finding("\(path) \($0)", at: file.path)] } ?? []
  }

  static func binary(_ image: ImageUnderTest, _ path: String, isRequired: Bool) -> [Finding] {
    guard let file = image.tree.file(path) else {
      return isRequired ? [Finding("there is no /\(path)")] : []
    }
    guard let elf = file.elf else {
      return [Finding("/\(path) is no ELF program", at: file.path)]
    }
    let machine = image.architecture
    guard elf.is64Bit, elf.machine == machine.elfMachine else {
      return [Finding("/\(path) is not a 64-bit program for \(machine.machine)", at: file.path)]
    }
    return []
  }

  /// - Parameter folder: of units of the system or of users.
  static func isMasked(_ image: ImageUnderTest, _ unit: String, in folder: String) -> Bool {
    let whose = folder.hasSuffix("/user") ? "user" : "system"
    return image.tree.entry("etc/systemd/\(whose)/\(unit)")?.linkTarget == "/dev/null"
  }
}
