import Accelerators
import Platform

/// Launches that were captured once and are started together.
@safe
final class Graph {
  private let executable: Handle?
  private let context: Context

  /// Captures what `body` asks for, `times` times, without doing it.
  ///
  /// Drivers before CUDA 12.3 load no code while a stream is captured, so `body` is called once before
  /// that: the kernels that it runs are only fetched, and what it asks of cuBLAS is done, on whatever
  /// is in memory then.
  ///
  /// - Parameter body: takes the number of the call, from 0.
  init(
    _ kernels: Kernels, times: Int, _ body: (Int) throws(Trouble) -> Void
  ) throws(Trouble) {
    let context = kernels.context
    let driver = context.driver
    let functions = driver.functions
    try kernels.fetch { () throws(Trouble) in try body(0) }
    // CU_STREAM_CAPTURE_MODE_RELAXED: what cuBLAS asks of the driver besides is not forbidden.
    try driver.check(unsafe functions.beginCapture(context.stream, 2), "cuStreamBeginCapture_v2")
    var graph: Handle?
    do {
      for time in 0..<times { try body(time) }
    } catch {
      _ = unsafe functions.endCapture(context.stream, &graph)
      _ = unsafe functions.destroyGraph(graph)
      throw error
    }
    try driver.check(unsafe functions.endCapture(context.stream, &graph), "cuStreamEndCapture")
    defer { _ = unsafe functions.destroyGraph(graph) }
    var executable: Handle?
    try driver.check(
      unsafe functions.instantiate(&executable, graph, 0), "cuGraphInstantiateWithFlags")
    unsafe self.executable = unsafe executable
    self.context = context
  }

  deinit { _ = unsafe context.driver.functions.destroyExecutableGraph(executable) }

  func launch() throws(Trouble) {
    let functions = context.driver.functions
    try context.driver.check(
      unsafe functions.launchGraph(executable, context.stream), "cuGraphLaunch")
  }
}
