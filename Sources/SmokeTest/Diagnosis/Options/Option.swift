internal import Platform

/// The options, as they are written.
enum Option: String, CaseIterable {
  case backend = "--backend"
  case level = "--level"
  case framework = "--framework"
  case json = "--json"
  case junit = "--junit"
  case selfCheck = "--self-check"
  case timeout = "--timeout"
  case device = "--device"
  case adapter = "--adapter"
  case directML = "--directml"
  case root = "--root"
  case help = "--help"
  case shortHelp = "-h"
  case version = "--version"

  /// What stands for its value in the help; nothing when it takes none.
  var placeholder: String? {
    switch self {
    case .backend: "auto|cuda|directml|cpu"
    case .level: "quick|full"
    case .framework: "pytorch|tensorflow"
    case .junit, .directML: "FILE"
    case .timeout: "SECONDS"
    case .device: "N"
    case .adapter: "N|NAME"
    case .root: "DIR"
    case .json, .selfCheck, .help, .shortHelp, .version: nil
    }
  }
}

/// Why the program cannot do what it was called for; its exit status is 2.
public struct WrongUse: Error, Hashable {
  public let message: String

  public init(_ message: String) { self.message = message }

  static func unknown(_ name: String) -> WrongUse {
    let what = name.begins(with: "-") ? "there is no option '" : "there is nothing to do with '"
    let near = suggestion(name, Option.allCases.map { $0.rawValue })
    return WrongUse(joined([what, printable(name), "'", near], ""))
  }

  static func choice(_ option: Option, _ value: String, _ names: [String]) -> WrongUse {
    let near = suggestion(value, names)
    return WrongUse(
      joined(
        [
          option.rawValue, " is ", option.placeholder ?? "", ", not '", printable(value), "'", near,
        ],
        ""))
  }
}

/// The end of a message about `name`, when one of `names` is near.
private func suggestion(_ name: String, _ names: [String]) -> String {
  nearest(name, names).map { "; did you mean " + $0 + "?" } ?? ""
}

/// The one of `names` that `name` most likely stands for.
func nearest(_ name: String, _ names: [String]) -> String? {
  var best: (name: String, distance: Int)?
  for candidate in names {
    let distance = editDistance(Array(name.bytes.prefix(64)), candidate.bytes)
    if distance <= max(1, candidate.bytes.count / 3), distance < best?.distance ?? .max {
      best = (candidate, distance)
    }
  }
  return best?.name
}

/// How many bytes must be put in, taken out or changed to make `b` of `a`.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = cost
    }
  }
  return row[b.count]
}
