import Accelerators
import DirectML
import Needs
import Platform
import Testing

/// T1: the tables of Direct3D 12 against vkd3d, which computes by lavapipe.
@Suite(.serialized, .needs("make test-directml TIER=1", if: Built.hasVkd3d)) struct Tier1 {
  /// vkd3d's methods are called as Windows' are; through the thunk they are called as WSL's are.
  @Test(arguments: [
    ("vkd3d/check-windows", "libvkd3d-utils.so.1"),
    ("vkd3d/check-system", Built.vkd3d + "/libd3d12.so"),
  ])
  func everyCallDoesWhatItShould(_ program: String, _ library: String) throws {
    let (ending, said) = try Built.run(program, library)
    #expect(ending == .exited(0), "\(said)")
    #expect(said.contains(" 0 wrong, 0 owners left"), "\(said)")
  }

  @Test func theWrongConventionIsSeen() throws {
    let (ending, _) = try Built.run("vkd3d/check-system", "libvkd3d-utils.so.1")
    #expect(ending != .exited(0))
  }
}
