/// What happens in a build, as a stream of values. Drawing them is someone else's business.
public enum ProgressEvent: Hashable, Sendable {
  /// A stage begins; `total` counts its ``Unit`` where that is known.
  case started(Stage, total: Int64?, unit: Unit)
  /// `done` of the stage's total is done; `item` is what is being worked on.
  case advanced(Stage, done: Int64, item: String)
  case finished(Stage, reused: Bool)
  /// A line of output of a tool or of a step.
  case output(Stage, String)
  /// Something that the reader should know and that does not stop the build.
  case noticed(code: String, message: String)

  public enum Unit: String, Hashable, Codable, Sendable { case bytes, items }

  /// The stages in the order of the flow.
  public enum Stage: String, Hashable, Codable, Sendable, CaseIterable {
    case resolve, fetch, unpack, configure, python, files, steps, image, verify
  }
}

/// Where progress goes; called from any thread.
public typealias ProgressSink = @Sendable (ProgressEvent) -> Void
