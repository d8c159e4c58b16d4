import Accelerators
import Platform

/// What the driver tells about a GPU.
public final class Device: Sendable {
  public let index: Int
  let handle: Int32
  public let name: String
  /// Of the whole device, in bytes.
  public let memory: Int
  /// Domain, bus, device and function in hexadecimal, like `0000:01:00.0`.
  public let bus: String
  /// In NVIDIA's form, `GPU-` and five groups; nothing on drivers that do not tell.
  public let uuid: String?
  /// The adapter's name in Windows, as `xxxxxxxx:xxxxxxxx` (high and low half, the way that Windows
  /// writes it); nothing on plain Linux.
  public let luid: String?
  /// In the order of ``DeviceAttribute``.
  private let attributes: [Int]

  init(_ driver: Driver, index: Int) throws(Trouble) {
    self.index = index
    var handle: Int32 = 0
    try driver.check(
      unsafe driver.functions.device(&handle, Int32(clamping: index)), "cuDeviceGet",
      "asked for GPU " + decimal(index))
    self.handle = handle
    name = unsafe try Self.text(driver, "cuDeviceGetName") { bytes, size in
      unsafe driver.functions.deviceName(bytes, size, handle)
    }
    var memory = 0
    try driver.check(unsafe driver.functions.deviceMemory(&memory, handle), "cuDeviceTotalMem_v2")
    self.memory = memory
    bus = unsafe try Self.text(driver, "cuDeviceGetPCIBusId") { bytes, size in
      unsafe driver.functions.deviceBus(bytes, size, handle)
    }
    var attributes: [Int] = []
    for attribute in DeviceAttribute.allCases {
      var value: Int32 = 0
      let status = unsafe driver.functions.deviceAttribute(&value, attribute.rawValue, handle)
      if attribute.isNeeded {
        try driver.check(
          status, "cuDeviceGetAttribute", "attribute " + decimal(Int(attribute.rawValue)))
      }
      attributes.append(Int(value))
    }
    self.attributes = attributes
    uuid = Self.uuid(driver, handle)
    luid = Self.luid(driver, handle)
  }

  public subscript(attribute: DeviceAttribute) -> Int {
    DeviceAttribute.allCases.firstIndex(of: attribute).map { attributes[$0] } ?? 0
  }

  /// Major and minor version, like 9.0.
  public var capability: Version { Version(self[.capabilityMajor], self[.capabilityMinor]) }

  /// For the report.
  var facts: [Fact] {
    var facts = Facts()
    facts.add("name", name)
    facts.add("compute-capability", capability.text)
    facts.add("memory", Double(memory), "B")
    facts.add("multiprocessors", self[.multiprocessors])
    facts.add("clock", Double(self[.clock]) * 1e3, "Hz")
    facts.add("memory-clock", Double(self[.memoryClock]) * 1e3, "Hz")
    facts.add("memory-bus", self[.memoryBus])
    facts.add("l2-cache", Double(self[.cache]), "B")
    facts.add("error-correction", self[.errorCorrection] == 0 ? "off" : "on")
    facts.add("pci", bus)
    if let uuid { facts.add("uuid", uuid) }
    if let luid { facts.add("luid", luid) }
    return facts.all
  }

  private static func text(
    _ driver: Driver, _ function: StaticString,
    _ fill: (UnsafeMutablePointer<CChar>, Int32) -> Status
  ) throws(Trouble) -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    let status = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
      unsafe bytes.baseAddress.map { unsafe fill($0, 255) } ?? 0
    }
    try driver.check(status, function)
    return unsafe String(optionalCString: bytes)
  }

  private static func uuid(_ driver: Driver, _ handle: Int32) -> String? {
    let functions = driver.functions
    guard let function = unsafe functions.deviceUUID ?? functions.deviceUUIDBefore else {
      return nil
    }
    var bytes = [CChar](repeating: 0, count: 16)
    guard unsafe function(&bytes, handle) == 0 else { return nil }
    var text = "GPU-"
    for (index, byte) in bytes.enumerated() {
      if index >= 4, index <= 10, index % 2 == 0 { text += "-" }
      text += hexadecimal(UInt32(UInt8(bitPattern: byte)), digits: 2)
    }
    return text
  }

  /// A Windows `LUID` is its low half, then its high one, both little-endian.
  private static func luid(_ driver: Driver, _ handle: Int32) -> String? {
    guard let function = unsafe driver.functions.deviceLUID else { return nil }
    var bytes = [CChar](repeating: 0, count: 8)
    var nodes: UInt32 = 0
    guard unsafe function(&bytes, &nodes, handle) == 0 else { return nil }
    func half(_ start: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(UInt8(bitPattern: bytes[start + $1])) << (8 * UInt32($1)) }
    }
    let (low, high) = (half(0), half(4))
    return low == 0 && high == 0 ? nil : hexadecimal(high) + ":" + hexadecimal(low)
  }
}
