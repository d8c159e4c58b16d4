import Locks
import Testing

@Suite("Differences of locks") struct LockDifferenceTests {
  @Test("equal locks differ in nothing") func same() {
    let difference = LockDifference(from: sampleLock(), to: sampleLock(date: 1))
    #expect(difference.isEmpty)
    #expect(difference.description == "nothing changes")
  }

  @Test("what came, went and changed is told in order") func text() {
    let old = sampleLock([
      sampleArtifact("bye"), sampleArtifact("other"), sampleArtifact("hello"),
    ])
    let new = sampleLock([
      sampleArtifact("hello", version: "1:2.11-1", size: 60_000, content: "new"),
      sampleArtifact("other", content: "rebuilt"), sampleArtifact("world"),
    ])
    #expect(
      LockDifference(from: old, to: new).description == """
        - package bye 1:2.10-5 (53.2 kB): was part of the base
        ~ package hello 1:2.10-5 → 1:2.11-1 (60.0 kB, +6.7 kB): asked for by the recipe
        ~ package other 1:2.10-5: other bytes under the same version
        + package world 1:2.10-5 (53.2 kB): part of the base
        1 added, 1 removed, 2 changed; 166 kB in all, before 159 kB
        """)
  }

  @Test("what is the same file from another source is one line, and nothing to review")
  func moves() {
    let old = sampleLock([
      sampleArtifact("apt", source: "debian-security"), sampleArtifact("curl"),
      sampleArtifact("zlib", source: "debian-security"),
    ])
    let new = sampleLock([
      sampleArtifact("apt"), sampleArtifact("curl", content: "new", source: "debian-security"),
      sampleArtifact("zlib"),
    ])
    #expect(
      LockDifference(from: old, to: new).description == """
        ~ package curl 1:2.10-5: other bytes under the same version
        = the same from debian in place of debian-security: apt, zlib
        0 added, 0 removed, 1 changed, 2 moved; 159 kB in all
        """)
  }

  @Test("without a lock everything is new") func first() {
    let difference = LockDifference(from: nil, to: sampleLock())
    #expect(difference.changes.count == 1)
    #expect(difference.changes.first?.before == nil)
  }

  @Test("each change says whose requirement it is") func reasons() {
    let old = sampleLock(
      [sampleArtifact("curl"), sampleArtifact("gone")], requested: ["curl", "gone"])
    let new = sampleLock(
      [
        sampleArtifact("curl", content: "new", dependencies: ["libcurl4"]),
        sampleArtifact("libcurl4", dependencies: ["libssl3", "curl"]), sampleArtifact("libssl3"),
        sampleArtifact("dash"), sampleArtifact("tool.zip", kind: .archive),
      ], requested: ["curl"])
    let changes = LockDifference(from: old, to: new).changes
    let why = Dictionary(uniqueKeysWithValues: changes.map { ($0.name, $0.why) })
    #expect(why["curl"] == .recipe && why["gone"] == .recipe && why["dash"] == .base)
    // Files are taken out of it.
    #expect(why["tool.zip"] == .recipe)
    #expect(why["libcurl4"] == .needed(by: ["curl"]))
    #expect(why["libssl3"] == .needed(by: ["libcurl4", "curl"]))
    #expect(why["libssl3"]?.description == "needed by libcurl4, by curl")
  }

  @Test("a wheel is not needed by a package of its name") func kinds() {
    let lock = sampleLock(
      [
        sampleArtifact("numpy", dependencies: ["libblas"]), sampleArtifact("libblas", kind: .wheel),
      ],
      requested: ["numpy"])
    let why = LockDifference(from: nil, to: lock).changes.first { $0.kind == .wheel }?.why
    #expect(why == .base)
  }
}
