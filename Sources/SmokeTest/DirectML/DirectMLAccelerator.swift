public import Accelerators
import Platform

/// A GPU of any maker in WSL 2, driven through DXCore, Direct3D 12 and DirectML.
///
/// Every stage opens what it needs when the stages before it did not, so that each can also run in a
/// process of its own.
public final class DirectMLAccelerator: Accelerator {
  private let index: Int
  private let names: Libraries.Names
  private let limit: UInt64
  private var libraries: Libraries?
  private var adapters: [Adapter]?
  private var device: Device?

  /// - Parameters:
  ///   - adapter: which one, from 0: GPUs before what acts as one, the fastest first.
  ///   - libraries: what the loader is asked for.
  ///   - limit: what is waited for at most, in nanoseconds.
  public init(
    adapter: Int = 0, libraries: Libraries.Names = .wsl, limit: UInt64 = 30_000_000_000
  ) {
    index = adapter
    names = libraries
    self.limit = limit
  }

  // Nothing of a library may be left when it goes.
  deinit {
    device = nil
    adapters = nil
    libraries = nil
  }

  public func load() throws(Trouble) -> [Fact] { try loaded().facts }

  /// Holds Direct3D's and DirectML's feature levels against what the training needs.
  public func checkVersion() throws(Trouble) -> [Fact] {
    let device = try opened()
    return [
      Fact("direct3d-level", .text(try device.direct3DLevel())),
      Fact("directml-level", .text(try device.directMLLevel())),
      Fact("required-directml-level", .text(Device.requiredLevelText)),
    ]
  }

  public func openDevice() throws(Trouble) -> [Fact] {
    let adapters = try listed()
    let device = try opened()
    let gpus = adapters.count { $0.isGPU }
    var facts = [
      Fact("devices", .count(gpus > 0 ? gpus : adapters.count)), Fact("device", .count(index)),
    ]
    facts += device.adapter.facts
    for (index, adapter) in adapters.enumerated() {
      let kind = adapter.isGPU ? "GPU" : "no hardware"
      facts.append(Fact("adapter-\(index)", .text("\(adapter.name), \(adapter.id), \(kind)")))
    }
    facts.append(
      Fact(
        "choice",
        .text("number \(index) of \(adapters.count): GPUs first, in DXCore's order of performance"))
    )
    if let reason = try emulation() { facts.append(Fact("emulated", .text(reason))) }
    return facts
  }

  /// Why a pass on this device would prove nothing about a GPU; nothing when it would.
  public func emulation() throws(Trouble) -> String? {
    if let library = try loaded().foreign {
      return "\(library) is not the library of Windows in /usr/lib/wsl"
    }
    let adapter = try opened().adapter
    if adapter.isBasicRender { return "\(adapter.name) (\(adapter.id)) computes on the CPU" }
    return adapter.isHardware ? nil : "DXCore says that \(adapter.name) is no hardware"
  }

  private func loaded() throws(Trouble) -> Libraries {
    if let libraries { return libraries }
    let libraries = try Libraries(names)
    self.libraries = libraries
    return libraries
  }

  private func listed() throws(Trouble) -> [Adapter] {
    if let adapters { return adapters }
    let adapters = try Adapter.all(loaded().dxcore)
    self.adapters = adapters
    return adapters
  }

  func opened() throws(Trouble) -> Device {
    if let device { return device }
    let adapters = try listed()
    guard adapters.indices.contains(index) else {
      throw Trouble(
        code: "G3007", seen: "there is no adapter \(index); DXCore lists \(adapters.count)",
        remedy: "Adapters are counted from 0; leave the number out to take the fastest GPU.")
    }
    let device = try Device(loaded(), adapters[index], limit: limit)
    self.device = device
    return device
  }
}
