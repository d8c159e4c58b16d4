import CProduct
import Synchronization
import Testing

@testable import Trainer

@Suite struct CPUProductTests {
  /// Every kernel that this CPU has, sizes that no tile divides, and all four ways to store.
  @Test func everyKernelMultipliesEverySize() {
    let products = (0..<CPUProduct.kernels).flatMap { kernel in
      [1, 3].map { CPUProduct(team: Team(threads: $0), kernel: kernel) }
    }
    #expect(Set(products.map(\.team.threads)) == [1, 3])
    let sizes = [1, 3, 8, 17, 65]
    for rows in sizes {
      for columns in sizes + [32] {
        for depth in sizes + [256, 300, 513] {
          for stored in 0..<4 {
            let work = Multiplication(rows, columns, depth, stored)
            // Once for all of them: it takes longer than they do.
            let expected = work.definition
            for product in products {
              #expect(
                work.error(of: product, against: expected) < work.tolerance,
                """
                \(product.instructions) on \(product.team.threads) threads: \
                \(rows)×\(columns)×\(depth), \(stored)
                """)
            }
          }
        }
      }
    }
  }

  /// Operands large enough to be packed, on as many threads as there are blocks for.
  @Test(arguments: 0..<CPUProduct.kernels)
  func largeOperandsGiveTheSameBytesOnAnyThreads(kernel: Int) {
    let work = Multiplication(333, 517, 700, 0)
    let alone = CPUProduct(team: Team(threads: 1), kernel: kernel)
    let expected = work.result(of: alone)
    #expect(work.error(of: alone, against: work.definition) < work.tolerance)
    for threads in [2, 3, 8] {
      let product = CPUProduct(team: Team(threads: threads), kernel: kernel)
      for _ in 0..<5 { #expect(work.result(of: product) == expected, "\(threads) threads") }
    }
  }

  @Test func whatWasInTheResultBeforeDoesNotMatter() {
    let product = CPUProduct(team: Team(threads: 1))
    let result = Floats([Float](repeating: .nan, count: 4))
    let ones = Floats([Float](repeating: 1, count: 600))
    unsafe product.multiply(
      Matrix(ones.start, 2, 300), Matrix(ones.start, 300, 2), into: Matrix(result.start, 2, 2))
    #expect(result.array(0..<4) == [300, 300, 300, 300])
  }

  /// Units long enough that the threads meet at the counter: one taken twice or left out shows.
  @Test func aTeamDoesEachUnitOnce() {
    let team = Team(threads: 4)
    for units in [0, 1, 2, 7, 20_000] {
      for _ in 0..<20 {
        let done = (0..<units).map { _ in Counter() }
        team.run(units: units) { unit in
          for _ in 0..<50 { done[unit].touch() }
          done[unit].count()
        }
        #expect(done.allSatisfy { $0.times == 1 })
      }
    }
  }
}

/// How often something was done, by whatever threads.
private final class Counter: Sendable {
  private let counted = Atomic(0)
  private let touched = Atomic(0)

  func touch() { touched.wrappingAdd(1, ordering: .relaxed) }
  func count() { counted.wrappingAdd(1, ordering: .relaxed) }
  var times: Int { counted.load(ordering: .relaxed) }
}

/// A product of random matrices. Bit 0 of `stored`: the left one is stored transposed; bit 1: the
/// right one.
private struct Multiplication {
  let rows: Int
  let columns: Int
  let depth: Int
  let stored: Int
  let left: [Float]
  let right: [Float]

  init(_ rows: Int, _ columns: Int, _ depth: Int, _ stored: Int) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
    self.stored = stored
    var random = RandomNumbers(seed: UInt64(rows + 100 * columns + 10000 * depth))
    left = (0..<rows * depth).map { _ in random.nextSigned() }
    right = (0..<depth * columns).map { _ in random.nextSigned() }
  }

  private var leftIsTurned: Bool { stored & 1 != 0 }
  private var rightIsTurned: Bool { stored & 2 != 0 }

  func result(of product: CPUProduct) -> [Float] {
    let (a, b) = (Floats(left), Floats(right))
    let c = Floats(count: rows * columns)
    unsafe product.multiply(
      leftIsTurned ? Matrix(a.start, depth, rows).transposed : Matrix(a.start, rows, depth),
      rightIsTurned ? Matrix(b.start, columns, depth).transposed : Matrix(b.start, depth, columns),
      into: Matrix(c.start, rows, columns))
    return c.array(0..<c.count)
  }

  /// The roundings of a chain of `depth` additions, each at most half a unit (2⁻²⁴), go either way and
  /// so grow with the root of its length; the worst of these products, at depth 8, is at 1.5 roots.
  var tolerance: Double { 2 * Double(depth).squareRoot() * 0x1p-24 }

  /// The product in float64, by its definition.
  var definition: [Double] {
    let a = leftIsTurned ? WideMatrix(depth, rows, left).transposed : WideMatrix(rows, depth, left)
    let b =
      rightIsTurned
      ? WideMatrix(columns, depth, right).transposed : WideMatrix(depth, columns, right)
    return (a * b).numbers
  }

  func error(of product: CPUProduct, against expected: [Double]) -> Double {
    maximumRelativeError(result(of: product), against: expected)
  }
}
