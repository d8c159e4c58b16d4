import Digests
import Locks
import SystemPackage
import Testing

@testable import Builds

@Suite struct ArrivalTests {
  private func artifact(_ size: Int64) -> Artifact {
    Artifact(
      kind: .package, name: "\(size)", version: "1", architecture: nil, size: size,
      sha256: SHA256Digest(ofText: "\(size)"), source: "debian", path: "pool/\(size).deb")
  }

  private func sizes(_ arrivals: Arrivals) async -> [Int64] {
    var sizes: [Int64] = []
    while let arrival = await arrivals.next() { sizes.append(arrival.artifact.size) }
    return sizes
  }

  @Test func theLargestOfThoseThatWaitIsNext() async {
    let arrivals = Arrivals()
    for size in [3, 9, 1, 9, 5] { arrivals.add(artifact(Int64(size)), "/file") }
    arrivals.close(dropping: false)
    #expect(await sizes(arrivals) == [9, 9, 5, 3, 1])
  }

  @Test func whoWaitsGetsWhatComes() async {
    let arrivals = Arrivals()
    async let taken = sizes(arrivals)
    for size in [1, 2, 3] { arrivals.add(artifact(Int64(size)), "/file") }
    arrivals.close(dropping: false)
    #expect(await taken.sorted() == [1, 2, 3])
  }

  @Test func whatIsDroppedIsLeftToOthers() async {
    let arrivals = Arrivals()
    arrivals.add(artifact(1), "/file")
    arrivals.close(dropping: true)
    #expect(await arrivals.next() == nil)
  }
}
