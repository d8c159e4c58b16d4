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
  static var requiredLevelText: String { level(Int32(requiredLevel.rawValue)) }

  init(_ libraries: Libraries, _ adapter: Adapter, limit: UInt64) throws(Trouble) {
    self.adapter = adapter
    self.limit = limit
    // What only computes has the core level and no more.
    let level = adapter.draws ? d3d12_level_11_0 : d3d12_level_core
    let direct3D = try unsafe Object.made(by: "D3D12CreateDevice") {
      unsafe d3d12_create_device(
        libraries.d3d12.function, adapter.object.pointer, level, $0)
    }
    self.direct3D = direct3D
    queue = try unsafe Object.made(by: "ID3D12Device::CreateCommandQueue") {
      unsafe d3d12_create_queue(direct3D.pointer, $0)
    }
    fence = try unsafe Object.made(by: "ID3D12Device::CreateFence") {
      unsafe d3d12_create_fence(direct3D.pointer, $0)
    }
    increment = Int(unsafe d3d12_increment(direct3D.pointer))
    let directML = try unsafe Object.made(by: "DMLCreateDevice1") {
      unsafe dml_create_device(
        libraries.directml.function, direct3D.pointer, Self.requiredLevel, $0)
    }
    self.directML = directML
    recorder = try unsafe Object.made(by: "IDMLDevice::CreateCommandRecorder") {
      unsafe dml_create_recorder(directML.pointer, $0)
    }
  }

  /// Direct3D's level, like `12.1`.
  func direct3DLevel() throws(Trouble) -> String {
    var level = d3d12_level_core
    try check(
      unsafe d3d12_highest_level(direct3D.pointer, &level), "ID3D12Device::CheckFeatureSupport")
    return Self.level(Int32(level.rawValue))
  }

  /// DirectML's level, like `6.2`.
  func directMLLevel() throws(Trouble) -> String {
    var level: Int32 = 0
    try check(
      unsafe dml_highest_level(directML.pointer, &level), "IDMLDevice::CheckFeatureSupport")
    return Self.level(level)
  }

  /// Both count in hexadecimal digits: major, minor.
  private static func level(_ level: Int32) -> String { "\(level >> 12).\(level >> 8 & 0xF)" }

  /// Executes `list` and waits for its end.
  ///
  /// - Returns: the time from the call to the end, in nanoseconds.
  @discardableResult
  func execute(_ list: CommandList) throws(Trouble) -> UInt64 {
    let stopwatch = Stopwatch()
    unsafe d3d12_execute(queue.pointer, list.object.pointer)
    executed += 1
    try checkDevice(
      unsafe d3d12_signal(queue.pointer, fence.pointer, executed), "ID3D12CommandQueue::Signal")
    while true {
      let value = unsafe d3d12_fence_value(fence.pointer)
      if value == .max { throw removal("ID3D12Fence::GetCompletedValue") }
      let time = stopwatch.nanoseconds
      if value >= executed { return time }
      guard time < limit else { throw late() }
      // Short work is waited for with little sleep, so that its time is right.
      platform_pause(time < 5_000_000 ? 0 : 1)
    }
  }

  /// - Throws: what `call` answered, when it is a failure; of a device that was removed, why.
  func checkDevice(_ result: com_result, _ call: String) throws(Trouble) {
    if HResult(result).isRemoval { throw removal(call) }
    try check(result, call)
  }

  private func removal(_ call: String) -> Trouble {
    HResult(unsafe d3d12_removed_reason(direct3D.pointer)).trouble(call, isRemoved: true)
  }

  private func late() -> Trouble {
    let seconds = significant(Double(limit) / 1e9)
    return Trouble(
      code: "G3015", seen: "the GPU did not finish its work within \(seconds) s",
      remedy: """
        Something blocks the GPU. Close what else uses it, in Windows: wsl --shutdown; if it stays, \
        install a current driver there.
        """)
  }
}
