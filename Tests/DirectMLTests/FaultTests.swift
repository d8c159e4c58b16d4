import Accelerators
import DirectML
import Platform
import Testing
import Trainer

extension Tier2 {
  /// Each way to fail has its code, and names the call that failed.
  @Suite struct FaultTests {
    /// All stages in order, as the diagnosis asks them.
    private func drive(
      _ libraries: Libraries.Names = Built.libraries, adapter: Int = 0,
      limit: UInt64 = 10_000_000_000
    ) -> Trouble? {
      let gpu = DirectMLAccelerator(adapter: adapter, libraries: libraries, limit: limit)
      return trouble { () throws(Trouble) in
        _ = try gpu.load()
        _ = try gpu.checkVersion()
        _ = try gpu.openDevice()
        _ = try gpu.checkMemory(.quick)
        _ = try gpu.checkKernels(.quick)
      }
    }

    @Test(
      arguments: [
        ("", nil, ""),
        ("stub", "G3005", "DXCoreCreateAdapterFactory reports success, but gives nothing"),
        ("no-interface", "G3009", "DXCoreCreateAdapterFactory: E_NOINTERFACE (0x80004002)"),
        ("no-adapter", "G3006", "DXCore lists no adapter"),
        ("no-direct3d", "G3016", "D3D12CreateDevice: DXGI_ERROR_UNSUPPORTED (0x887a0004)"),
        ("old-directml", "G3008", "DMLCreateDevice1: DXGI_ERROR_UNSUPPORTED (0x887a0004)"),
        ("out-of-memory", "G3013", "ID3D12Device::CreateCommittedResource(16777216 bytes): E_OUT"),
        (
          "IDMLDevice::CompileOperator", "G3000",
          "IDMLDevice::CompileOperator(GEMM TANH): E_FAIL (0x80004005)"
        ),
        ("binding", "G3014", "IDMLDevice::GetDeviceRemovedReason: E_INVALIDARG (0x80070057)"),
        ("memory", "G3020", "wrong: 1 of 2097152 words"),
        ("numbers", "G3021", "GEMM TANH: number "),
        (
          "removed", "G3010",
          "ID3D12Fence::GetCompletedValue: the device was removed: DXGI_ERROR_DEVICE_REMOVED"
        ),
        ("hung", "G3011", "ID3D12Fence::GetCompletedValue: the device was removed: DXGI_ERROR_DEV"),
        ("internal", "G3012", "ID3D12Fence::GetCompletedValue: the device was removed: DXGI_ERROR"),
        (
          "removed-at-signal", "G3010",
          "ID3D12CommandQueue::Signal: the device was removed: DXGI_ERROR_DEVICE_REMOVED"
        ),
      ] as [(String, String?, String)])
    func hasItsCode(_ fault: String, _ code: String?, _ seen: String) throws {
      let double = try Double(fault: fault)
      let trouble = drive()
      #expect(trouble?.code == code)
      #expect(trouble?.seen.hasPrefix(seen) ?? true, "\(trouble?.seen ?? "")")
      #expect(trouble.map { $0.remedy.count > 30 } ?? true)
      #expect(double.objects == 0)
    }

    /// Whatever answers with an `HRESULT` is asked whether it failed, and named when it did. The calls are
    /// those that the tables have a name for, but for the one that is asked why another one failed.
    @Test func everyCallThatFailsIsNamed() throws {
      let package = Machine(root: Built.package, environment: [:])
      var calls: [String] = []
      for file in ["include/dxcore.h", "include/d3d12.h", "include/dml.h", "dxcore.c"] {
        let text = package.text("/Sources/SmokeTest/CDirectML/" + file) ?? ""
        calls += text.matches(of: /"((?:IDML|ID3D12|IDXCore|DXCore|D3D12|DML)[\w:()]+)"/).map {
          String($0.1)
        }
      }
      calls.removeAll { $0.hasSuffix("GetDeviceRemovedReason") }
      #expect(calls.count == 31)
      for call in calls {
        let double = try Double(fault: call)
        let trouble = drive()
        #expect(double.objects == 0)
        // What is for people alone is no reason to leave a GPU.
        if call.hasPrefix("IDXCoreAdapter::GetProperty"), !call.hasSuffix("(IsHardware)") {
          #expect(trouble == nil, "\(call): \(trouble?.seen ?? "")")
          continue
        }
        let name = call.split(separator: "(")[0]
        #expect(trouble?.seen.hasPrefix(name) == true, "\(call): \(trouble?.seen ?? "passed")")
        #expect(trouble?.seen.hasSuffix(": E_FAIL (0x80004005)") == true)
        #expect(trouble?.code == (name == "D3D12CreateDevice" ? "G3016" : "G3000"))
      }
    }

    @Test func aHangEnds() throws {
      let double = try Double(fault: "hang")
      let trouble = drive(limit: 50_000_000)
      #expect(trouble?.code == "G3015")
      #expect(trouble?.seen == "the GPU did not finish its work within 0.05 s")
      #expect(double.objects == 0)
    }

    @Test func thereIsNoSuchAdapter() throws {
      let double = try Double()
      let trouble = drive(adapter: 2)
      #expect(trouble?.code == "G3007")
      #expect(
        trouble?.seen == """
          there is no adapter 2; there are: 0 kiln test double (1af4:1050), \
          1 Microsoft Basic Render Driver (1414:008c)
          """)
      #expect(double.objects == 0)
    }

    @Test func aLibraryIsMissing() throws {
      var libraries = Built.libraries
      libraries.directml = ["/nowhere/libdirectml.so", "libkiln-nowhere.so"]
      #expect(drive(libraries)?.code == "G3002")
      libraries.d3d12 = ["libkiln-nowhere.so"]
      #expect(drive(libraries)?.code == "G3001")
    }

    /// The first of several that there is counts.
    @Test func theNextNameIsTried() throws {
      let double = try Double()
      var libraries = Built.libraries
      libraries.directml.insert("/nowhere/libdirectml.so", at: 0)
      #expect(drive(libraries) == nil)
      #expect(double.objects == 0)
    }

    @Test func aLibraryIsAnother() throws {
      var libraries = Built.libraries
      libraries.directml = [Built.folder + "/libempty.so"]
      let trouble = drive(libraries)
      #expect(trouble?.code == "G3004")
      #expect(trouble?.seen == Built.folder + "/libempty.so has no DMLCreateDevice1")
    }

    /// It is there, but the loader does not find what it needs; the next name must not hide that.
    @Test func whatDirectMLNeedsIsNotFound() throws {
      var libraries = Built.libraries
      libraries.directml = [Built.folder + "/libneedy.so", Built.folder + "/libdirectml.so"]
      let trouble = drive(libraries)
      #expect(trouble?.code == "G3003")
      #expect(trouble?.seen.contains("libd3d12.so") == true)
    }
  }
}
