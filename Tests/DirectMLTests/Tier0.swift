import Needs
import Platform
import Testing

/// T0: the tables written by hand against Microsoft's headers.
@Suite(.needs("make test-directml TIER=0", if: Built.isThere)) struct Tier0 {
  @Test func everySlotSizeOffsetNameAndConstantIsMicrosofts() throws {
    let (status, said) = try check(Built.folder + "/headers/usr/include/directx/DirectML.h")
    #expect(status == .exited(0), "\(said)")
    #expect(said.contains("226 facts checked, 0 wrong"), "\(said)")
  }

  /// Without DirectML's header the names of its interfaces cannot be right.
  @Test func theCheckFails() throws {
    let (status, said) = try check("/dev/null")
    #expect(status == .exited(1))
    #expect(said.contains("226 facts checked, 6 wrong"), "\(said)")
  }

  private func check(_ header: String) throws -> (Child.Ending, String) {
    try Built.run("abi-check", header)
  }
}
