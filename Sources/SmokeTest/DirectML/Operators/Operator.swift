import Accelerators
import CDirectML

/// An operator that the driver compiled and DirectML made ready.
@safe
final class Operator {
  let operation: dml_operation
  let compiled: Object
  let properties: dml_properties
  private let temporary: Buffer?
  private let persistent: Buffer?

  init(_ device: Device, _ operation: dml_operation) throws(Trouble) {
    self.operation = operation
    let name = operation.name
    let description = try unsafe Object.made(by: "IDMLDevice::CreateOperator(\(name))") { result in
      unsafe withUnsafePointer(to: operation) {
        unsafe dml_create_operation(device.directML.pointer, $0, result)
      }
    }
    let compiled = try unsafe Object.made(by: "IDMLDevice::CompileOperator(\(name))") {
      unsafe dml_compile(device.directML.pointer, description.pointer, $0)
    }
    let properties = unsafe dml_get_properties(compiled.pointer)
    self.compiled = compiled
    self.properties = properties
    temporary = try Self.memory(device, properties.temporary)
    persistent = try Self.memory(device, properties.persistent)
    try initialize(device)
  }

  private static func memory(_ device: Device, _ bytes: UInt64) throws(Trouble) -> Buffer? {
    bytes > 0 ? try Buffer(device, bytes: Int(clamping: bytes)) : nil
  }

  /// Lets the operator fill its persistent memory.
  private func initialize(_ device: Device) throws(Trouble) {
    let initializer = try unsafe Object.made(by: "IDMLDevice::CreateOperatorInitializer") {
      unsafe dml_create_initializer(device.directML.pointer, compiled.pointer, $0)
    }
    let needs = unsafe dml_get_properties(initializer.pointer)
    let scratch = try Self.memory(device, needs.temporary)
    let heap = try ViewHeap(device, views: Int(needs.views))
    let table = try heap.table(for: initializer, views: Int(needs.views))
    if let scratch {
      unsafe withUnsafePointer(to: scratch.all.binding) {
        unsafe dml_bind_temporary(table.pointer, $0)
      }
    }
    if let persistent {
      unsafe withUnsafePointer(to: persistent.all.binding) {
        unsafe dml_bind_output(table.pointer, $0)
      }
    }
    let list = try CommandList(device) { list in
      unsafe d3d12_set_heap(list.object.pointer, heap.object.pointer)
      unsafe dml_dispatch(
        device.recorder.pointer, list.object.pointer, initializer.pointer, table.pointer)
    }
    try device.execute(list)
  }

  /// Tells `table` where everything is. As many inputs as the operation has; nothing for one that it
  /// lacks.
  func bind(_ inputs: [Region?], _ output: Region, in table: Object) {
    if let temporary {
      unsafe withUnsafePointer(to: temporary.all.binding) {
        unsafe dml_bind_temporary(table.pointer, $0)
      }
    }
    if let persistent {
      unsafe withUnsafePointer(to: persistent.all.binding) {
        unsafe dml_bind_persistent(table.pointer, $0)
      }
    }
    let bindings = unsafe inputs.map { unsafe $0?.binding ?? dml_buffer_binding() }
    unsafe bindings.withUnsafeBufferPointer {
      unsafe dml_bind_inputs(table.pointer, UInt32($0.count), $0.baseAddress)
    }
    unsafe withUnsafePointer(to: output.binding) { unsafe dml_bind_output(table.pointer, $0) }
  }
}

/// Room for views of buffers, taken one part after the other.
@safe
final class ViewHeap {
  let object: Object
  private let device: Device
  private let views: Int
  private var taken = 0

  init(_ device: Device, views: Int) throws(Trouble) {
    self.device = device
    self.views = max(1, views)
    object = try unsafe Object.made(
      by: "ID3D12Device::CreateDescriptorHeap(\(max(1, views)) views)"
    ) {
      unsafe d3d12_create_heap(device.direct3D.pointer, UInt32(max(1, views)), $0)
    }
  }

  /// A table for `dispatchable` in the next `views`.
  func table(for dispatchable: Object, views: Int) throws(Trouble) -> Object {
    let start = taken * device.increment
    taken += views
    return try unsafe Object.made(by: "IDMLDevice::CreateBindingTable") { result in
      let description = unsafe dml_table_description(
        dispatchable: dispatchable.pointer, cpu: d3d12_heap_cpu_start(object.pointer) + start,
        gpu: d3d12_heap_gpu_start(object.pointer) + UInt64(start), count: UInt32(views))
      return unsafe withUnsafePointer(to: description) {
        unsafe dml_create_table(device.directML.pointer, $0, result)
      }
    }
  }
}

/// An operator on certain memory.
struct Dispatch {
  let operation: Operator
  let inputs: [Region?]
  let output: Region

  init(_ operation: Operator, _ inputs: [Region?], _ output: Region) {
    self.operation = operation
    self.inputs = inputs
    self.output = output
  }
}

/// Dispatches, each of which sees what those before it wrote; recorded once, executed as often as
/// wanted.
final class Sequence {
  private let device: Device
  private let list: CommandList
  // What the list refers to has to live as long.
  private let heap: ViewHeap
  private let tables: [Object]
  private let dispatches: [Dispatch]

  init(_ device: Device, _ dispatches: [Dispatch]) throws(Trouble) {
    self.device = device
    self.dispatches = dispatches
    let heap = try ViewHeap(
      device, views: dispatches.reduce(0) { $0 + Int($1.operation.properties.views) })
    var tables: [Object] = []
    for dispatch in dispatches {
      let operation = dispatch.operation
      let table = try heap.table(
        for: operation.compiled, views: Int(operation.properties.views))
      operation.bind(dispatch.inputs, dispatch.output, in: table)
      tables.append(table)
    }
    self.heap = heap
    self.tables = tables
    list = try CommandList(device) { list in
      unsafe d3d12_set_heap(list.object.pointer, heap.object.pointer)
      for (dispatch, table) in zip(dispatches, tables) {
        unsafe dml_dispatch(
          device.recorder.pointer, list.object.pointer, dispatch.operation.compiled.pointer,
          table.pointer)
        unsafe d3d12_wait_for_writes(list.object.pointer)
      }
    }
  }

  /// - Returns: the time that it took, in nanoseconds.
  @discardableResult
  func run() throws(Trouble) -> UInt64 { try device.execute(list) }
}
