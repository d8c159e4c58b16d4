import ArgumentParser
import Builds
import Diagnostics
import Reporting

/// What a command has to say of the several files that it was given: one that fails takes nothing from
/// what is known of the others.
struct Answers<Value: Encodable & Sendable> {
  private(set) var values: [Value] = []
  private var failures: [BuildError] = []

  /// Does the work for one file.
  mutating func add(_ work: () async throws(BuildError) -> Value) async throws(BuildError) {
    let outcome: Result<Value, BuildError>
    do throws(BuildError) { outcome = .success(try await work()) } catch {
      outcome = .failure(error)
    }
    try add(outcome)
  }

  /// What an interruption ended is no answer.
  mutating func add(_ outcome: Result<Value, BuildError>) throws(BuildError) {
    switch outcome {
    case .success(let value): values.append(value)
    case .failure(let failure):
      if Task.isCancelled { throw failure }
      failures.append(failure)
    }
  }

  /// Prints everything: as one document, or each value as text and then the failures.
  ///
  /// - Parameters:
  ///   - name: the list's, in the document.
  ///   - more: what else is in the document.
  func print(
    _ name: String, asJSON: Bool, more: [String: any Encodable] = [:], text: (Value) -> String
  ) throws {
    guard asJSON else {
      for value in values { Terminal.output.write(text(value) + "\n") }
      if !failures.isEmpty { throw BuildError(joining: failures) }
      return
    }
    var document = more
    document[name] = values
    if !failures.isEmpty { document["diagnostics"] = failures.flatMap(\.diagnostics) }
    Terminal.output.write(JSONText.pretty(Document(parts: document)) + "\n")
    if !failures.isEmpty { throw ExitCode(BuildError(joining: failures).status) }
  }
}

private struct Document: Encodable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  let parts: [String: any Encodable]

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for (name, part) in parts { try container.encode(part, forKey: Name(stringValue: name)) }
  }
}

extension BuildError {
  /// The exit status.
  var status: Int32 { isWrongUse ? 2 : 1 }
}
