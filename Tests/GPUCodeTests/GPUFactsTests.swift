import FoundationEssentials
import GPUCode
import Testing

@Suite struct GPUFactsTests {
  private func library(
    _ path: String, _ machine: [UInt32] = [], ptx: [UInt32] = [], soname: String? = nil,
    size: Int64 = 1000
  ) -> GPULibrary {
    GPULibrary(
      path: path, size: size, soname: soname,
      code: DeviceCode(
        machine: Set(machine.map { GPUArchitecture($0) }),
        ptx: Set(ptx.map { GPUArchitecture($0) })))
  }

  @Test func architecturesAreThoseOfAllLibraries() {
    let facts = GPUFacts([
      library("b", [70, 80, 90]), library("a", [75, 86, 90, 120], ptx: [90]), library("c"),
    ])
    #expect(facts.libraries.map(\.path) == ["a", "b"])
    // b lacks 12.0; a has nothing for 7.0, nor for 8.0.
    #expect(facts.architectures == [75, 86, 90].map { GPUArchitecture($0) })
  }

  @Test func whatIsRequiredAndMissingIsNamedWithWhatThereIs() throws {
    let facts = GPUFacts([
      library("opt/libone.so", [80, 90]), library("opt/libtwo.so", [75, 80], ptx: [80]),
      library("opt/libthree.so"),
    ])
    try facts.require([.init(86)], of: "image")
    let error = #expect(throws: GPUCodeError.self) {
      try facts.require([.init(75), .init(86), .init(120)], of: "image")
    }
    #expect(error?.code == .missingArchitecture)
    #expect(
      error?.reason
        == "opt/libone.so: nothing for sm_75 sm_120; it has sm_80 sm_90")
  }

  @Test func oneLibraryTwiceIsAWaste() {
    let facts = GPUFacts([
      library("a/libcublas.so.12", [80], soname: "libcublas.so.12", size: 500),
      library("b/libcublas.so.12", [80], soname: "libcublas.so.12", size: 300),
      library("a/libcudart.so.12", soname: "libcudart.so.12"),
      library("b/libcudart.so.12", soname: "libcudart.so.12", size: 900),
      library("a/libz.so.1", soname: "libz.so.1"), library("b/libz.so.1", soname: "libz.so.1"),
      library("a/plugin.so", [80]), library("b/plugin.so", [80]),
    ])
    #expect(facts.duplicates.map(\.soname) == ["libcublas.so.12", "libcudart.so.12"])
    #expect(facts.duplicates.map(\.wasted) == [300, 900])
    #expect(facts.duplicates.first?.paths == ["a/libcublas.so.12", "b/libcublas.so.12"])
  }

  static let drivers: [(sonames: [String], cuda: String?, windows: String?)] = [
    (["libcudart.so.12"], "12", "528.33"), (["libcublasLt.so.13"], "13", "580"),
    (["libnvrtc.so.11.2"], "11", "452.39"), (["libcudart-d0da41ae.so.11.0"], "11", "452.39"),
    (["libcudart.so.10.2", "libcublas.so.10"], "10.2", "441.22"),
    // The newest decides.
    (["libcudart.so.12", "libcudart.so.13", "libcudart.so.11.0"], "13", "580"),
    // Their numbers are not CUDA's.
    (["libcufft.so.11", "libcurand.so.10", "libcusolver.so.11"], nil, nil),
    (["libcudart.so", "libcudart.so.x", "libcublas.so.10", "libcudart.so.99"], nil, nil),
  ]

  @Test(arguments: drivers.indices)
  func theDriverIsCUDAs(_ index: Int) {
    let (sonames, cuda, windows) = Self.drivers[index]
    let driver = GPUFacts(sonames.map { library($0, soname: $0) }).driver
    #expect(driver?.cuda == cuda)
    #expect(driver?.windows == windows)
  }

  @Test func factsSurviveJSON() throws {
    let facts = GPUFacts([
      library("a", [75, 90], ptx: [90], soname: "libcudart.so.12"),
      library("b", [75], soname: "libcudart.so.12"),
    ])
    let text = try JSONEncoder().encode(facts)
    #expect(try JSONDecoder().decode(GPUFacts.self, from: text) == facts)
    #expect(String(decoding: text, as: UTF8.self).contains("\"ptx\":[\"compute_90\"]"))
  }
}
