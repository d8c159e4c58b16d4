/// Numbers in memory of their own, begun as zeros, for code that works on vectors.
@safe
final class Floats {
  /// 64 bytes, a line of the cache and the widest vector.
  static let alignment = 64

  let count: Int
  /// As long as this object lives.
  @unsafe let start: UnsafeMutablePointer<Float>

  init(count: Int) {
    self.count = count
    let bytes = max(1, count) * MemoryLayout<Float>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
    unsafe start = unsafe memory.initializeMemory(as: Float.self, repeating: 0, count: count)
  }

  convenience init(_ numbers: [Float]) {
    self.init(count: numbers.count)
    for (index, number) in numbers.enumerated() { unsafe start[index] = number }
  }

  deinit { unsafe start.deallocate() }

  /// The numbers in `range`.
  func array(_ range: Range<Int>) -> [Float] { range.map { unsafe start[$0] } }
}
