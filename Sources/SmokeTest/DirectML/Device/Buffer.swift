import Accelerators
import CDirectML
import CPlatform

/// Memory of the device, or of the host where the device sees it.
@safe
final class Buffer {
  let object: Object
  let bytes: Int

  /// Direct3D and DirectML want the beginnings and sizes of parts at such multiples.
  static let alignment = 256

  init(_ device: Device, bytes: Int, in memory: d3d12_memory = d3d12_default) throws(Trouble) {
    let bytes = Self.aligned(max(1, bytes))
    self.bytes = bytes
    object = try unsafe Object.made(by: "ID3D12Device::CreateCommittedResource(\(bytes) bytes)") {
      unsafe d3d12_create_buffer(device.direct3D.pointer, memory, UInt64(bytes), $0)
    }
  }

  static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }

  var all: Region { Region(buffer: self, offset: 0, bytes: bytes) }

  /// Lets `body` write all of memory that the host writes.
  func write(_ body: (UnsafeMutableRawBufferPointer) -> Void) throws(Trouble) {
    unsafe body(try map(readable: 0))
    unsafe d3d12_unmap(object.pointer, bytes)
  }

  /// Lets `body` read memory that the host reads.
  func read<R>(_ body: (UnsafeRawBufferPointer) -> R) throws(Trouble) -> R {
    let result = unsafe body(UnsafeRawBufferPointer(try map(readable: bytes)))
    unsafe d3d12_unmap(object.pointer, 0)
    return result
  }

  @unsafe
  private func map(readable: Int) throws(Trouble) -> UnsafeMutableRawBufferPointer {
    var address: UnsafeMutableRawPointer?
    try check(unsafe d3d12_map(object.pointer, readable, &address), "ID3D12Resource::Map")
    guard unsafe address != nil else {
      throw Trouble(
        code: "G3005", seen: "ID3D12Resource::Map reports success, but gives no address",
        remedy: """
          A stub was loaded in the place of libd3d12.so, which must be the one in /usr/lib/wsl/lib.
          """)
    }
    return unsafe UnsafeMutableRawBufferPointer(start: address, count: bytes)
  }
}

/// A part of a buffer.
struct Region {
  let buffer: Buffer
  let offset: Int
  let bytes: Int

  /// A part of this part.
  subscript(offset: Int, bytes bytes: Int) -> Region {
    Region(buffer: buffer, offset: self.offset + offset, bytes: bytes)
  }

  @unsafe var binding: dml_buffer_binding {
    unsafe dml_buffer_binding(
      buffer: buffer.object.pointer, offset: UInt64(offset), bytes: UInt64(bytes))
  }
}

/// What the device is told to do, written down once and executed as often as wanted.
@safe
final class CommandList {
  let object: Object
  private let allocator: Object

  /// Writes down what `body` asks for.
  init(_ device: Device, _ body: (CommandList) throws(Trouble) -> Void) throws(Trouble) {
    let allocator = try unsafe Object.made(by: "ID3D12Device::CreateCommandAllocator") {
      unsafe d3d12_create_allocator(device.direct3D.pointer, $0)
    }
    self.allocator = allocator
    object = try unsafe Object.made(by: "ID3D12Device::CreateCommandList") {
      unsafe d3d12_create_list(device.direct3D.pointer, allocator.pointer, $0)
    }
    try body(self)
    try device.checkDevice(
      unsafe d3d12_close(object.pointer), "ID3D12GraphicsCommandList::Close")
  }

  /// Within one list a buffer is either written by copies, or read by them, or used by operators, since
  /// no state is changed.
  func copy(_ from: Region, to: Region) {
    unsafe d3d12_copy(
      object.pointer, to.buffer.object.pointer, UInt64(to.offset), from.buffer.object.pointer,
      UInt64(from.offset), UInt64(from.bytes))
  }
}

extension Device {
  /// Copies `values` to the start of `region`.
  func upload(_ values: [Float], to region: Region) throws(Trouble) {
    let bytes = values.count * MemoryLayout<Float>.stride
    guard bytes > 0 else { return }
    let staging = try Buffer(self, bytes: bytes, in: d3d12_upload)
    try unsafe staging.write { target in
      unsafe values.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    }
    let list = try CommandList(self) { list in
      list.copy(staging.all[0, bytes: bytes], to: region)
    }
    try execute(list)
  }

  /// Memory that holds `values`.
  func buffer(_ values: [Float]) throws(Trouble) -> Buffer {
    let buffer = try Buffer(self, bytes: values.count * MemoryLayout<Float>.stride)
    try upload(values, to: buffer.all)
    return buffer
  }

  /// The first `count` numbers of `region`.
  func download(_ region: Region, count: Int) throws(Trouble) -> [Float] {
    let bytes = count * MemoryLayout<Float>.stride
    let staging = try Buffer(self, bytes: bytes, in: d3d12_readback)
    let list = try CommandList(self) { list in
      list.copy(region[0, bytes: bytes], to: staging.all)
    }
    try execute(list)
    return try unsafe staging.read { unsafe Array($0.bindMemory(to: Float.self).prefix(count)) }
  }
}
