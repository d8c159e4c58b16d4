import Content
import Testing

@Suite struct LinkWalkTests {
  private static let links = [
    "bin": "usr/bin", "usr/lib/x": "../../etc/y", "etc/y": "/opt/z", "loop": "loop", "up": "../..",
  ]

  @Test(
    arguments: [
      ("bin/sh", true, "usr/bin/sh"), ("/bin/sh", false, "usr/bin/sh"), ("bin", false, "bin"),
      ("bin", true, "usr/bin"), ("bin/.", false, "usr/bin"), ("usr/lib/x", true, "opt/z"),
      ("usr/lib/x/a", false, "opt/z/a"), ("a/../../b", true, "b"), ("up/a", true, "a"),
      ("", true, ""), ("loop/a", true, nil), ("loop", false, "loop"), ("loop", true, nil),
    ] as [(String, Bool, String?)])
  func linksAreFollowedAsInTheRoot(path: String, followLast: Bool, result: String?) {
    #expect(
      LinkWalk.resolve(path, followLast: followLast) { Self.links[$0] } == result)
  }
}
