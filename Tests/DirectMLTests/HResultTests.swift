import Accelerators
import DirectML
import Testing

@Suite struct HResultTests {
  @Test(
    arguments: [
      (0x8000_4001, "G3009"), (0x8000_4003, "G3000"), (0x8007_0057, "G3014"),
      (0x887A_0001, "G3014"), (0x887E_0002, "G3016"), (0x8765_4321, "G3000"),
    ] as [(UInt32, String)])
  func hasItsCode(_ result: UInt32, _ code: String) {
    #expect(HResult(Int32(bitPattern: result)).trouble("call").code == code)
  }

  /// Whatever the driver's part for Linux answers when it lacks a library of the image.
  @Test(
    arguments: [
      (0x8000_4005, "D3D12CreateDevice", "G3016"), (0x8007_0057, "D3D12CreateDevice", "G3016"),
      (0x8007_000E, "D3D12CreateDevice", "G3013"),
      (0xD000_0001, "DXCoreCreateAdapterFactory", "G3006"),
    ] as [(UInt32, String, String)])
  func aCallMayDecide(_ result: UInt32, _ call: String, _ code: String) {
    #expect(HResult(Int32(bitPattern: result)).trouble(call).code == code)
  }

  @Test func successIsNoFailure() {
    #expect(!HResult(0).isFailure)
    // S_FALSE
    #expect(!HResult(1).isFailure)
  }

  @Test func anUnknownNumberIsShown() {
    #expect(HResult(Int32(bitPattern: 0x8765_4321)).trouble("call").seen == "call: 0x87654321")
  }
}
