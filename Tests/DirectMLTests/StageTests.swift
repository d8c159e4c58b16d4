import Accelerators
import DirectML
import Testing
import Trainer

extension Tier2 {
  /// What each stage tells of a device that is all right.
  @Suite struct StageTests {
    @Test func tellsWhichLibrariesThereAre() throws {
      let double = try Double()
      let facts = try DirectMLAccelerator(libraries: Built.libraries).load()
      #expect(facts.text("dxcore-library") == Built.folder + "/libdxcore.so")
      #expect(facts.text("directml-sha256")?.count == 64)
      #expect(double.objects == 0)
    }

    @Test func tellsTheFeatureLevels() throws {
      let double = try Double()
      let facts = try DirectMLAccelerator(libraries: Built.libraries).checkVersion()
      #expect(facts.text("direct3d-level") == "12.1")
      #expect(facts.text("directml-level") == "5.0")
      #expect(facts.text("required-directml-level") == "2.0")
      #expect(double.objects == 0)
    }

    /// DXCore names Windows' own renderer first; nobody means that one.
    @Test func takesTheGPUBeforeBasicRender() throws {
      let double = try Double()
      let facts = try DirectMLAccelerator(libraries: Built.libraries).openDevice()
      #expect(facts.text("name") == "kiln test double")
      #expect(facts.text("pci-id") == "1af4:1050")
      #expect(facts.text("driver") == "31.0.15.5222")
      #expect(facts.text("vendor") == "unknown")
      #expect(facts.text("luid") == "00000001:00001234")
      #expect(facts.text("choice") == "number 0 of 2, GPUs before others, the fastest first")
      #expect(facts.contains(Fact("devices", .count(1))))
      #expect(
        facts.text("adapter-1") == "Microsoft Basic Render Driver (1414:008c)")
      #expect(double.objects == 0)
    }

    @Test func whatIsNotWindowsOwnIsEmulated() throws {
      let double = try Double()
      let gpu = DirectMLAccelerator(libraries: Built.libraries)
      let facts = try gpu.openDevice()
      #expect(gpu.emulation?.code == "G3033")
      #expect(gpu.emulation?.seen.contains("is not the library of Windows") == true)
      #expect(facts.text("emulated") == gpu.emulation?.seen)
      #expect(double.objects != 0)
    }

    @Test(arguments: [
      ("basic-render", "G3031", "Microsoft Basic Render Driver (1414:008c) computes on the CPU"),
      ("software", "G3032", "DXCore says that kiln test double (1af4:1050) is no GPU"),
      ("neural", "G3032", "DXCore says that kiln test double (1af4:1050) is no GPU"),
    ])
    func whatIsNoGPUIsEmulated(_ fault: String, _ code: String, _ seen: String) throws {
      let double = try Double(fault: fault)
      let gpu = DirectMLAccelerator(libraries: Built.libraries)
      let facts = try gpu.openDevice()
      // Software stands first on the list of the double, where nothing is a GPU.
      let adapter = fault == "basic-render" ? 0 : 1
      let other = DirectMLAccelerator(adapter: adapter, libraries: Built.libraries)
      _ = try other.openDevice()
      #expect(facts.text("hardware") == "no")
      #expect(other.emulation?.code == code)
      #expect(other.emulation?.seen == seen)
      #expect(facts.text("emulated") == gpu.emulation?.seen)
      #expect(double.objects != 0)
    }

    @Test(arguments: [
      ("basic", "Microsoft Basic Render Driver"), ("KILN TEST", "kiln test double"),
      ("1414:008c", "Microsoft Basic Render Driver"),
    ])
    func takesTheAdapterThatIsNamed(_ name: String, _ adapter: String) throws {
      let double = try Double()
      let facts = try DirectMLAccelerator(named: name, libraries: Built.libraries).openDevice()
      #expect(facts.text("name") == adapter)
      #expect(facts.text("choice")?.hasPrefix("the first that fits '\(name)' of 2") == true)
      #expect(double.objects == 0)
    }

    @Test(arguments: [Level.quick, .full])
    func memoryAndOperatorsAreRight(_ level: Level) throws {
      let double = try Double()
      let gpu = DirectMLAccelerator(libraries: Built.libraries)
      let memory = try gpu.checkMemory(level)
      let bytes = Swift.Double(level == .quick ? 16 << 20 : 32 << 20)
      #expect(memory.contains(Fact("tested", .quantity(bytes, unit: "B"))))
      let operators = try gpu.checkKernels(level)
      #expect(operators.contains(Fact("kernels", .count(level == .quick ? 34 : 51))))
      #expect(double.objects != 0)
    }

    @Test func measures() throws {
      let double = try Double(fault: "slow")
      let throughput = try DirectMLAccelerator(libraries: Built.libraries).measure(.quick)
      #expect(throughput.plan == .digits)
      // All that is asked at once takes a twentieth of a second and more: a step, three products, four
      // copies of a megabyte.
      #expect((0.05..<0.5).contains(throughput.step))
      let operations = 3 * 2 * Swift.Double(136 * 136 * 136)
      #expect((0.05..<0.5).contains(operations / throughput.product))
      #expect((0.05..<0.5).contains(4 * 2 * Swift.Double(1 << 20) / throughput.bandwidth))
      #expect(throughput.productBy == "DirectML float32")
      #expect(double.objects == 0)
    }
  }
}

extension [Fact] {
  func text(_ name: String) -> String? {
    for fact in self where fact.name == name {
      if case .text(let text) = fact.value { return text }
    }
    return nil
  }
}
