internal import Accelerators
internal import Platform

/// What the script said before it ended, and what that means.
final class FrameworkAnswer {
  let framework: Framework
  let backend: Backend
  private var text: [UInt8] = []
  private var errors: [UInt8] = []

  init(framework: Framework, backend: Backend) {
    self.framework = framework
    self.backend = backend
  }

  func report(_ bytes: [UInt8]) { text = (text + bytes).last(65_536) }
  func words(_ bytes: [UInt8]) { errors = (errors + bytes).last(65_536) }

  private var values: Variables {
    var values = Variables()
    for line in String(bytes: text).lines {
      if let assignment = line.after("kiln:") { values.take(printable(assignment)) }
    }
    return values
  }

  var facts: [Fact] {
    let values = values
    var facts = Facts()
    for name in [
      "python", "version", "cuda", "name", "capability", "architectures", "ran-on", "first-loss",
      "last-loss",
    ] {
      if let text = values[name] { facts.add(name, text) }
    }
    if let adapters { facts.add("adapters", adapters) }
    for name in ["loss", "weight"] {
      if let error = values[name + "-millionths"]?.number {
        facts.add(name + "-error", Double(error) / 1e6, "")
      }
    }
    return facts.all
  }

  /// - Parameter ending: how the interpreter ended; nothing when it was stopped at the limit.
  func state(_ ending: Child.Ending?, limit: UInt64) -> Outcome.State {
    let values = values
    guard let trouble = trouble(values, ending, limit) else { return .passed }
    // Versions that do not go together explain a failure better than what comes of them.
    return .failed(misfit(values) ?? trouble)
  }

  private func trouble(
    _ values: Variables, _ ending: Child.Ending?, _ limit: UInt64
  ) -> Trouble? {
    let step = values["step"] ?? (values["version"] == nil ? "import" : "start")
    guard let ending else {
      return Trouble("G1088", framework.title, significant(Double(limit) / 1e9), doing(step))
    }
    if case .signal(let signal) = ending { return crash(step, signal) }
    if backend == .directml, let adapters, adapters == 0 {
      return Trouble("G1094", framework.title, directMLsWords)
    }
    if let error = values["error"] { return explanation(of: error, step: step, values) }
    if let cuda = values["cuda"], cuda == "None", backend == .cuda {
      return Trouble("G1083", values.text("version"))
    }
    if let devices = values["devices"], devices == "0" { return start("it found no device") }
    guard ending == .exited(0), let finished = values["finished"], finished == "yes" else {
      return explanation(of: lastLine(errors), step: step, values)
    }
    return judge(values)
  }

  private func judge(_ values: Variables) -> Trouble? {
    let wanted = values.text("wanted")
    for device in [values["sum-on"] ?? wanted, values.text("ran-on")] where device != wanted {
      return Trouble("G1091", framework.title, device)
    }
    let limit = Int(FrameworkCheck.tolerance * 1e6)
    guard let loss = values["loss-millionths"]?.number, loss <= limit,
      let weight = values["weight-millionths"]?.number, weight <= limit,
      (values["sum"] ?? "4 6") == "4 6"
    else { return Trouble("G1089", framework.title) }
    // Nobody but DirectML itself can say that it was DirectML.
    if backend == .directml, adapters == nil {
      return Trouble("G1094", framework.title, ": it says nothing of adapters")
    }
    return nil
  }

  private func crash(_ step: String, _ signal: Int32) -> Trouble {
    let words = errors.isEmpty ? "" : "; it said: " + lastLine(errors)
    return Trouble("G1087", framework.title, doing(step), signalName(signal) + words)
  }

  private func start(_ reason: String) -> Trouble {
    Trouble("G1084", framework.title, backendTitle, reason)
  }

  private var backendTitle: String { backend == .directml ? "DirectML" : "CUDA" }

  private func doing(_ step: String) -> String {
    switch step {
    case "import": "importing it"
    case "start": "starting " + backendTitle
    default: "training"
    }
  }

