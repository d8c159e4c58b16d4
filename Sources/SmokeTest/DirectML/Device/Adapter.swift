import Accelerators
import CDirectML
import Platform

/// A GPU, or what acts as one, as DXCore tells of it.
@safe
final class Adapter {
  let object: Object
  let name: String
  let vendor: UInt32
  let device: UInt32
  /// As Windows writes it, like `31.0.15.5222`.
  let driver: String
  /// Of the adapter's own, in bytes; little where it shares the machine's.
  let memory: Int
  /// Of the machine's, that it may use.
  let sharedMemory: Int
  let isHardware: Bool
  let isIntegrated: Bool
  /// Whether it draws too, as all but neural processors do.
  let draws: Bool

  init(_ object: Object) throws(Trouble) {
    self.object = object
    let properties = Properties(object: object)
    name = try properties.text(dxcore_description)
    let id: dxcore_hardware_id = try properties.value(
      dxcore_hardware, dxcore_hardware_id(vendor: 0, device: 0, subsystem: 0, revision: 0))
    (vendor, device) = (id.vendor, id.device)
    let version: UInt64 = try properties.value(dxcore_driver_version, 0)
    driver =
      "\(version >> 48).\(version >> 32 & 0xFFFF).\(version >> 16 & 0xFFFF).\(version & 0xFFFF)"
    memory = Int(clamping: try properties.value(dxcore_dedicated_memory, UInt64(0)))
    sharedMemory = Int(clamping: try properties.value(dxcore_shared_memory, UInt64(0)))
    isHardware = try properties.value(dxcore_is_hardware, UInt8(0)) != 0
    isIntegrated = try properties.value(dxcore_is_integrated, UInt8(0)) != 0
    draws = unsafe dxcore_draws(object.pointer)
  }

  /// Microsoft Basic Render, which computes on the CPU.
  var isBasicRender: Bool { vendor == 0x1414 && device == 0x008C }

  var isGPU: Bool { isHardware && !isBasicRender }

  /// Vendor and device on the PCI bus, like `10de:2684`.
  var id: String { hexadecimal(vendor, digits: 4) + ":" + hexadecimal(device, digits: 4) }

  var facts: [Fact] {
    [
      Fact("name", .text(name)), Fact("pci-id", .text(id)), Fact("driver", .text(driver)),
      Fact("memory", .quantity(Double(memory), unit: "B")),
      Fact("shared-memory", .quantity(Double(sharedMemory), unit: "B")),
      Fact("hardware", .text(isHardware ? "yes" : "no")),
      Fact("integrated", .text(isIntegrated ? "yes" : "no")),
    ]
  }

  /// The adapters that compute, as `index` counts them: GPUs before what acts as one, each in DXCore's
  /// order of performance.
  ///
  /// - Throws: G3006 when there is none.
  static func all(_ library: Library) throws(Trouble) -> [Adapter] {
    let factory = try unsafe Object.made(by: "DXCoreCreateAdapterFactory") {
      unsafe dxcore_create_factory(library.function, $0)
    }
    let list = try unsafe Object.made(by: "IDXCoreAdapterFactory::CreateAdapterList") {
      unsafe dxcore_create_list(factory.pointer, $0)
    }
    let count = unsafe dxcore_count(list.pointer)
    guard count > 0 else {
      throw Trouble(
        code: "G3006", seen: "DXCore lists no adapter that computes",
        remedy: """
          Install the GPU's driver in Windows (Device Manager must show the GPU), then wsl --update \
          and wsl --shutdown.
          """)
    }
    try check(unsafe dxcore_sort(list.pointer), "IDXCoreAdapterList::Sort")
    var adapters: [Adapter] = []
    for index in 0..<count {
      let object = try unsafe Object.made(by: "IDXCoreAdapterList::GetAdapter") {
        unsafe dxcore_get_adapter(list.pointer, index, $0)
      }
      adapters.append(try Adapter(object))
    }
    return adapters.filter { $0.isGPU } + adapters.filter { !$0.isGPU }
  }
}

private struct Properties {
  let object: Object

  /// The property's value, which is as large as `value`.
  func value<Value: BitwiseCopyable>(
    _ property: dxcore_property, _ value: Value
  ) throws(Trouble) -> Value {
    var value = value
    let result = unsafe withUnsafeMutableBytes(of: &value) { bytes in
      unsafe dxcore_get_property(object.pointer, property, bytes.count, bytes.baseAddress)
    }
    try check(result, "IDXCoreAdapter::GetProperty(\(property.rawValue))")
    return value
  }

  func text(_ property: dxcore_property) throws(Trouble) -> String {
    var size = 0
    try check(
      unsafe dxcore_property_size(object.pointer, property, &size),
      "IDXCoreAdapter::GetPropertySize(\(property.rawValue))")
    var bytes = [UInt8](repeating: 0, count: min(size, 4096))
    let result = unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe dxcore_get_property(object.pointer, property, bytes.count, bytes.baseAddress)
    }
    try check(result, "IDXCoreAdapter::GetProperty(\(property.rawValue))")
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
