import Accelerators
import Platform

/// Memory of the device, for as long as this value lives.
@safe
final class Buffer {
  let address: DeviceAddress
  let bytes: Int
  private let context: Context

  init(_ context: Context, bytes: Int) throws(Trouble) {
    var address: DeviceAddress = 0
    let driver = context.driver
    try driver.check(
      unsafe driver.functions.allocate(&address, bytes), "cuMemAlloc_v2", bytes: bytes)
    self.address = address
    self.bytes = bytes
    self.context = context
  }

  /// Room for `count` float32 numbers.
  convenience init(_ context: Context, floats count: Int) throws(Trouble) {
    try self.init(context, bytes: count * MemoryLayout<Float>.stride)
  }

  deinit { _ = context.driver.functions.free(address) }

  /// The address of a float32 number.
  func float(_ index: Int) -> DeviceAddress {
    address + DeviceAddress(index * MemoryLayout<Float>.stride)
  }
}

/// Page-locked memory of the host, which the device reads and writes at the bus's full speed.
@safe
final class PinnedMemory {
  let words: Int
  private let base: UnsafeMutablePointer<UInt64>
  private let context: Context

  init(_ context: Context, words: Int) throws(Trouble) {
    let bytes = words * MemoryLayout<UInt64>.stride
    var base: Handle?
    let driver = context.driver
    try driver.check(
      unsafe driver.functions.allocateHost(&base, bytes), "cuMemAllocHost_v2", bytes: bytes)
    guard let base = unsafe base else {
      throw Trouble("G2002", "cuMemAllocHost_v2: no address")
    }
    unsafe self.base = unsafe base.bindMemory(to: UInt64.self, capacity: words)
    self.words = words
    self.context = context
  }

  deinit { _ = unsafe context.driver.functions.freeHost(base) }

  subscript(index: Int) -> UInt64 {
    get {
      precondition(index >= 0 && index < words)
      return unsafe base[index]
    }
    set {
      precondition(index >= 0 && index < words)
      unsafe base[index] = newValue
    }
  }

  /// Asks for a copy of these words to the start of `buffer`; they stay as they are until it is done.
  func upload(to buffer: Buffer) throws(Trouble) {
    let bytes = min(words * MemoryLayout<UInt64>.stride, buffer.bytes)
    let driver = context.driver
    try driver.check(
      unsafe driver.functions.copyToDevice(buffer.address, base, bytes, context.stream),
      "cuMemcpyHtoDAsync_v2", bytes: bytes)
  }

  /// Asks for a copy of the start of `buffer`, which is there after the next synchronisation.
  func download(from buffer: Buffer) throws(Trouble) {
    let bytes = min(words * MemoryLayout<UInt64>.stride, buffer.bytes)
    let driver = context.driver
    try driver.check(
      unsafe driver.functions.copyToHost(base, buffer.address, bytes, context.stream),
      "cuMemcpyDtoHAsync_v2", bytes: bytes)
  }
}
