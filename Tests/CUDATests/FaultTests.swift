import Accelerators
import Testing
import Trainer

@testable import CUDA

@Suite struct FaultTests {
  @Test(arguments: [
    ("3", "G2003"), ("34", "G2034"), ("35", "G2035"), ("46", "G2046"), ("100", "G2100"),
    ("101", "G2101"), ("304", "G2304"), ("802", "G2802"), ("803", "G2803"), ("804", "G2804"),
    ("500", "G2500"), ("999", "G2999"), ("998", "G2000"), ("102", "G2046"), ("805", "G2805"),
    ("807", "G2805"), ("810", "G2805"), ("811", "G2000"),
  ])
  func whatTheDriverSaysAtItsStart(_ code: String, _ expected: String) throws {
    let trouble = try #require(
      try trouble(["INIT": code]) { (gpu) throws(Trouble) in _ = try gpu.load() })
    #expect(trouble.code == expected)
    #expect(trouble.seen.hasPrefix("cuInit: CUDA_ERROR_") && trouble.seen.contains("(\(code))"))
    #expect(!trouble.remedy.isEmpty)
  }

  @Test(arguments: [
    ("cuDriverGetVersion", "999", "G2999"), ("cuDeviceGetCount", "100", "G2100"),
    ("cuDevicePrimaryCtxRetain", "2", "G2002"), ("cuDevicePrimaryCtxRetain", "46", "G2046"),
    ("cuStreamCreate", "304", "G2304"), ("cuModuleLoadDataEx", "209", "G2209"),
    ("cuModuleLoadDataEx", "218", "G2218"), ("cuModuleLoadDataEx", "221", "G2221"),
    ("cuModuleLoadDataEx", "222", "G2222"), ("cuMemAlloc_v2", "2", "G2002"),
    ("cuMemAllocHost_v2", "2", "G2002"), ("cuLaunchKernel", "700", "G2700"),
    ("cuStreamSynchronize", "702", "G2702"), ("cuStreamSynchronize", "719", "G2719"),
    ("cuMemAlloc_v2", "600", "G2002"), ("cuMemcpyDtoHAsync_v2", "226", "G2214"),
    ("cuMemcpyDtoHAsync_v2", "214", "G2214"), ("cuMemcpyHtoDAsync_v2", "1", "G2000"),
  ])
  func whatACallSays(_ function: String, _ code: String, _ expected: String) throws {
    let trouble = try #require(
      try trouble(["FAIL": "\(function):\(code)"]) { (gpu) throws(Trouble) in
        _ = try gpu.openDevice()
        _ = try gpu.checkMemory(.quick)
      })
    #expect(trouble.code == expected)
    #expect(trouble.seen.hasPrefix("\(function): CUDA_ERROR_"))
  }

  @Test func noLibrary() {
    let trouble = trouble(of: CUDAAccelerator(library: "/nowhere/libcuda.so.1"), Self.load)
    #expect(trouble?.code == "G2950")
    #expect(trouble?.seen.hasPrefix("/nowhere/libcuda.so.1 does not load: ") == true)
  }

  @Test func aLibraryThatIsNoDriver() {
    let trouble = trouble(of: CUDAAccelerator(library: "libm.so.6"), Self.load)
    #expect(trouble?.code == "G2951")
    #expect(trouble?.seen.hasSuffix("libm.so.6 has no function cuInit") == true)
  }

  @Test func aGPUThatIsNotThere() throws {
    let trouble = try trouble([:], index: 3) { (gpu) throws(Trouble) in _ = try gpu.openDevice() }
    #expect(trouble?.code == "G2101")
    #expect(trouble?.seen.hasSuffix("asked for GPU 3") == true)
  }

  @Test(arguments: [(["CAPABILITY": "3.5"], "G2209"), (["VERSION": "9020"], "G2222")])
  func kernelsThatAreTooNew(_ settings: [String: String], _ expected: String) throws {
    #expect(try trouble(settings, Self.checkKernels)?.code == expected)
  }

  @Test func memoryThatIsFull() throws {
    let trouble = try trouble(["OUT_OF_MEMORY": "1000000"], Self.checkMemory)
    #expect(trouble?.code == "G2002")
    #expect(trouble?.seen.hasSuffix("8388608 bytes") == true)
  }

  @Test func memoryThatForgets() throws {
    #expect(try trouble(["WRONG": "memory"], Self.checkMemory)?.code == "G2954")
  }

  @Test(arguments: [
    "product_nn", "product_tn", "product_nt", "product_nn_128", "product_tn_128",
    "product_nt_128", "product_nn_256", "product_tn_256", "thin_output", "thin_hidden",
    "softmax", "column_sums", "activate", "update", "copy", "fill", "noise",
  ])
  func aKernelThatComputesWrong(_ kernel: String) throws {
    let trouble = try trouble(["WRONG": kernel], Self.checkKernels)
    #expect(trouble?.code == "G2955")
    #expect(trouble?.seen.hasPrefix(kernel) == true)
  }

  @Test func aLargeProductThatIsWrong() throws {
    let full = try trouble(["WRONG": "product_nn_256"]) { (gpu) throws(Trouble) in
      _ = try gpu.measure(.full)
    }
    #expect(full?.code == "G2955")
    #expect(full?.seen.hasPrefix("kiln TF32") == true)
    let quick = try trouble(["WRONG": "product_nn"]) { (gpu) throws(Trouble) in
      _ = try gpu.measure(.quick)
    }
    #expect(quick?.code == "G2955")
    #expect(quick?.seen.hasPrefix("kiln float32") == true)
  }

  @Test(arguments: ["cuStreamEndCapture", "cuGraphInstantiateWithFlags"])
  func aCaptureThatFails(_ function: String) throws {
    let trouble = try trouble(["FAIL": "\(function):901"]) { (gpu) throws(Trouble) in
      _ = try gpu.train(.digits, on: Digits().training)
    }
    #expect(trouble?.seen.hasPrefix(function) == true)
  }

  private static func load(_ gpu: CUDAAccelerator) throws(Trouble) { _ = try gpu.load() }

  private static func checkMemory(_ gpu: CUDAAccelerator) throws(Trouble) {
    _ = try gpu.checkMemory(.quick)
  }

  private static func checkKernels(_ gpu: CUDAAccelerator) throws(Trouble) {
    _ = try gpu.checkKernels(all: true, (36, 68, 40))
  }
}
