import Recipes

/// The variables of every login, and the folder of the host's GPU tools in every PATH.
///
/// WSL appends `/usr/lib/wsl/lib` to PATH; Debian's `/etc/profile` overwrites it, sudo and ssh
/// start from their own (WSL#8794).
enum LoginEnvironment {
  static let hostFolder = "/usr/lib/wsl/lib"
  static let systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  static func files(_ recipe: Recipe) throws(WSLError) -> [GeneratedFile] {
    let path = recipe.environment["PATH"] ?? systemPath
    let whole = path.utf8.split(separator: UInt8(ascii: ":")).contains {
      $0.elementsEqual(hostFolder.utf8)
    }
    var variables = recipe.environment
    variables["PATH"] = whole ? path : "\(path):\(hostFolder)"
    var files = [
      GeneratedFile.text("etc/environment", try environmentFile(variables)),
      .text("etc/profile.d/wsl-lib-path.sh", pathSnippet),
    ]
    if !recipe.environment.isEmpty {
      files.append(.text("etc/profile.d/kiln-environment.sh", profile(recipe.environment)))
    }
    if usesSudo(recipe) {
      // sudo refuses a drop-in that others can write, and skips names with a dot.
      files.append(
        .text(
          "etc/sudoers.d/wsl-lib-path", mode: 0o440,
          "Defaults secure_path=\"\(systemPath):\(hostFolder)\"\n"))
    }
    return files
  }

  static func usesSudo(_ recipe: Recipe) -> Bool {
    recipe.packages.contains { $0.hasPrefix("sudo") } || recipe.users.contains { $0.sudo != .none }
  }

  private static let pathSnippet = """
    # The host's GPU libraries and nvidia-smi: WSL puts this folder into PATH, /etc/profile drops it.
    case ":$PATH:" in
      *:\(hostFolder):*) ;;
      *) PATH="$PATH:\(hostFolder)" ;;
    esac
    export PATH

    """

  /// What pam_env reads, for ssh and for systemd's user manager: no quoting, `#` ends the value.
  private static func environmentFile(_ variables: [String: String]) throws(WSLError) -> String {
    var text = ""
    for name in variables.keys.sorted() {
      let value = variables[name] ?? ""
      let isName =
        name.utf8.first?.isDigit == false
        && name.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
      guard isName else {
        throw WSLError(.badVariable, name, "a name has letters, digits and `_` only")
      }
      let isPlain = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
      let scalars = value.unicodeScalars
      guard isPlain, !scalars.contains("#"), scalars.last != "\\", scalars.first != "\"",
        scalars.first != "'", scalars.first != " ", scalars.last != " "
      else {
        throw WSLError(
          .badVariable, name,
          "pam_env has no escapes: no `#`, control characters, leading quotes, outer spaces or "
            + "backslash at the end")
      }
      text += "\(name)=\(value)\n"
    }
    return text
  }

  /// WSL's own sessions do not go through PAM, so the shells get the variables too. Of PATH the
  /// recipe's is taken whole: `/etc/profile` has set another by then.
  private static func profile(_ variables: [String: String]) -> String {
    let lines = variables.keys.sorted().map { name in
      "export \(name)=\(Shell.quoted(variables[name] ?? ""))"
    }
    return "# The recipe's `environment`.\n" + lines.joined(separator: "\n") + "\n"
  }
}

/// Text for the POSIX shell.
enum Shell {
  static func quoted(_ text: String) -> String {
    // By code points, as the shell reads: with a combining mark behind it a quote is no `Character`
    // of its own.
    let parts = text.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.map { String($0) }.joined(separator: "'\\''") + "'"
  }
}
