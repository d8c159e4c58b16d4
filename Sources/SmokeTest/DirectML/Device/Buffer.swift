import Accelerators
import CDirectML
import CPlatform
import Platform

/// Memory of the device, or of the host where the device sees it.
@safe
final class Buffer {
  let object: Object
  let bytes: Int

  init(_ device: Device, bytes: Int, in memory: d3d12_memory = d3d12_default) throws(Trouble) {
    let unit = dml_alignment
    self.bytes = (max(1, bytes) + unit - 1) / unit * unit
    object = try unsafe Object(
      d3d12_create_buffer(device.direct3D.pointer, memory, UInt64(self.bytes)),
      decimal(self.bytes) + " bytes")
  }

  /// The memory's first byte, for the host.
  ///
  /// - Parameter readable: how many bytes the host will read.
  @unsafe
  @inline(never)
  func map(readable: Int = 0) throws(Trouble) -> UnsafeMutableRawPointer {
    let answer = unsafe d3d12_map(object.pointer, readable)
    try unsafe check(answer)
    guard let address = unsafe answer.object else { throw unsafe Trouble("G3005", answer.name("")) }
    return unsafe address
  }

  /// A part, as operators take it; no bytes are no buffer.
  @unsafe
  func part(_ region: Region) -> dml_buffer_binding {
    unsafe dml_buffer_binding(
      buffer: region.bytes == 0 ? nil : object.pointer, offset: UInt64(region.offset),
      bytes: UInt64(region.bytes))
  }

  /// - Parameter written: how many bytes the host wrote.
  func unmap(written: Int = 0) { unsafe d3d12_unmap(object.pointer, written) }
}

/// What the device is told to do, written down once and executed as often as wanted.
@safe
final class CommandList {
  let object: Object
  private let allocator: Object
  private let device: Device

  /// An open list; what is written into it comes before ``close()``.
  @inline(never)
  init(_ device: Device) throws(Trouble) {
    self.device = device
    allocator = try unsafe Object(d3d12_create_allocator(device.direct3D.pointer))
    object = try unsafe Object(
      d3d12_create_list(device.direct3D.pointer, allocator.pointer))
  }

  /// Within one list a buffer is either written by copies, or read by them, or used by operators, since
  /// no state is changed.
  func copy(_ from: Buffer, _ offset: Int = 0, to: Buffer, bytes: Int) {
    unsafe d3d12_copy(
      object.pointer, to.object.pointer, 0, from.object.pointer, UInt64(offset), UInt64(bytes))
  }

  @inline(never)
  func close() throws(Trouble) {
    try unsafe device.check(d3d12_close(object.pointer))
    try unsafe check(dml_removed_reason(device.directML.pointer))
  }
}

extension Device {
  /// Copies bytes of `from` to the start of `to`, and waits for it.
  ///
  /// - Returns: the time that it took, in nanoseconds.
  @discardableResult
  @inline(never)
  func copy(_ from: Buffer, _ offset: Int = 0, to: Buffer, bytes: Int) throws(Trouble) -> UInt64 {
    let list = try CommandList(self)
    list.copy(from, offset, to: to, bytes: bytes)
    try list.close()
    return try execute(list)
  }

  /// Memory of the device that holds `values`.
  @inline(never)
  func buffer(_ values: [Float]) throws(Trouble) -> Buffer {
    let bytes = values.count * MemoryLayout<Float>.stride
    let (buffer, staging) = (
      try Buffer(self, bytes: bytes), try Buffer(self, bytes: bytes, in: d3d12_upload)
    )
    let target = try unsafe staging.map()
    unsafe values.withUnsafeBytes { source in
      if let start = source.baseAddress { unsafe target.copyMemory(from: start, byteCount: bytes) }
    }
    staging.unmap(written: bytes)
    try copy(staging, to: buffer, bytes: bytes)
    return buffer
  }

  /// `count` numbers of `buffer`, from the number `start` on.
  @inline(never)
  func download(_ buffer: Buffer, from start: Int = 0, count: Int) throws(Trouble) -> [Float] {
    let stride = MemoryLayout<Float>.stride
    let staging = try Buffer(self, bytes: count * stride, in: d3d12_readback)
    try copy(buffer, start * stride, to: staging, bytes: count * stride)
    let source = try unsafe staging.map(readable: count * stride)
    let values = unsafe [Float](unsafeUninitializedCapacity: count) { values, initialized in
      if let target = values.baseAddress {
        unsafe UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * stride)
      }
      initialized = count
    }
    staging.unmap()
    return values
  }
}
