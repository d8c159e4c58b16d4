import Concurrency
import Synchronization
import Testing

@Suite struct MapConcurrentlyTests {
  struct Odd: Error, Equatable { let number: Int }

  @Test func keepsTheOrderOfTheInput() async {
    let results = await (0..<50).mapConcurrently(limit: 8) { number in
      try? await Task.sleep(for: .microseconds((50 - number) * 10))
      return number * 2
    }
    #expect(results == (0..<50).map { $0 * 2 })
  }

  @Test(.timeLimit(.minutes(5))) func runsAsManyAsTheLimitAndNeverMore() async {
    let running = Mutex((now: 0, most: 0))
    _ = await (0..<40).mapConcurrently(limit: 3) { _ in
      running.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      // A busy machine may take a while to begin the third.
      repeat {
        try? await Task.sleep(for: .milliseconds(1))
      } while running.withLock { $0.most < 3 }
      running.withLock { $0.now -= 1 }
    }
    #expect(running.withLock(\.most) == 3)
  }

  @Test func throwsTheFirstFailureTyped() async {
    await #expect(throws: Odd(number: 3)) {
      try await [2, 3, 4].mapConcurrently(limit: 1) { (number) throws(Odd) in
        if number % 2 == 1 { throw Odd(number: number) }
        return number
      }
    }
  }

  @Test func anEmptySequenceGivesNothing() async {
    let results = await [Int]().mapConcurrently(limit: 4) { $0 }
    #expect(results.isEmpty)
  }
}
