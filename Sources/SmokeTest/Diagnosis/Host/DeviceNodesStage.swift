internal import Accelerators
internal import Platform

extension Host {
  /// The doors to a GPU in `/dev`. DirectML goes through WSL's alone.
  func examineDeviceNodes(for backend: Backend = .cuda) -> Outcome {
    let isCUDA = backend == .cuda
    if isCUDA, let choice = machine.environment["CUDA_VISIBLE_DEVICES"], hidesAll(choice) {
      return .absent(.deviceNodes, Trouble("G1016", choice))
    }
    let names = machine.names("/dev")
    var nodes: [String] = []
    for name in names where name == "dxg" || isCUDA && name.after("nvidia")?.number != nil {
      nodes.append("/dev/" + name)
    }
    if nodes.isEmpty {
      // The driver's own library makes the nodes when it is first called.
      let gpus = machine.names("/proc/driver/nvidia/gpus")
      if isCUDA, !isContainer, !gpus.isEmpty { return .warned(.deviceNodes, Trouble("G1018")) }
      return .absent(.deviceNodes, Trouble(isCUDA ? missingNode(names) : missingDoor))
    }
    var facts = Facts()
    for node in nodes { facts.add("node", node) }
    // Another one's GPU is no trouble beside one's own.
    var denied: String? = nodes[0]
    for node in nodes {
      let kind = machine.status(node)?.kind
      if kind == .file || kind == .folder || kind == nil {
        return .failed(.deviceNodes, Trouble("G1014", node), facts)
      }
      if machine.mayReadAndWrite(node) { denied = nil }
    }
    if let denied { return .failed(.deviceNodes, Trouble("G1015", denied), facts) }
    if !names.contains("dxg"), !names.contains("nvidia-uvm") {
      return .warned(.deviceNodes, Trouble("G1018"), facts)
    }
    return .passed(.deviceNodes, facts)
  }

  /// CUDA shows what stands before the first item that names no GPU, so none where that is the first:
  /// `-1`, `none`, or the `NoDevFiles` of Slurm. Whether a number is too high only the driver knows.
  private func hidesAll(_ choice: String) -> Bool {
    let choice = choice.trimmed
    let first = choice.bytes.first ?? 0
    return (first < 0x30 || first > 0x39) && !choice.begins(with: "GPU-")
      && !choice.begins(with: "MIG-")
  }

  private var missingDoor: String {
    isContainer ? "G1127" : system == .wsl2 ? "G1011" : "G1121"
  }

  private func missingNode(_ names: [String]) -> String {
    if names.contains("nvidiactl") { return "G1017" }
    if isContainer { return "G1012" }
    return system == .wsl2 ? "G1011" : "G1013"
  }
}
