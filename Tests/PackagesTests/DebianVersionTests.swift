import Commands
import Packages
import SystemPackage
import TestSupport
import Testing

@Suite struct DebianVersionTests {
  @Test func comparesAsDpkg() async throws {
    let texts = [
      "1.0", "1.0-0", "1.0-1", "1.0~rc1", "1.0~~", "1.0~", "1.0+b1", "1.0a", "1.0.1", "01.0", "1:0",
      "0:1.0", "1.10", "1.9", "2-1-3", "2-1", "1.0-1+deb12u5", "1.0-1~bpo12+1", "1.0-a", "9.9zz9",
      "7+git20200101.abc", "1.0-00", "5.2.15-2+b7", "13.8+deb13u7",
    ]
    var script = ""
    var expected: [String] = []
    for left in texts {
      for right in texts {
        script += "dpkg --compare-versions '\(left)' lt '\(right)' && echo 1 || echo 0\n"
        let (one, two) = (try #require(DebianVersion(left)), try #require(DebianVersion(right)))
        expected.append(one < two ? "1" : "0")
      }
    }
    let output = try await shell(script, in: "/")
    #expect(output.split(separator: "\n").map(String.init) == expected)
    #expect(DebianVersion("1.0") == DebianVersion("1.0-0"))
  }

  @Test(arguments: ["", " 1", "x:1", "1:", "-1"])
  func refuses(_ text: String) { #expect(DebianVersion(text) == nil) }
}
