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

extension [Region] {
  /// The standard library's own is inlined.
  @inline(never)
  mutating func append(_ region: Region) { append(contentsOf: CollectionOfOne(region)) }

  /// Of all the buffers of an operation, one after the other.
  @inline(never)
  init(_ operation: dml_operation, _ place: dml_place) {
    var place = place
    self = []
    for index in 0...Int(operation.inputs) {
      append(unsafe .numbers(dml_place_start(&place, index), dml_place_count(&place, index)))
    }
  }
}

/// An operator on parts of a buffer: its inputs, with those that it lacks, then its output.
final class Dispatch {
  let operation: Operator
  let regions: [Region]

  init(_ operation: Operator, _ regions: [Region]) {
    self.operation = operation
    self.regions = regions
  }
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
