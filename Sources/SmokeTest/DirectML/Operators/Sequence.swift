import Accelerators
import CDirectML

/// A part of a buffer, in bytes; none where it has no bytes.
struct Region {
  let offset: Int
  let bytes: Int

  /// `count` numbers from the number `start` on.
  static func numbers(_ start: Int, _ count: Int) -> Region {
    let stride = MemoryLayout<Float>.stride
    return Region(offset: start * stride, bytes: count * stride)
  }
}

/// An operator on parts of a buffer: its inputs, with those that it lacks, then its output.
struct Dispatch {
  let operation: Operator
  let regions: [Region]
}

/// Dispatches, each of which sees what those before it wrote; recorded once, executed as often as
/// wanted.
final class Sequence {
  private let device: Device
  private let list: CommandList
  // What the list refers to has to live as long.
  private let memory: Buffer
  private let heap: ViewHeap
  private let tables: [Object]
  private let dispatches: [Dispatch]

  init(_ device: Device, _ memory: Buffer, _ dispatches: [Dispatch]) throws(Trouble) {
    self.device = device
    self.memory = memory
    self.dispatches = dispatches
    var views = 0
    for dispatch in dispatches { views += Int(dispatch.operation.properties.views) }
    heap = try ViewHeap(device, views: views)
    list = try CommandList(device)
    let commands = unsafe list.object.pointer
    unsafe d3d12_set_heap(commands, heap.object.pointer)
    var tables: [Object] = []
    for dispatch in dispatches {
      let operation = dispatch.operation
      let table = try heap.table(
        for: operation.compiled, views: Int(operation.properties.views))
      operation.bind(memory, dispatch.regions, in: table)
      unsafe dml_dispatch(
        device.recorder.pointer, commands, operation.compiled.pointer, table.pointer)
      unsafe d3d12_wait_for_writes(commands)
      tables.append(table)
    }
    self.tables = tables
    try list.close()
  }

  /// - Returns: the time that it took, in nanoseconds.
  @discardableResult
  func run() throws(Trouble) -> UInt64 { try device.execute(list) }
}
