import Accelerators
import Testing
import Trainer

@testable import CUDA

@Suite struct StageTests {
  @Test func theDriverTellsItsPath() throws {
    let facts = try withDouble { try $0.load() }
    guard case .text(let path) = facts["driver-library"] else {
      Issue.record("no path")
      return
    }
    #expect(path.hasSuffix("/libcuda.so.1"))
  }

  @Test func theDeviceTellsEverything() throws {
    let settings = ["DEVICES": "2", "CAPABILITY": "8.6", "MEMORY": "2147483648"]
    let (facts, device) = try withDouble(settings, index: 1) { gpu in
      (try gpu.openDevice(), try gpu.device())
    }
    #expect(
      facts == [
        Fact("devices", .count(2)),
        Fact("device", .count(1)),
        Fact("name", .text("kiln test double")),
        Fact("compute-capability", .text("8.6")),
        Fact("memory", .quantity(0x8000_0000, unit: "B")),
        Fact("multiprocessors", .count(2)),
        Fact("clock", .quantity(1e6, unit: "Hz")),
        Fact("memory-clock", .quantity(1e9, unit: "Hz")),
        Fact("memory-bus", .count(64)),
        Fact("l2-cache", .quantity(1_048_576, unit: "B")),
        Fact("error-correction", .text("off")),
        Fact("pci", .text("0000:02:00.0")),
        Fact("uuid", .text("GPU-00010203-0405-0607-0809-0a0b0c0d0e01")),
        Fact("luid", .text("00000000:00000002")),
      ])
    // 2 multiprocessors at 1 MHz, 128 lanes and 2 operations each; 64 bits twice a clock.
    #expect(device.theoreticalProduct(.float32) == 512e6)
    #expect(device.theoreticalBandwidth == 16e9)
  }

  /// Of one chip the cards for players sum in float32 at half the speed.
  @Test(arguments: [("NVIDIA GeForce RTX 3090", 512e6), ("NVIDIA RTX A6000", 1024e6)])
  func whatTensorCoresCouldDo(_ name: String, _ expected: Double) throws {
    let device = try withDouble(["CAPABILITY": "8.6", "NAME": name]) { try $0.device() }
    #expect(device.theoreticalProduct(.tf32) == expected)
    #expect(device.theoreticalProduct(.float16) == 2 * expected)
  }

  /// Of memory that is the host's too the driver tells another clock and width, or none.
  @Test func nobodyKnowsWhatTheHostsMemoryCouldDo() throws {
    #expect(try withDouble(["INTEGRATED": "1"]) { try $0.device() }.theoreticalBandwidth == nil)
  }

  /// The clock, the bus and the cache; without multiprocessors or capability nothing can be launched.
  @Test func whatTheDriverDoesNotTellIsNotMissed() throws {
    for number in ["13", "32", "37", "38"] {
      #expect(try withDouble(["UNKNOWN": number]) { try $0.openDevice() }["name"] != nil)
    }
    let trouble = try trouble(["UNKNOWN": "16"]) { (gpu) throws(Trouble) in
      _ = try gpu.openDevice()
    }
    #expect(trouble?.code == "G2000")
    #expect(trouble?.seen.hasSuffix("; attribute 16") == true)
  }

  /// More than the second-level cache holds.
  @Test func memoryGivesBackWhatWasWritten() throws {
    try withDouble(["CACHE": String(8 << 20)]) { gpu in
      let facts = try gpu.checkMemory(.quick)
      #expect(facts["tested"] == .quantity(Double(16 << 20), unit: "B"))
      #expect(facts["to-device"] != nil && facts["to-host"] != nil)
      // Two for the counts of wrong words, and the words twice, since the first copy is not timed.
      #expect(try calls(of: "cuMemcpyHtoDAsync_v2", by: gpu) == 4)
    }
  }

  /// Three quarters of what is free, half where other programs are in the same memory, and no more than
  /// the driver gives.
  @Test(arguments: [
    ([:], 0.7...0.75), (["INTEGRATED": "1"], 0.45...0.5),
    (["OUT_OF_MEMORY": "41943040"], 0.5...0.5),
  ])
  func theFullTestTakesMostOfTheFreeMemory(
    _ settings: [String: String], _ expected: ClosedRange<Double>
  ) throws {
    let bytes = 64 << 20
    let facts = try withDouble(settings.merging(["MEMORY": String(bytes)]) { $1 }) {
      try $0.checkMemory(.full)
    }
    guard case .quantity(let tested, "B") = facts["tested"] else {
      Issue.record("no figure")
      return
    }
    #expect(expected.contains(tested / Double(bytes)))
  }

  /// Full but for the size, whose arithmetic takes a debug build minutes.
  @Test(arguments: [("6.1", 12, 3e-5), ("8.6", 15, 1e-4), ("9.0", 17, 1e-4)])
  func everyKernelThatTheDeviceCanRunIsRight(
    _ capability: String, _ kernels: Int, _ tolerance: Double
  ) throws {
    let facts = try withDouble(["CAPABILITY": capability]) {
      try $0.checkKernels(all: true, (132, 268, 72))
    }
    #expect(facts["kernels"] == .count(kernels))
    #expect(facts["tolerance"] == .quantity(tolerance, unit: ""))
    guard case .quantity(let worst, "") = facts["worst-error"] else {
      Issue.record("no figure")
      return
    }
    // Neither nothing was compared, nor is the tolerance nearly used up.
    #expect(worst > 1e-8 && worst < tolerance / 4)
  }

  /// No module but the base one is compiled on the way to a quick verdict.
  @Test func quickNeedsTheBaseModuleAlone() throws {
    let kernels = try withDouble(["MODULES": "1"]) { gpu in
      let facts = try gpu.checkKernels(.quick)
      _ = try gpu.train(.digits, on: Digits().training)
      _ = try gpu.measure(.quick)
      return facts["kernels"]
    }
    #expect(kernels == .count(8))
  }
}
