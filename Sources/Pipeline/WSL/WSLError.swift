public import Diagnostics

/// Something of a recipe's `wsl` section, users or environment that cannot be put into an image.
public struct WSLError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// A section or key that WSL's parser does not take for a name.
    case badName = "K6001"
    /// A value that WSL's parser would read back as something else.
    case badValue = "K6002"
    /// Two keys that WSL does not tell apart.
    case sameKey = "K6003"
    /// A user that the out-of-box script cannot make.
    case badUser = "K6004"
    /// A variable that `/etc/environment` cannot carry.
    case badVariable = "K6005"
  }

  public let code: Code
  /// What it is about: `boot.command`, a user's or a variable's name.
  public let subject: String
  public let detail: String

  public init(_ code: Code, _ subject: String, _ detail: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
  }

  public var diagnostics: [Diagnostic] {
    [Diagnostic(code: code.rawValue, message: message, reason: detail, remedy: remedy)]
  }

  private var message: String {
    switch code {
    case .badName: "WSL cannot read a setting of the name `\(subject)`"
    case .badValue: "WSL cannot read the value of `\(subject)`"
    case .sameKey: "`\(subject)` is set twice"
    case .badUser: "the out-of-box script cannot make the user `\(subject)`"
    case .badVariable: "`/etc/environment` cannot carry the variable `\(subject)`"
    }
  }

  private var remedy: String {
    switch code {
    case .badName: "use a letter, then letters and digits, for the section and for the key"
    case .badValue: "leave out carriage returns and NUL"
    case .sameKey: "WSL ignores the case of letters and takes the first: keep one"
    case .badUser: "use plain names of letters, digits, `_` and `-`, and absolute paths"
    case .badVariable: "set it in a file of `/etc/profile.d` (the recipe's `files`)"
    }
  }
}
