import Accelerators
import CDirectML
import Platform

/// A GPU, or what acts as one, as DXCore tells of it.
@safe
final class Adapter {
  let object: Object
  let name: String
  /// Vendor and device on the PCI bus, like `10de:2684`.
  let id: String
  /// Of the adapter's own, in bytes; little where it shares the machine's.
  let memory: Int
  let isHardware: Bool
  /// Microsoft Basic Render, which computes on the CPU.
  let isBasicRender: Bool
  /// Whether it draws too, as all but neural processors do.
  let draws: Bool
  /// Name, ids, driver, memory.
  let facts: [Fact]

  init(_ object: Object) throws(Trouble) {
    self.object = object
    var described = dxcore_facts()
    try unsafe check(dxcore_describe(object.pointer, &described))
    let texts = unsafe withUnsafePointer(to: &described) { described in
      unsafe [dxcore_name, dxcore_id, dxcore_driver, dxcore_luid_text].map {
        unsafe String(optionalCString: $0(described))
      }
    }
    name = texts[0]
    id = texts[1]
    memory = Int(clamping: described.dedicated)
    isHardware = described.is_hardware
    isBasicRender = described.hardware.vendor == 0x1414 && described.hardware.device == 0x008C
    draws = described.draws
    var facts = Facts()
    facts.add("name", name)
    facts.add("vendor", Self.vendor(described.hardware.vendor))
    facts.add("pci-id", id)
    facts.add("driver", texts[2])
    facts.add("luid", texts[3])
    facts.add("memory", Double(described.dedicated), "B")
    facts.add("shared-memory", Double(described.shared), "B")
    facts.add("hardware", isHardware ? "yes" : "no")
    facts.add("integrated", described.is_integrated ? "yes" : "no")
    self.facts = facts.all
  }

  /// For people.
  var shown: String { name + " (" + id + ")" }

  var isGPU: Bool { isHardware && draws && !isBasicRender }

  private static func vendor(_ id: UInt32) -> String {
    switch id {
    case 0x1002: "AMD"
    case 0x10DE: "NVIDIA"
    case 0x1414: "Microsoft"
    case 0x8086: "Intel"
    case 0x4D4F_4351, 0x5143: "Qualcomm"
    default: "unknown"
    }
  }

  /// The adapters that compute, as `index` counts them: GPUs before what acts as one, each in DXCore's
  /// order of performance.
  ///
  /// - Throws: G3006 when there is none.
  static func all(_ library: Library) throws(Trouble) -> [Adapter] {
    let factory = try unsafe Object(dxcore_create_factory(library.function))
    let list = try unsafe Object(dxcore_create_list(factory.pointer))
    let count = unsafe dxcore_count(list.pointer)
    if count == 0 { throw Trouble("G3006") }
    try unsafe check(dxcore_sort(list.pointer))
    var gpus: [Adapter] = []
    var others: [Adapter] = []
    for index in 0..<count {
      let adapter = try Adapter(unsafe Object(dxcore_get_adapter(list.pointer, index)))
      if adapter.isGPU { gpus.append(adapter) } else { others.append(adapter) }
    }
    return gpus + others
  }

  /// Whether `text` is its PCI id or a part of its name, in letters of either size.
  func fits(_ text: String) -> Bool { text == id || name.lowercased().has(text.lowercased()) }
}
