internal import Accelerators
internal import Platform

/// What the script said before it ended, and what that means.
struct PyTorchAnswer {
  private var text: [UInt8] = []
  private var errors: [UInt8] = []

  mutating func report(_ bytes: [UInt8]) { text = (text + bytes).suffix(65_536) }
  mutating func words(_ bytes: [UInt8]) { errors = (errors + bytes).suffix(8192) }

  private var values: Variables {
    var values = Variables()
    for line in String(bytes: text).lines {
      if let assignment = line.after("kiln:") { values.take(printable(assignment)) }
    }
    return values
  }

  var facts: [Fact] {
    let values = values
    let texts = [
      "python", "version", "cuda", "name", "capability", "architectures", "ran-on", "first-loss",
      "last-loss",
    ]
    return texts.compactMap { name in values[name].map { Fact(name, .text($0)) } }
      + ["loss", "weight"].compactMap { name in
        values[name + "-millionths"]?.number.map {
          Fact(name + "-error", .quantity(Double($0) / 1e6, unit: ""))
        }
      }
  }

  /// - Parameter ending: how the interpreter ended; nothing when it was stopped at the limit.
  func state(_ ending: Child.Ending?, limit: UInt64) -> Outcome.State {
    let values = values
    let step = values["step"] ?? (values["version"] == nil ? "import" : "start")
    guard let ending else { return .failed(late(step, limit)) }
    if case .signal(let signal) = ending { return .failed(crash(step, signal)) }
    if let error = values["error"] { return .failed(explanation(of: error, step: step, values)) }
    if values["version"] != nil, (values["cuda"] ?? "") == "None" {
      return .failed(Trouble("G1083", values["version"] ?? ""))
    }
    guard ending == .exited(0), (values["finished"] ?? "") == "yes" else {
      return .failed(explanation(of: lastLine(errors), step: step, values))
    }
    return judge(values)
  }

  private func judge(_ values: Variables) -> Outcome.State {
    let device = values["ran-on"] ?? "nothing"
    guard device == "cuda" else { return .failed(Trouble("G1091", device)) }
    let limit = Int(FrameworkCheck.tolerance * 1e6)
    guard let loss = values["loss-millionths"]?.number, loss <= limit,
      let weight = values["weight-millionths"]?.number, weight <= limit
    else { return .failed(Trouble("G1089")) }
    return .passed
  }

  private func late(_ step: String, _ limit: UInt64) -> Trouble {
    Trouble("G1088", significant(Double(limit) / 1e9), doing(step))
  }

  private func crash(_ step: String, _ signal: Int32) -> Trouble {
    let words = errors.isEmpty ? "" : "; it said: " + lastLine(errors)
    return Trouble("G1087", doing(step), signalName(signal), words)
  }

  private func doing(_ step: String) -> String {
    switch step {
    case "import": "importing it"
    case "start": "starting CUDA"
    default: "training"
    }
  }

  /// The words that PyTorch, Python and CUDA have for the usual failures, the more telling first.
  private static let signs = [
    ("No module named 'torch'", "G1082"), ("no kernel image is available", "G1085"),
    ("invalid device function", "G1085"), ("is too old", "G1092"),
    ("driver version is insufficient", "G1092"), ("Error 803", "G1092"),
    ("out of memory", "G1093"), ("cannot open shared object file", "G1086"),
    ("undefined symbol", "G1086"), ("libcu", "G1086"), ("libnv", "G1086"),
  ]

  private func explanation(
    of error: String, step: String, _ values: Variables
  ) -> Trouble {
    switch Self.signs.first(where: { error.has($0.0) })?.1 {
    case "G1082"?: Trouble("G1082", values["python"].map { "Python " + $0 } ?? "this Python")
    case "G1085"?:
      Trouble("G1085", values["capability"] ?? "this GPU", values["architectures"] ?? "others")
    case "G1092"?: Trouble("G1092", values["cuda"] ?? "", error)
    case let code?: Trouble(code, error)
    case nil where step == "start": Trouble("G1084", error)
    case nil: Trouble("G1090", doing(step), error)
    }
  }
}
