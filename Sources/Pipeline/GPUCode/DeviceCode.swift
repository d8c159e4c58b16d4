/// What one file has for GPUs.
public struct DeviceCode: Hashable, Sendable {
  /// Architectures that there is machine code for.
  public private(set) var machine: Set<GPUArchitecture> = []
  /// Architectures that there is PTX for: what a driver compiles for them and for later ones.
  public private(set) var ptx: Set<GPUArchitecture> = []

  public init(machine: Set<GPUArchitecture> = [], ptx: Set<GPUArchitecture> = []) {
    self.machine = machine
    self.ptx = ptx
  }

  public var isEmpty: Bool { machine.isEmpty && ptx.isEmpty }

  /// How a GPU gets what it runs.
  public enum Coverage: Hashable, Sendable {
    case machine, ptx
  }

  /// - Returns: nil where nothing here runs on a GPU of `device`.
  public func coverage(of device: GPUArchitecture) -> Coverage? {
    if machine.contains(where: { $0.runs(on: device) }) { return .machine }
    return ptx.contains { $0.compiles(for: device) } ? .ptx : nil
  }

  mutating func add(machine architecture: GPUArchitecture) { machine.insert(architecture) }

  mutating func add(ptx architecture: GPUArchitecture) { ptx.insert(architecture) }
}

extension DeviceCode: CustomStringConvertible {
  /// `sm_80 sm_90a + PTX compute_120`.
  public var description: String {
    let machine = machine.sorted().map(\.description).joined(separator: " ")
    let ptx = ptx.sorted().map(\.virtualName).joined(separator: " ")
    return [machine, ptx.isEmpty ? "" : "PTX " + ptx].filter { !$0.isEmpty }
      .joined(separator: " + ")
  }
}