  /// How many adapters DirectML says that it found; nothing where it said nothing.
  private var adapters: Int? {
    if let count = values["adapters"] { return count.number }
    for line in String(bytes: errors).lines {
      let parts = line.words
      for index in parts.indices.dropFirst() where parts[index] == "compatible" {
        return parts[index - 1].number
      }
    }
    return nil
  }

  /// Why DirectML was not loaded, in its own words.
  private var directMLsWords: String {
    for line in String(bytes: errors).lines where line.has("dlerror: ") || line.has("oad DirectML")
    {
      return ": " + printable(line)
    }
    return ""
  }

  /// What of TensorFlow's surroundings does not go with DirectML's plugin.
  private func misfit(_ values: Variables) -> Trouble? {
    guard framework == .tensorflow, backend == .directml, let python = values["python"],
      let plugin = values["has-tensorflow-directml-plugin"]
    else { return nil }
    let has = { (name: String) in values.text("has-" + name) }
    let isOld = !has("tensorflow-directml").isEmpty
    let (newest, text) = isOld ? (7, "Python 3.6 or 3.7") : (10, "Python 3.7 to 3.10")
    if Self.part(1, of: python) > newest { return Self.misfit(text, "Python", python) }
    if Self.part(0, of: has("numpy")) > 1 { return Self.misfit("NumPy 1", "NumPy", has("numpy")) }
    let protobuf = has("protobuf")
    if Self.part(0, of: protobuf) > 3 || Self.part(1, of: protobuf) > 19 {
      return Self.misfit("protobuf 3.19", "protobuf", protobuf)
    }
    if isOld { return nil }
    let (whole, cpu) = (has("tensorflow"), has("tensorflow-cpu"))
    if !whole.isEmpty { return Self.misfit("tensorflow-cpu 2.10", "tensorflow", whole) }
    if cpu.isEmpty { return nil }
    if !cpu.begins(with: "2.10.") {
      return Self.misfit("tensorflow-cpu 2.10", "tensorflow-cpu", cpu)
    }
    return plugin.isEmpty ? Self.misfit("tensorflow-directml-plugin", "none", "") : nil
  }

  private static func misfit(_ needed: String, _ name: String, _ version: String) -> Trouble {
    Trouble("G1095", needed, (name + " " + version).trimmed)
  }

  /// A part of a version, from 0; 0 where it has none.
  private static func part(_ index: Int, of version: String) -> Int {
    let parts = version.split(at: ".")
    return index < parts.count ? parts[index].number ?? 0 : 0
  }

  /// The words that the frameworks, Python and CUDA have for the usual failures, the more telling
  /// first.
  private static let signs = [
    ("No module named 'torch", "G1082"), ("No module named 'tensorflow", "G1082"),
    ("no kernel image is available", "G1085"),
    ("invalid device function", "G1085"), ("_INVALID_PTX", "G1085"), ("is too old", "G1092"),
    ("driver version is insufficient", "G1092"), ("out of memory", "G1093"),
    ("cannot open shared object file", "G1086"),
    ("undefined symbol", "G1086"), ("libcu", "G1086"), ("libnv", "G1086"),
  ]

  private func explanation(
    of error: String, step: String, _ values: Variables
  ) -> Trouble {
    switch Self.signs.first(where: { error.has($0.0) })?.1 {
    case "G1082"?:
      Trouble(
        "G1082", framework.title, values["python"].map { "Python " + $0 } ?? "this Python", error)
    case "G1085"?:
      Trouble("G1085", values["capability"] ?? "this GPU", values["architectures"] ?? "others")
    case "G1092"?: Trouble("G1092", values.text("cuda"), error)
    case "G1086"?: Trouble("G1086", framework.title, error)
    case let code?: Trouble(code, error)
    case nil where step == "start": start(error)
    case nil: Trouble("G1090", framework.title, doing(step), error)
    }
  }
}
