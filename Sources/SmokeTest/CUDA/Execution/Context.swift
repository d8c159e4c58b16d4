import Accelerators
import Platform

/// A device's primary context with one stream, in which everything happens in order.
///
/// The primary context is the one that the CUDA runtime, and with it cuBLAS, uses too.
@safe
final class Context {
  let driver: Driver
  let device: Device
  let stream: Handle?
  private let start: Handle?
  private let end: Handle?

  init(_ driver: Driver, _ device: Device) throws(Trouble) {
    self.driver = driver
    self.device = device
    let functions = driver.functions
    var context: Handle?
    try driver.check(
      unsafe functions.retainContext(&context, device.handle), "cuDevicePrimaryCtxRetain")
    var stream: Handle?
    var start: Handle?
    var end: Handle?
    do {
      try driver.check(unsafe functions.setContext(context), "cuCtxSetCurrent")
      // CU_STREAM_NON_BLOCKING: no waiting for the null stream, which nobody here uses.
      try driver.check(unsafe functions.createStream(&stream, 1), "cuStreamCreate")
      try driver.check(unsafe functions.createEvent(&start, 0), "cuEventCreate")
      try driver.check(unsafe functions.createEvent(&end, 0), "cuEventCreate")
    } catch {
      _ = functions.releaseContext(device.handle)
      throw error
    }
    unsafe self.stream = unsafe stream
    unsafe self.start = unsafe start
    unsafe self.end = unsafe end
  }

  // Statuses are of no use here: after a kernel's fault each of these calls repeats its error.
  deinit {
    _ = unsafe driver.functions.destroyEvent(start)
    _ = unsafe driver.functions.destroyEvent(end)
    _ = unsafe driver.functions.destroyStream(stream)
    _ = driver.functions.releaseContext(device.handle)
  }

  /// Waits for all that was asked for.
  func synchronize() throws(Trouble) {
    try driver.check(unsafe driver.functions.synchronize(stream), "cuStreamSynchronize")
  }

  /// Seconds that the device takes for what `body` asks for, by its own clock, which ticks about
  /// every half microsecond. Waits for the end.
  func time(_ body: () throws(Trouble) -> Void) throws(Trouble) -> Double {
    try driver.check(unsafe driver.functions.record(start, stream), "cuEventRecord")
    try body()
    try driver.check(unsafe driver.functions.record(end, stream), "cuEventRecord")
    try synchronize()
    var milliseconds: Float = 0
    try driver.check(
      unsafe driver.functions.elapsed(&milliseconds, start, end), "cuEventElapsedTime")
    return Double(milliseconds) / 1000
  }

  /// Seconds of the fastest of several times that the device does what `body` asks for.
  func fastest(_ body: () throws(Trouble) -> Void) throws(Trouble) -> Double {
    var time = FastestTime()
    while !time.isKnown { time.take(try self.time(body)) }
    return time.seconds
  }

  /// What can still be allocated, in bytes.
  func freeMemory() throws(Trouble) -> Int {
    var free = 0
    var total = 0
    try driver.check(unsafe driver.functions.memoryInfo(&free, &total), "cuMemGetInfo_v2")
    return free
  }

  /// Sets every byte of `buffer`.
  func set(_ buffer: Buffer, bytes value: UInt8) throws(Trouble) {
    let functions = driver.functions
    try driver.check(
      unsafe functions.setBytes(buffer.address, value, buffer.bytes, stream), "cuMemsetD8Async")
  }

  /// Memory that holds `values`.
  func buffer<Element: BitwiseCopyable>(_ values: [Element]) throws(Trouble) -> Buffer {
    try unsafe values.withUnsafeBytes { unsafe buffer(of: $0) }.get()
  }

  /// The same code for all kinds of numbers. It waits, since the bytes may go afterwards: the driver may
  /// copy memory that is not page-locked to a place of its own first, but need not.
  @unsafe
  @inline(never)
  func buffer(of bytes: UnsafeRawBufferPointer) -> Result<Buffer, Trouble> {
    do throws(Trouble) {
      let buffer = try Buffer(self, bytes: bytes.count)
      if let base = bytes.baseAddress {
        let status = unsafe driver.functions.copyToDevice(
          buffer.address, base, bytes.count, stream)
        try driver.check(status, "cuMemcpyHtoDAsync_v2")
        try synchronize()
      }
      return .success(buffer)
    } catch { return .failure(error) }
  }

  /// The first `count` values in `buffer`, after all that was asked for before.
  func download<Element: BitwiseCopyable & ExpressibleByIntegerLiteral>(
    _ buffer: Buffer, count: Int, as _: Element.Type = Element.self
  ) throws(Trouble) -> [Element] {
    var values = [Element](repeating: 0, count: count)
    let status = unsafe values.withUnsafeMutableBytes { unsafe download(buffer, to: $0) }
    try driver.check(status, "cuMemcpyDtoHAsync_v2")
    return values
  }

  @unsafe
  @inline(never)
  private func download(_ buffer: Buffer, to bytes: UnsafeMutableRawBufferPointer) -> Status {
    guard let base = bytes.baseAddress, bytes.count <= buffer.bytes else { return 1 }
    let status = unsafe driver.functions.copyToHost(base, buffer.address, bytes.count, stream)
    return status != 0 ? status : unsafe driver.functions.synchronize(stream)
  }
}
