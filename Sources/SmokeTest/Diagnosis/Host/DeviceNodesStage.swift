internal import Accelerators
internal import Platform

extension Host {
  /// The doors to a GPU in `/dev`.
  func examineDeviceNodes() -> Outcome {
    if let choice = machine.environment["CUDA_VISIBLE_DEVICES"], choice.isEmpty || choice == "-1" {
      return Outcome(
        .deviceNodes,
        .absent(
          Trouble(
            code: "G1016", seen: "CUDA_VISIBLE_DEVICES=\"\(choice)\" hides every GPU",
            remedy: "unset CUDA_VISIBLE_DEVICES")))
    }
    let names = (try? machine.list("/dev")) ?? []
    let nodes = names.filter { $0 == "dxg" || ($0.after("nvidia")?.number != nil) }
      .map { "/dev/" + $0 }
    guard !nodes.isEmpty else { return Outcome(.deviceNodes, .absent(noNode(names))) }
    let facts = nodes.map { Fact("node", .text($0)) }
    for node in nodes {
      let kind = machine.status(node)?.kind
      if kind == .file || kind == .folder || kind == nil {
        return Outcome(
          .deviceNodes,
          .failed(
            Trouble(
              code: "G1014", seen: "\(node) is no device",
              remedy:
                "Remove it. A container engine makes a folder of this name when it is told to "
                + "mount a device that its machine does not have.")), facts)
      }
      if !machine.mayReadAndWrite(node) {
        return Outcome(
          .deviceNodes,
          .failed(
            Trouble(
              code: "G1015", seen: "this user may not open \(node)",
              remedy: "Log in with a user of the groups video and render, or mend the node: "
                + "chmod 666 \(node)")), facts)
      }
    }
    if !names.contains("dxg"), !names.contains("nvidia-uvm") {
      return Outcome(
        .deviceNodes,
        .warned(
          Trouble(
            code: "G1018", seen: "there is no /dev/nvidia-uvm, which CUDA needs",
            remedy: "nvidia-modprobe -u -c 0, as root on the machine itself")), facts)
    }
    return Outcome(.deviceNodes, .passed, facts)
  }

  private func noNode(_ names: [String]) -> Trouble {
    if names.contains("nvidiactl") {
      return Trouble(
        code: "G1017",
        seen: "the NVIDIA driver is here (/dev/nvidiactl), but no GPU (/dev/nvidia0)",
        remedy: "Give the GPU to this container or virtual machine; nvidia-smi -L on the machine "
          + "itself lists what there is.")
    }
    if isContainer {
      return Trouble(
        code: "G1012", seen: "this container has no GPU: no /dev/dxg, no /dev/nvidia0",
        remedy: "Start it with the GPU: docker run --gpus all … (with NVIDIA's container toolkit)")
    }
    if system == .wsl2 {
      return Trouble(
        code: "G1011", seen: "WSL gives no GPU: there is no /dev/dxg",
        remedy: "Install the GPU's driver in Windows (11, or 10 21H2 and later), then wsl --update "
          + "and wsl --shutdown; gpuSupport=false in .wslconfig switches it off.")
    }
    return Trouble(
      code: "G1013", seen: "there is no GPU: no /dev/nvidia0, no /dev/dxg",
      remedy: "If this machine has an NVIDIA GPU, install its driver and load it: modprobe nvidia")
  }
}
