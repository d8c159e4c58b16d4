import Accelerators
import CDirectML
import CPlatform
import Platform

/// A Direct3D 12 device with one queue for computing, in which everything happens in order, and
/// DirectML on it.
@safe
final class Device {
  let adapter: Adapter
  let direct3D: Object
  let directML: Object
  let recorder: Object
  /// How far apart the views in a heap stand.
  let increment: Int
  private let queue: Object
  private let fence: Object
  /// What is waited for at most, in nanoseconds.
  private let limit: UInt64
  /// The fence's value after the last execution.
  private var executed: UInt64 = 0

  /// The levels of DirectML and of the operators that the training uses.
  private static let requiredLevel = dml_level_2_0

  init(_ libraries: Libraries, _ adapter: Adapter, limit: UInt64) throws(Trouble) {
    self.adapter = adapter
    self.limit = limit
    // What only computes has the core level and no more.
    let level = adapter.draws ? d3d12_level_11_0 : d3d12_level_core
    direct3D = try unsafe Object(
      d3d12_create_device(libraries.d3d12.function, adapter.object.pointer, level))
    queue = try unsafe Object(d3d12_create_queue(direct3D.pointer))
    fence = try unsafe Object(d3d12_create_fence(direct3D.pointer))
    increment = Int(unsafe d3d12_increment(direct3D.pointer))
    directML = try unsafe Object(
      dml_create_device(libraries.directml.function, direct3D.pointer, Self.requiredLevel))
    recorder = try unsafe Object(dml_create_recorder(directML.pointer))
  }

  /// The feature levels: Direct3D's, DirectML's, and the one that is needed.
  func levels() throws(Trouble) -> [Fact] {
    var direct3DLevel = d3d12_level_core
    var directMLLevel: Int32 = 0
    try unsafe check(d3d12_highest_level(direct3D.pointer, &direct3DLevel))
    try unsafe check(dml_highest_level(directML.pointer, &directMLLevel))
    var facts = Facts()
    facts.add("direct3d-level", Self.level(direct3DLevel.rawValue))
    facts.add("directml-level", Self.level(UInt32(bitPattern: directMLLevel)))
    facts.add("required-directml-level", Self.level(Self.requiredLevel.rawValue))
    return facts.all
  }

  /// Like `6.2`: both count in hexadecimal digits, major and minor.
  private static func level(_ level: UInt32) -> String {
    fixed(Double(level >> 12) + Double(level >> 8 & 0xF) / 10, digits: 1)
  }

  /// Executes `list` and waits for its end.
  ///
  /// - Returns: the time from the call to the end, in nanoseconds.
  @discardableResult
  func execute(_ list: CommandList) throws(Trouble) -> UInt64 {
    let stopwatch = Stopwatch()
    unsafe d3d12_execute(queue.pointer, list.object.pointer)
    executed += 1
    try unsafe check(d3d12_signal(queue.pointer, fence.pointer, executed))
    while true {
      let value = unsafe d3d12_fence_value(fence.pointer)
      if value == .max { throw removal("ID3D12Fence::GetCompletedValue") }
      let time = stopwatch.nanoseconds
      if value >= executed { return time }
      guard time < limit else { throw Trouble("G3015", significant(Double(limit) / 1e9)) }
      // Short work is waited for with little sleep, so that its time is right.
      platform_pause(time < 5_000_000 ? 0 : 1)
    }
  }

  /// - Throws: what was answered, when it is a failure; of a device that was removed, why.
  func check(_ answer: com_answer) throws(Trouble) {
    if unsafe HResult(answer.result).isRemoval { throw unsafe removal(answer.name("")) }
    try unsafe DirectML.check(answer)
  }

  private func removal(_ call: String) -> Trouble {
    let reason = unsafe d3d12_removed_reason(direct3D.pointer)
    return unsafe HResult(reason.result).trouble(call, isRemoved: true)
  }
}
