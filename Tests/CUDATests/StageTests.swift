import Accelerators
import Testing
import Trainer

@testable import CUDA

@Suite struct StageTests {
  @Test func theDriverTellsItsVersion() throws {
    let facts = try withDouble(["VERSION": "12040"]) { try $0.load() }
    #expect(facts["driver-cuda"] == .text("12.4"))
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

  @Test func memoryGivesBackWhatWasWritten() throws {
    let facts = try withDouble { try $0.checkMemory(.quick) }
    #expect(facts["tested"] == .quantity(Double(32 << 20), unit: "B"))
    #expect(facts["to-device"] != nil && facts["to-host"] != nil)
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
  @Test(arguments: [("6.1", 12), ("8.6", 15), ("9.0", 17)])
  func everyKernelThatTheDeviceCanRunIsRight(_ capability: String, _ kernels: Int) throws {
    let facts = try withDouble(["CAPABILITY": capability]) {
      try $0.checkKernels(all: true, (132, 268, 72))
    }
    #expect(facts["kernels"] == .count(kernels))
    guard case .quantity(let worst, "") = facts["worst-error"] else {
      Issue.record("no figure")
      return
    }
    #expect(worst > 0 && worst < KernelTolerance.value)
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

  @Test func measuresAStepAProductAndACopy() throws {
    let throughput = try withDouble { try $0.measure(.quick) }
    #expect(throughput.step > 0 && throughput.product > 0 && throughput.bandwidth > 0)
    #expect(throughput.plan == .digits)
    #expect(throughput.productBy == "kiln float32")
    #expect(throughput.theoreticalProduct != nil && throughput.theoreticalBandwidth != nil)
  }

  @Test func withoutTensorCoresTheProductIsFloat32() throws {
    let throughput = try withDouble(["CAPABILITY": "7.5"]) { try $0.measure(.full) }
    #expect(
      throughput.facts.map(\.name).filter { $0.hasPrefix("product") } == ["product-kiln-float32"])
  }

  /// The double plays cuBLAS too.
  @Test func theFullMeasurementUsesAndNamesCuBLAS() throws {
    let facts = try withDouble(hasLibrary: true) { try $0.measure(.full).facts }
    guard case .text(let path)? = facts["cublas"] else {
      Issue.record("not named")
      return
    }
    #expect(path.hasPrefix("/"))
    #expect(
      facts.map(\.name).filter { $0.hasPrefix("product-cublas") } == [
        "product-cublas-float32", "product-cublas-tf32", "product-cublas-float16",
        "product-cublas-bfloat16",
      ])
  }

  @Test func theFullMeasurementHasEveryPrecisionAndALoad() throws {
    let facts = try withDouble { try $0.measure(.full).facts }
    #expect(
      facts.map(\.name) == [
        "sustained", "sustained-slowest", "sustained-fastest", "product-kiln-float32",
        "product-kiln-tf32",
      ])
  }
}

/// The tolerance that the kernels are held to, as the report states it.
enum KernelTolerance {
  static let value = 3e-5
}
