import Accelerators
import Platform

/// Launches that were captured once and are started together.
@safe
final class Graph {
  private let executable: Handle?
  private let context: Context

  /// Captures what `body` asks for, without doing it.
  init(_ context: Context, _ body: () throws(Trouble) -> Void) throws(Trouble) {
    let driver = context.driver
    let functions = driver.functions
    // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: other threads, like those of cuBLAS, may allocate meanwhile.
    try driver.check(unsafe functions.beginCapture(context.stream, 1), "cuStreamBeginCapture_v2")
    var graph: Handle?
    do {
      try body()
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
