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
        - package bye 1:2.10-5
        ~ package hello 1:2.10-5 → 1:2.11-1 (60.0 kB)
        ~ package other 1:2.10-5: other bytes under the same version
        + package world 1:2.10-5 (53.2 kB)
        1 added, 1 removed, 2 changed; 166 kB in all, before 159 kB
        """)
  }

  @Test("without a lock everything is new") func first() {
    let difference = LockDifference(from: nil, to: sampleLock())
    #expect(difference.changes.count == 1)
    #expect(difference.changes.first?.before == nil)
  }
}
