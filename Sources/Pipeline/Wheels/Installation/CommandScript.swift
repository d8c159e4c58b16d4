/// The files that pip writes into `bin`.
///
/// The wrapper is that of distlib up to 0.3.9, which pip 20 to 25.2 writes, and with them Debian
/// bullseye (20.3), bookworm (23.0), trixie (25.1) and Ubuntu noble (24.0). pip 25.3 moves the
/// import below `if`, pip 26 writes one of its own.
enum CommandScript {
  /// The longest first line that all kernels run, with `#!` and the line break.
  private static let longestShebang = 127

  /// The command for an entry point.
  static func wrapper(_ script: EntryPoints.Script, interpreter: String) -> String {
    let imported = script.function.prefix { $0 != "." }
    return shebang(interpreter) + """
      # -*- coding: utf-8 -*-
      import re
      import sys
      from \(script.module) import \(imported)
      if __name__ == '__main__':
          sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
          sys.exit(\(script.function)())

      """
  }

  /// The first line, or the two that let `sh` start what the kernel would not: a path that is too
  /// long or has a space.
  private static func shebang(_ interpreter: String) -> String {
    let hasSpace = interpreter.utf8.contains(0x20)
    if !hasSpace, interpreter.utf8.count + 3 <= longestShebang { return "#!\(interpreter)\n" }
    let quoted = hasSpace ? "\"\(interpreter)\"" : interpreter
    return "#!/bin/sh\n'''exec' \(quoted) \"$0\" \"$@\"\n' '''\n"
  }

  static let placeholder = Array("#!python".utf8)

  /// A wheel's own script, its first line for the interpreter; pip has no rule for long ones here.
  ///
  /// - Parameter content: begins with ``placeholder``.
  static func rewritten(_ content: [UInt8], interpreter: String) -> [UInt8] {
    let rest = content.firstIndex(of: UInt8(ascii: "\n")).map { content[($0 + 1)...] } ?? []
    return Array("#!\(interpreter)\n".utf8) + rest
  }

  /// The entry points that become commands, with the versioned names of pip and setuptools made
  /// for the Python at hand, as pip does.
  static func commands(
    _ entryPoints: EntryPoints, _ environment: VirtualEnvironment
  ) -> [EntryPoints.Script] {
    var console = entryPoints.console
    var made: [EntryPoints.Script] = []
    func specialize(_ name: String, _ names: [String], _ separator: String) {
      guard let script = console.first(where: { $0.name == name }) else { return }
      made += names.map { script.renamed($0) }
      console.removeAll { isVersioned($0.name, name, separator) }
    }
    let version = environment.pythonVersion
    specialize("pip", ["pip", "pip\(environment.pythonMajor)", "pip\(version)"], "")
    specialize("easy_install", ["easy_install", "easy_install-\(version)"], "-")
    return made + console + entryPoints.gui
  }

  /// Whether `name` is `base`, or `base` with a version behind it.
  private static func isVersioned(_ name: String, _ base: String, _ separator: String) -> Bool {
    if name == base { return true }
    let prefix = base + separator
    guard name.utf8.starts(with: prefix.utf8) else { return false }
    let numbers = name.utf8.dropFirst(prefix.utf8.count)
      .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isNumeric = numbers.allSatisfy {
      !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) }
    }
    return isNumeric && (separator.isEmpty ? numbers.count <= 2 : numbers.count == 2)
  }

  /// Whether a wheel's own script is what setuptools once made for an entry point; pip leaves it
  /// out and makes its own.
  static func isOldWrapper(_ fileName: String, of commands: Set<String>) -> Bool {
    let lower = fileName.lowercased()
    for suffix in [".exe", "-script.py", ".pya"] where lower.hasSuffix(suffix) {
      return commands.contains(String(fileName.dropLast(suffix.count)))
    }
    return commands.contains(fileName)
  }
}

extension EntryPoints.Script {
  fileprivate func renamed(_ name: String) -> Self {
    Self(name: name, module: module, function: function, extras: extras)
  }
}
