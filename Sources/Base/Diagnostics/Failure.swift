/// An error of one kiln module: a value that callers switch on, tests compare and people read.
///
/// Each module has one conforming struct; its `Code` lists the stable codes as raw values (`K3101`).
/// `docs/errors.md` explains every code, and a test holds the two together.
public protocol Failure: Error, Hashable, Sendable, CustomStringConvertible {
  associatedtype Code: RawRepresentable<String>, CaseIterable, Hashable, Sendable

  var code: Code { get }
  /// The failure as people and programs read it; several where one run finds several.
  var diagnostics: [Diagnostic] { get }
}

extension Failure {
  public var description: String {
    diagnostics.map { $0.rendered() }.joined(separator: "\n")
  }
}
