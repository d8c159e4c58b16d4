import FoundationEssentials
import GPUCode
import Testing

@Suite struct GPUArchitectureTests {
  @Test(arguments: ["sm_50", "sm_86", "sm_90a", "sm_100f", "sm_121"])
  func namesAreReadAsTheyAreWritten(_ name: String) throws {
    let architecture = try #require(GPUArchitecture(name))
    #expect(architecture.description == name)
    #expect(architecture == GPUArchitecture(architecture.virtualName))
    let coded = try JSONDecoder().decode(
      [GPUArchitecture].self, from: JSONEncoder().encode([architecture]))
    #expect(coded == [architecture])
  }

  @Test(arguments: ["", "sm_", "sm_9b", "90", "sm_90aa", "gfx90a", "sm_-1", "sm_99999999999"])
  func otherNamesAreNone(_ name: String) {
    #expect(GPUArchitecture(name) == nil)
  }

  @Test func olderComesFirst() {
    let names = ["sm_120", "sm_90a", "sm_50", "sm_90"]
    #expect(
      names.compactMap { GPUArchitecture($0) }.sorted().map(\.description)
        == ["sm_50", "sm_90", "sm_90a", "sm_120"])
  }

  /// What runs where, by NVIDIA's rules of compatibility.
  static let cubins: [(code: String, device: String, runs: Bool)] = [
    ("sm_86", "sm_86", true), ("sm_80", "sm_89", true), ("sm_86", "sm_89", true),
    ("sm_89", "sm_86", false), ("sm_80", "sm_90", false), ("sm_75", "sm_80", false),
    ("sm_70", "sm_75", true), ("sm_90", "sm_100", false), ("sm_100", "sm_103", true),
    ("sm_100", "sm_120", false), ("sm_120", "sm_121", true),
    // What only one has runs on that one.
    ("sm_90a", "sm_90", true), ("sm_100a", "sm_103", false), ("sm_90a", "sm_90a", true),
    ("sm_90", "sm_90a", false),
    // What a family has runs on its later members.
    ("sm_100f", "sm_100", true), ("sm_100f", "sm_103", true), ("sm_103f", "sm_100", false),
    ("sm_100f", "sm_120", false),
  ]

  @Test(arguments: cubins.indices)
  func machineCodeRunsWithinAMajorVersion(_ index: Int) throws {
    let (code, device, runs) = Self.cubins[index]
    let library = DeviceCode(machine: [try #require(GPUArchitecture(code))])
    #expect(
      library.coverage(of: try #require(GPUArchitecture(device))) == (runs ? .machine : nil),
      "\(code) on \(device)")
  }

  static let intermediates: [(code: String, device: String, runs: Bool)] = [
    ("compute_52", "sm_50", false), ("compute_52", "sm_52", true), ("compute_52", "sm_121", true),
    ("compute_90", "sm_120", true), ("compute_90a", "sm_90", true),
    ("compute_90a", "sm_100", false), ("compute_100f", "sm_103", true),
    ("compute_100f", "sm_120", false), ("compute_90", "sm_90a", false),
  ]

  @Test(arguments: intermediates.indices)
  func driversCompilePTXForWhatIsNewer(_ index: Int) throws {
    let (code, device, runs) = Self.intermediates[index]
    let library = DeviceCode(ptx: [try #require(GPUArchitecture(code))])
    #expect(
      library.coverage(of: try #require(GPUArchitecture(device))) == (runs ? .ptx : nil),
      "\(code) on \(device)")
  }

  @Test func machineCodeComesBeforePTX() {
    let both = DeviceCode(machine: [.init(80)], ptx: [.init(80)])
    #expect(both.coverage(of: .init(86)) == .machine)
    #expect(both.coverage(of: .init(90)) == .ptx)
    #expect(both.description == "sm_80 + PTX compute_80")
    #expect(DeviceCode(machine: [.init(90, .specific), .init(80)]).description == "sm_80 sm_90a")
    #expect(DeviceCode(ptx: [.init(90)]).description == "PTX compute_90")
  }
}
