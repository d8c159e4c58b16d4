import Platform
import Testing

/// T0: the tables written by hand against Microsoft's headers.
@Suite struct ABITests {
  @Test(.enabled(if: Built.isThere, Built.absence))
  func everySlotSizeOffsetNameAndConstantIsMicrosofts() throws {
    let (status, said) = try check(Built.folder + "/headers/usr/include/directx/DirectML.h")
    #expect(status == .exited(0), "\(said)")
    #expect(said.contains("225 facts checked, 0 wrong"), "\(said)")
  }

  /// Without DirectML's header the names of its interfaces cannot be right.
  @Test(.enabled(if: Built.isThere, Built.absence))
  func theCheckFails() throws {
    let (status, said) = try check("/dev/null")
    #expect(status == .exited(1))
    #expect(said.contains("225 facts checked, 6 wrong"), "\(said)")
  }

  private func check(_ header: String) throws -> (Child.Ending, String) {
    let child = try Child.spawn(Built.folder + "/abi-check", [header], environment: [:])
    var said: [UInt8] = []
    while true {
      switch child.next(by: Stopwatch.now + 20_000_000_000) {
      case .report(let bytes), .words(let bytes): said += bytes
      case .ended(let ending): return (ending, String(decoding: said, as: UTF8.self))
      case .late: return (child.stop(), "too late")
      }
    }
  }
}
