public import Content
internal import FoundationEssentials

/// Writes each event as one line of JSON: `{"event":"advanced","stage":"fetch","done":12,…}`.
public enum JSONRenderer {
  private struct Line: Encodable {
    var event: String
    var stage: String?
    var total: Int64?
    var unit: String?
    var done: Int64?
    var item: String?
    var reused: Bool?
    var text: String?
    var code: String?
    /// Milliseconds since the program began.
    var time: Int64
  }

  public static func line(for event: ProgressEvent, now: Int64) -> String {
    var line = Line(event: "", time: now)
    switch event {
    case .started(let stage, let total, let unit):
      (line.event, line.stage, line.total, line.unit) =
        ("started", stage.rawValue, total, unit.rawValue)
    case .advanced(let stage, let done, let item):
      (line.event, line.stage, line.done, line.item) = ("advanced", stage.rawValue, done, item)
    case .finished(let stage, let reused):
      (line.event, line.stage, line.reused) = ("finished", stage.rawValue, reused)
    case .output(let stage, let text):
      (line.event, line.stage, line.text) = ("output", stage.rawValue, text)
    case .noticed(let code, let message):
      (line.event, line.code, line.text) = ("noticed", code, message)
    }
    return JSONText.compact(line)
  }
}

/// JSON as kiln prints it: keys sorted, slashes as they are.
public enum JSONText {
  public static func compact(_ value: some Encodable) -> String { encode(value, []) }

  public static func pretty(_ value: some Encodable) -> String { encode(value, .prettyPrinted) }

  private static func encode(_ value: some Encodable, _ more: JSONEncoder.OutputFormatting)
    -> String
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = more.union([.sortedKeys, .withoutEscapingSlashes])
    // Plain values of strings, numbers and lists always encode.
    guard let data = try? encoder.encode(value) else { return "null" }
    return String(decoding: data, as: UTF8.self)
  }
}
