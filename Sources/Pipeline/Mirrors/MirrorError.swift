public import Diagnostics
public import FileSystem
internal import Transfers
public import YAML

/// A source whose mirror is not known, or a configuration of mirrors that cannot be read.
public struct MirrorError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case unknownSource = "K2001"
    case badConfiguration = "K2002"
    case badURL = "K2003"
    case unreadable = "K2004"
    case interrupted = "K2005"
    case badSnapshot = "K2006"
    case unknownKey = "K2007"
  }

  public enum Cause: Hashable, Sendable {
    case file(FileError)
    case yaml(YAMLError)
    /// What could stand in the place of the key.
    case unknown(among: [String])
  }

  public let code: Code
  /// The source's name, or the URL without credentials.
  public let subject: String
  /// Where it says so, or the file that could say so.
  public let place: Diagnostic.Place
  public let cause: Cause?

  init(_ code: Code, _ subject: String, at place: Diagnostic.Place, cause: Cause? = nil) {
    self.code = code
    self.subject = TransferURL.redacted(subject)
    self.place = Diagnostic.Place(
      file: place.file, line: place.line, column: place.column,
      excerpt: place.excerpt.map(TransferURL.redacted))
    self.cause = cause
  }

  public var diagnostics: [Diagnostic] {
    switch cause {
    case .file(let error): error.diagnostics
    case .yaml(let error): error.diagnostics
    case .unknown, nil:
      [
        Diagnostic(
          code: code.rawValue, message: message, place: place, reason: reason, remedy: remedy)
      ]
    }
  }

  private var message: String {
    switch code {
    case .unknownSource: "no mirror is known for the source \(subject)"
    case .badConfiguration: "\(subject) wants a URL, a list of URLs, or `mirrors` and `snapshots`"
    case .badURL: "\(subject) is not a base URL of a mirror"
    case .unreadable: "the configuration of mirrors cannot be read"
    case .badSnapshot: "\(subject) is not an address of a snapshot"
    case .unknownKey: "unknown key `\(subject)` in the configuration of mirrors"
    case .interrupted: "asking the machine for its mirrors was interrupted"
    }
  }

  private var reason: String? {
    if case .unknown(let known) = cause { return "known here: " + known.joined(separator: ", ") }
    guard code == .unknownSource else { return nil }
    let neither = "neither the environment nor \(place.file) names one"
    return switch subject {
    case "pypi": neither + ", and no pip is installed that would know its index"
    case "debian", "debian-security", "ubuntu", "ubuntu-security":
      neither + ", and apt on this machine uses no such archive"
    default: neither
    }
  }

  private var remedy: String? {
    switch code {
    case .unknownSource:
      """
      set \(Mirrors.variable(subject)) to its base URL, several separated by spaces, or write
      `\(subject): URL` into \(place.file)
      """
    case .badConfiguration: "write `<source>: URL`, or a list of URLs"
    case .badURL: "write an http, https or file URL"
    case .badSnapshot:
      "write a URL in which braces hold one of: "
        + Snapshot.Field.allCases.map(\.rawValue).joined(separator: ", ")
    case .unknownKey: suggestion
    case .unreadable, .interrupted: nil
    }
  }

  private var suggestion: String {
    guard case .unknown(let known) = cause, let near = nearest(to: subject, among: known) else {
      return "write one of those, or remove it"
    }
    return "did you mean `\(near)`?"
  }
}
