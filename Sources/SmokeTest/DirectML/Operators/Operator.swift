import Accelerators
import CDirectML
import CPlatform
import Platform

/// An operator that the driver compiled and DirectML made ready.
@safe
final class Operator {
  let compiled: Object
  let properties: dml_properties
  private let temporary: Buffer?
  private let persistent: Buffer?

  init(_ device: Device, _ operation: dml_operation) throws(Trouble) {
    var operation = operation
    let name = unsafe String(optionalCString: dml_operation_name(&operation))
    let directML = unsafe device.directML.pointer
    let description = try unsafe Object(dml_create_operation(directML, &operation), name)
    compiled = try unsafe Object(dml_compile(directML, description.pointer), name)
    properties = unsafe dml_get_properties(compiled.pointer)
    temporary = try Self.memory(device, properties.temporary)
    persistent = try Self.memory(device, properties.persistent)
    try initialize(device)
  }

  @inline(never)
  private static func memory(_ device: Device, _ bytes: UInt64) throws(Trouble) -> Buffer? {
    bytes > 0 ? try Buffer(device, bytes: Int(clamping: bytes)) : nil
  }

  /// Lets the operator fill its persistent memory.
  private func initialize(_ device: Device) throws(Trouble) {
    let initializer = try unsafe Object(
      dml_create_initializer(device.directML.pointer, compiled.pointer))
    let needs = unsafe dml_get_properties(initializer.pointer)
    let heap = try ViewHeap(device, views: Int(needs.views))
    let table = try heap.table(for: initializer, views: Int(needs.views))
    let scratch = try Self.memory(device, needs.temporary)
    if let scratch { unsafe bind(scratch, dml_bind_temporary, table) }
    if let persistent { unsafe bind(persistent, dml_bind_output, table) }
    let list = try CommandList(device)
    unsafe d3d12_set_heap(list.object.pointer, heap.object.pointer)
    unsafe dml_dispatch(
      device.recorder.pointer, list.object.pointer, initializer.pointer, table.pointer)
    try list.close()
    try device.execute(list)
    withExtendedLifetime((scratch, table, heap, initializer)) {}
  }

  @unsafe
  private typealias Bind =
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<dml_buffer_binding>?
    ) -> Void

  @inline(never)
  private func bind(_ buffer: Buffer, _ function: Bind, _ table: Object) {
    var binding = unsafe buffer.part(Region(offset: 0, bytes: buffer.bytes))
    unsafe function(table.pointer, &binding)
  }

  /// Tells `table` where everything is: as many inputs as the operation has, with those that it lacks,
  /// then its output.
  func bind(_ memory: Buffer, _ regions: [Region], in table: Object) {
    if let temporary { unsafe bind(temporary, dml_bind_temporary, table) }
    if let persistent { unsafe bind(persistent, dml_bind_persistent, table) }
    var bindings = unsafe [dml_buffer_binding]()
    for region in regions { unsafe bindings.append(memory.part(region)) }
    guard var output = unsafe bindings.popLast() else { return }
    unsafe dml_bind_inputs(table.pointer, UInt32(bindings.count), bindings)
    unsafe dml_bind_output(table.pointer, &output)
  }
}

/// Room for views of buffers, taken one part after the other.
@safe
final class ViewHeap {
  let object: Object
  private let device: Device
  private var taken = 0

  init(_ device: Device, views: Int) throws(Trouble) {
    self.device = device
    object = try unsafe Object(
      d3d12_create_heap(device.direct3D.pointer, UInt32(max(1, views))), decimal(views) + " views")
  }

  /// A table for `dispatchable` in the next `views`.
  func table(for dispatchable: Object, views: Int) throws(Trouble) -> Object {
    let start = taken * device.increment
    taken += views
    var description = unsafe dml_table_description(
      dispatchable: dispatchable.pointer, cpu: d3d12_heap_cpu_start(object.pointer) + start,
      gpu: d3d12_heap_gpu_start(object.pointer) + UInt64(start), count: UInt32(views))
    return try unsafe Object(dml_create_table(device.directML.pointer, &description))
  }
}
