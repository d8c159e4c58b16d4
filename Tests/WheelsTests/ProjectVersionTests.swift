import Testing

@testable import Wheels

@Suite struct ProjectVersionTests {
  @Test(arguments: [
    ["1.0rc1", "1.0.rc1", "1.0-RC-1", "1.0_c1", "v1.0pre1", "1rc1", "0!1.0rc01"],
    ["1.0a1", "1.0alpha1", "1.0.a.1"], ["1.0b0", "1.0beta"],
    ["1.0.post1", "1.0-1", "1.0.rev1", "1.0r1", "1.post-1"], ["1.0.dev0", "1.0dev", "1-dev"],
    ["1.2", "01.2.0.0"], ["1!1.2"], ["2.5.1+cu124", "2.5.1+CU124"],
    ["1.0+ubuntu.1", "1+ubuntu_01"],
    ["1.0.1"], ["1.0rc2"], ["1.0a1.post2.dev3"], ["0", "0.0"], ["not.a.version", "Not.A.Version"],
  ])
  func oneFormForAllThatAreEqual(versions: [String]) {
    #expect(Set(versions.map(ProjectVersion.normalized)).count == 1)
  }

  @Test func differentVersionsDiffer() {
    let versions = [
      "1.0", "1.0.1", "1!1.0", "1.0a1", "1.0b1", "1.0rc1", "1.0.post1", "1.0.dev1", "1.0+1",
      "1.0rc1.post1", "1.0rc1.dev1", "10",
    ]
    #expect(Set(versions.map(ProjectVersion.normalized)).count == versions.count)
  }
}
