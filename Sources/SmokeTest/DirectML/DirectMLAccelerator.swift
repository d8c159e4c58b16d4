public import Accelerators
import Platform

/// A GPU of any maker in WSL 2, driven through DXCore, Direct3D 12 and DirectML.
///
/// Every stage opens what it needs when the stages before it did not, so that each can also run in a
/// process of its own.
public final class DirectMLAccelerator: Accelerator {
  private let index: Int
  private let name: String?
  private let names: Libraries.Names
  private let limit: UInt64
  private var libraries: Libraries?
  private var adapters: [Adapter]?
  private var device: Device?

  /// - Parameters:
  ///   - adapter: which one, from 0: GPUs before what acts as one, the fastest first.
  ///   - name: instead of that, a part of its name, or its PCI id; the first that fits is taken.
  ///   - libraries: what the loader is asked for.
  ///   - limit: what is waited for at most, in nanoseconds.
  public init(
    adapter: Int = 0, named name: String? = nil, libraries: Libraries.Names,
    limit: UInt64 = 30_000_000_000
  ) {
    index = adapter
    self.name = name
    names = libraries
    self.limit = limit
  }

  // Nothing of a library may be left when it goes.
  deinit {
    device = nil
    adapters = nil
    libraries = nil
  }

  public func load() throws(Trouble) -> [Fact] { try loaded().facts.all }

  /// Holds Direct3D's and DirectML's feature levels against what the training needs.
  public func checkVersion() throws(Trouble) -> [Fact] { try opened().levels() }

  public func openDevice() throws(Trouble) -> [Fact] {
    let device = try opened()
    let adapters = try listed()
    let gpus = adapters.count { $0.isGPU }
    let chosen = adapters.firstIndex { $0 === device.adapter } ?? 0
    var facts = Facts()
    facts.add("devices", gpus > 0 ? gpus : adapters.count)
    facts.add("device", chosen)
    for (index, adapter) in adapters.enumerated() {
      facts.add("adapter-" + decimal(index), adapter.shown)
    }
    let what = name.map { "the first that fits '" + $0 + "'" } ?? "number " + decimal(chosen)
    let of = what + " of " + decimal(adapters.count)
    facts.add("choice", of + ", GPUs before others, the fastest first")
    if let emulation { facts.add("emulated", emulation.seen) }
    return device.adapter.facts + facts.all
  }

  public var emulation: Trouble? {
    if let adapter = device?.adapter, !adapter.isGPU {
      return Trouble(adapter.isBasicRender ? "G3031" : "G3032", adapter.shown)
    }
    return libraries?.foreign.map { Trouble("G3033", $0) }
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

  @inline(never)
  func opened() throws(Trouble) -> Device {
    if let device { return device }
    let device = try Device(loaded(), chosen(), limit: limit)
    self.device = device
    return device
  }

  private func chosen() throws(Trouble) -> Adapter {
    for (number, adapter) in try listed().enumerated() {
      if name.map({ adapter.fits($0) }) ?? (number == index) { return adapter }
    }
    var names = ""
    for (number, adapter) in try listed().enumerated() {
      names += number == 0 ? "" : ", "
      names += decimal(number) + " " + adapter.shown
    }
    throw Trouble("G3007", name ?? decimal(index), names)
  }
}
