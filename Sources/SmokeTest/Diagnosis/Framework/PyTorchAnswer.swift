internal import Accelerators
internal import Platform

/// What the script said before it ended, and what that means.
struct PyTorchAnswer {
  private var text: [UInt8] = []
  private var errors: [UInt8] = []

  mutating func report(_ bytes: [UInt8]) { text = (text + bytes).suffix(65_536) }
  mutating func words(_ bytes: [UInt8]) { errors = (errors + bytes).suffix(8192) }

  private var values: [String: String] {
    var values: [String: String] = [:]
    for line in String(decoding: text, as: UTF8.self).lines {
      guard let assignment = line.after("kiln:"), let key = assignment.split(at: "=").first else {
        continue
      }
      values[key] = printable(assignment.after(key + "=") ?? "")
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
    if values["version"] != nil, values["cuda"] == "None" { return .failed(processorOnly(values)) }
    guard ending == .exited(0), values["finished"] == "yes" else {
      return .failed(explanation(of: lastLine(errors), step: step, values))
    }
    return judge(values)
  }

  private func judge(_ values: [String: String]) -> Outcome.State {
    guard values["ran-on"] == "cuda" else {
      return .failed(
        Trouble(
          code: "G1091",
          seen: "PyTorch trained on \(values["ran-on"] ?? "nothing"), not on the GPU",
          remedy:
            "Something moves PyTorch's work off the GPU: look for a sitecustomize.py, and for "
            + "PYTORCH_… and CUDA_… variables in the environment."))
    }
    let limit = Int(FrameworkCheck.tolerance * 1e6)
    guard let loss = values["loss-millionths"]?.number, loss <= limit,
      let weight = values["weight-millionths"]?.number, weight <= limit
    else {
      return .failed(
        Trouble(
          code: "G1089", seen: "PyTorch's training on the GPU gives other numbers than on the CPU",
          remedy: "If the stages before this one passed, the GPU is right and the framework's "
            + "libraries are not: install the framework again, in one version."))
    }
    return .passed
  }
}

extension PyTorchAnswer {
  private func late(_ step: String, _ limit: UInt64) -> Trouble {
    Trouble(
      code: "G1088",
      seen: "PyTorch took longer than \(significant(Double(limit) / 1e9)) s (\(doing(step)))",
      remedy: "A first import from a slow disk takes long: run again, or with --timeout 600. If it "
        + "stays, the driver hangs: in Windows, wsl --shutdown.")
  }

  private func crash(_ step: String, _ signal: Int32) -> Trouble {
    let words = errors.isEmpty ? "" : "; it said: " + lastLine(errors)
    return Trouble(
      code: "G1087", seen: "PyTorch crashed (\(doing(step))): \(signalName(signal))" + words,
      remedy: "Its libraries do not fit each other or the driver: install torch with the versions "
        + "of the nvidia-… wheels that it asks for (pip check).")
  }

  private func doing(_ step: String) -> String {
    switch step {
    case "import": "importing it"
    case "start": "starting CUDA"
    default: "training"
    }
  }

  private func processorOnly(_ values: [String: String]) -> Trouble {
    Trouble(
      code: "G1083", seen: "this PyTorch (\(values["version"] ?? "")) is built for the CPU only",
      remedy: "Install a build with CUDA: pip install --force-reinstall torch, from an index "
        + "that has CUDA builds (the version then ends in +cu and digits, or in nothing).")
  }

  /// The usual failures, told apart by the words that PyTorch, Python and CUDA have for them.
  private func explanation(
    of error: String, step: String, _ values: [String: String]
  ) -> Trouble {
    func says(_ words: String...) -> Bool { words.contains { error.has($0) } }
    let capability = values["capability"] ?? "this GPU"
    if says("No module named 'torch'", "No module named torch") {
      return Trouble(
        code: "G1082", seen: "PyTorch is not installed in this Python",
        remedy: "Install it (pip install torch), or name the Python that has it in "
          + "/etc/gpu-smoke-test.conf: python=/opt/ml/bin/python3")
    }
    if says("no kernel image is available", "invalid device function", "is not compatible with") {
      return Trouble(
        code: "G1085",
        seen: "this PyTorch has no code for \(capability): "
          + (values["architectures"] ?? error),
        remedy:
          "Install a PyTorch whose list of architectures has \(capability): a newer one for a "
          + "new GPU, an older one for an old GPU.")
    }
    if says("driver on your system is too old", "driver version is insufficient", "Error 803") {
      return Trouble(
        code: "G1092",
        seen: "the GPU's driver is too old for this PyTorch (CUDA "
          + "\(values["cuda"] ?? "")): \(error)",
        remedy: "Update the GPU's driver (in WSL: in Windows, then wsl --shutdown), or install a "
          + "PyTorch for an older CUDA.")
    }
    if says("out of memory") {
      return Trouble(
        code: "G1093", seen: "the GPU's memory is full: \(error)",
        remedy: "Close what else uses the GPU; nvidia-smi lists it.")
    }
    if says("cannot open shared object file", "libcud", "libcublas", "undefined symbol") {
      return Trouble(
        code: "G1086", seen: "PyTorch lacks a library: \(error)",
        remedy: "Install torch again with everything that it asks for (pip check names what is "
          + "missing), and keep other CUDA versions out of LD_LIBRARY_PATH.")
    }
    if step == "start" {
      return Trouble(
        code: "G1084", seen: "PyTorch cannot start CUDA: \(error)",
        remedy: "The stages before this one reached the GPU, so PyTorch's own libraries or its "
          + "environment (CUDA_VISIBLE_DEVICES, LD_LIBRARY_PATH) stand in the way.")
    }
    return Trouble(
      code: "G1090", seen: "PyTorch failed (\(doing(step))): \(error)",
      remedy: "The words are PyTorch's own; the stages before this one say whether the GPU is well."
    )
  }
}
