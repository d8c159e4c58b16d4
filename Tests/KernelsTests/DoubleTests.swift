import CKernels
import Testing

/// The driver double misbehaves as it is told, and refuses what a driver refuses.
@Suite struct DoubleTests {
  private func failure(_ settings: [String: String], _ body: (Device) throws -> Void) throws
    -> Device.Failure?
  {
    var failure: Device.Failure?
    try Device.withOwn(settings) { device in
      do { try body(device) } catch let error as Device.Failure { failure = error }
    }
    return failure
  }

  @Test func startingFails() throws {
    let start: (Device) throws -> Void = { try $0.start() }
    #expect(try failure(["INIT": "803"], start) == .init(function: "cuInit", status: 803))
    #expect(try failure(["DEVICES": "0"], start) == .init(function: "cuInit", status: 100))
    #expect(
      try failure(["FAIL": "cuCtxSetCurrent:46"], start)
        == .init(function: "cuCtxSetCurrent", status: 46))
    #expect(try failure([:], start) == nil)
  }

  @Test func nothingWorksBeforeTheStart() throws {
    #expect(
      try failure([:]) { _ = try $0.allocate(bytes: 4) }
        == .init(function: "cuMemAlloc_v2", status: 3))
  }

  @Test func memoryRunsOutAndIsGivenBack() throws {
    let found = try failure(["OUT_OF_MEMORY": "4096"]) { device in
      try device.start()
      _ = try device.allocate(bytes: 4096)
      _ = try device.allocate(bytes: 1)
    }
    #expect(found == .init(function: "cuMemAlloc_v2", status: 2))
  }

  /// Each module needs the PTX version and the compute capability that its text asks for.
  @Test(arguments: [
    ("9020", "9.0", kernels_module_base, 222), ("10000", "9.0", kernels_module_base, 0),
    ("10020", "9.0", kernels_module_tensor, 222), ("11000", "8.0", kernels_module_tensor, 0),
    ("12080", "7.5", kernels_module_tensor, 209), ("12080", "3.5", kernels_module_base, 209),
  ])
  func modulesNeedTheirDriver(
    version: String, capability: String, module: kernels_module, status: Int32
  ) throws {
    let found = try failure(["VERSION": version, "CAPABILITY": capability]) { device in
      try device.start()
      _ = try device.load(module)
    }
    #expect(found?.status ?? 0 == status)
  }

  @Test func aTextThatIsNoPTXIsRefused() throws {
    let found = try failure([:]) { device in
      try device.start()
      _ = try device.load(kernels_module_base, text: "no PTX".utf8CString.map { $0 })
    }
    #expect(found == .init(function: "cuModuleLoadData", status: 218))
  }

  /// sm_86 has 99 KB of shared memory for a block: enough for the smaller tensor tile only.
  @Test func sharedMemoryIsWhatTheCapabilityHas() throws {
    for (tile, status) in [(kernels_tile_tensor_128, 0), (kernels_tile_tensor_256, 1)] {
      let found = try failure(["CAPABILITY": "8.6"]) { device in
        try device.start()
        let memory = try device.allocate(bytes: 256)
        let product = kernels_product(
          left: memory, right: memory, result: memory, extra: 0, rows: 4, columns: 4, depth: 4,
          slice_depth: 4, epilogue: 0, rate: 0, momentum: 0, reserved: 0)
        try unsafe device.run(
          kernels_product_launch(kernels_form_nn, tile, 4, 4, 1), product)
      }
      #expect(found?.status ?? 0 == Int32(status))
    }
  }

  @Test func aKernelIsWrongInItsFirstNumber() throws {
    try Device.withOwn(["WRONG": "fill"]) { device in
      try device.start()
      let to = try device.allocate(bytes: 16)
      let fill = kernels_fill(to: to, count: 4, value: 1, seed: 0)
      try unsafe device.run(kernels_stream_launch(kernels_stream_fill, 4), fill)
      let found = try device.floats(to, 4)
      #expect(found[0] != 1 && found[0].isFinite)
      #expect(found.dropFirst() == [1, 1, 1])
    }
  }

  @Test func aLaunchTakesLonger() throws {
    try Device.withOwn(["SLOW": "30000"]) { device in
      try device.start()
      let fill = kernels_fill(to: try device.allocate(bytes: 16), count: 4, value: 1, seed: 0)
      let time = try ContinuousClock().measure {
        try unsafe device.run(kernels_stream_launch(kernels_stream_fill, 4), fill)
      }
      #expect(time >= .milliseconds(30))
    }
  }

  /// As late as a driver may do it: so a program that does not wait would be seen.
  @Test func aStreamDoesItsWorkWhenSomebodyWaits() throws {
    try Device.withOwn { device in
      try device.start()
      typealias Handle = @convention(c) (UInt) -> Int32
      // CU_STREAM_NON_BLOCKING: the null stream does not wait for it.
      let stream = try device.create("cuStreamCreate", flags: 1)
      let events = (
        try device.create("cuEventCreate", flags: 0), try device.create("cuEventCreate", flags: 0)
      )
      func record(_ event: UInt) throws {
        try device.check("cuEventRecord", as: (@convention(c) (UInt, UInt) -> Int32).self) {
          $0(event, stream)
        }
      }
      func elapsed() throws {
        typealias Elapsed = @convention(c) (UnsafeMutablePointer<Float>, UInt, UInt) -> Int32
        var time: Float = 0
        try unsafe device.check("cuEventElapsedTime", as: Elapsed.self) {
          unsafe $0(&time, events.0, events.1)
        }
      }
      let memory = try device.upload([UInt32](repeating: 5, count: 4))
      try record(events.0)
      typealias Set = @convention(c) (UInt64, UInt8, Int, UInt) -> Int32
      try device.check("cuMemsetD8Async", as: Set.self) { $0(memory, 1, 16, stream) }
      try record(events.1)
      #expect(try device.download(memory, 4, of: UInt32(0)) == [5, 5, 5, 5])
      #expect(throws: Device.Failure(function: "cuEventElapsedTime", status: 600)) {
        try elapsed()
      }
      #expect(throws: Device.Failure(function: "cuStreamQuery", status: 600)) {
        try device.check("cuStreamQuery", as: Handle.self) { $0(stream) }
      }
      try device.check("cuStreamSynchronize", as: Handle.self) { $0(stream) }
      #expect(
        try device.download(memory, 4, of: UInt32(0))
          == [UInt32](repeating: 0x0101_0101, count: 4))
      try elapsed()
    }
  }

  /// Code is loaded at once, as memory is taken, and not when a captured stream comes to it: drivers
  /// before CUDA 12.3 refuse both, and the capture with it.
  ///
  /// - Parameter mode: CU_STREAM_CAPTURE_MODE_THREAD_LOCAL is 1; 2 is RELAXED, which allows memory.
  @Test(arguments: [
    (1, "cuModuleLoadData", true), (1, "cuMemAlloc_v2", true),
    (2, "cuModuleLoadData", true), (2, "cuMemAlloc_v2", false),
  ])
  func aCaptureIsSpoiltByWhatIsDoneAtOnce(mode: Int32, function: String, isRefused: Bool) throws {
    typealias Begin = @convention(c) (UInt, Int32) -> Int32
    typealias End = @convention(c) (UInt, UnsafeMutablePointer<UInt>) -> Int32
    var graph: UInt = 1
    func call(_ device: Device) throws {
      if function == "cuMemAlloc_v2" {
        _ = try device.allocate(bytes: 16)
      } else {
        _ = try device.load(kernels_module_base)
      }
    }
    func status(_ body: () throws -> Void) throws -> Int32 {
      do { try body() } catch let error as Device.Failure { return error.status }
      return 0
    }
    try Device.withOwn { device in
      try device.start()
      let stream = try device.create("cuStreamCreate", flags: 1)
      try device.check("cuStreamBeginCapture_v2", as: Begin.self) { $0(stream, mode) }
      #expect(try status { try call(device) } == (isRefused ? 900 : 0))
      let end = try status {
        try unsafe device.check("cuStreamEndCapture", as: End.self) { unsafe $0(stream, &graph) }
      }
      #expect(end == (isRefused ? 901 : 0))
      #expect((graph == 0) == isRefused)
      try call(device)
    }
  }
}
