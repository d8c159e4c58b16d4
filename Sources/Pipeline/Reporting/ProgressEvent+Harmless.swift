public import Content
internal import Diagnostics

extension ProgressEvent {
  /// The same without what would command a terminal: tools, steps and packages choose these words.
  public var harmless: ProgressEvent {
    switch self {
    case .started, .finished: self
    case .advanced(let stage, let done, let item):
      .advanced(stage, done: done, item: item.harmlessLine)
    case .output(let stage, let text): .output(stage, text.harmlessLine)
    case .noticed(let code, let message): .noticed(code: code, message: message.harmlessLine)
    }
  }
}
