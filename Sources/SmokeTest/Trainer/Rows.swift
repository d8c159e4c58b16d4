/// What is done to numbers one by one, eight at a time.
enum Rows {
  typealias Vector = SIMD8<Float>

  /// Calls `body` with the vectors of `0..<count`, and with how many numbers of the last one count.
  @inline(__always)
  private static func vectors(_ count: Int, _ body: (_ first: Int, _ kept: Int) -> Void) {
    // One place that calls it, as it is inlined.
    var first = 0
    while first < count {
      body(first, min(8, count - first))
      first += 8
    }
  }

  @inline(__always) @unsafe
  private static func load(_ pointer: UnsafePointer<Float>, _ kept: Int) -> Vector {
    if kept == 8 { return unsafe UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self) }
    var vector = Vector()
    for lane in 0..<kept { vector[lane] = unsafe pointer[lane] }
    return vector
  }

  @inline(__always) @unsafe
  private static func store(
    _ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, _ kept: Int
  ) {
    if kept == 8 {
      unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: Vector.self)
    } else {
      for lane in 0..<kept { unsafe pointer[lane] = vector[lane] }
    }
  }

  /// row ← tanh(row + biases).
  @unsafe
  static func activate(
    _ row: UnsafeMutablePointer<Float>, biases: UnsafePointer<Float>, count: Int
  ) {
    vectors(count) { first, kept in
      let sum = unsafe load(row + first, kept) + load(biases + first, kept)
      unsafe store(sum.hyperbolicTangent(), row + first, kept)
    }
  }

  /// row ← row ⊙ (1 − activations²).
  @unsafe
  static func deactivate(
    _ row: UnsafeMutablePointer<Float>, activations: UnsafePointer<Float>, count: Int
  ) {
    vectors(count) { first, kept in
      let activation = unsafe load(activations + first, kept)
      unsafe store(load(row + first, kept) * (1 - activation * activation), row + first, kept)
    }
  }

  /// The loss of `row + biases` for `label`; row ← its gradient times `scale`.
  @unsafe
  static func softmax(
    _ row: UnsafeMutablePointer<Float>, biases: UnsafePointer<Float>, count: Int, label: Int,
    scale: Float
  ) -> Float {
    var largest = -Float.infinity
    for column in 0..<count {
      unsafe row[column] += biases[column]
      largest = unsafe max(largest, row[column])
    }
    let wanted = unsafe row[label] - largest
    var total: Float = 0
    vectors(count) { first, kept in
      let vector = unsafe (load(row + first, kept) - largest).exponential()
      unsafe store(vector, row + first, kept)
      for lane in 0..<kept { total += vector[lane] }
    }
    let factor = scale / total
    vectors(count) { first, kept in
      unsafe store(load(row + first, kept) * factor, row + first, kept)
    }
    unsafe row[label] -= scale
    return Float(Elementary.logarithm(Double(total))) - wanted
  }

  /// sums ← the sums of the columns of `rows` rows that stand `stride` apart, from the first row on.
  @unsafe
  static func sumColumns(
    _ start: UnsafePointer<Float>, rows: Int, stride: Int, count: Int,
    into sums: UnsafeMutablePointer<Float>
  ) {
    unsafe sums.update(repeating: 0, count: count)
    for row in 0..<rows {
      let numbers = unsafe start + row * stride
      vectors(count) { first, kept in
        let sum = unsafe load(sums + first, kept) + load(numbers + first, kept)
        unsafe store(sum, sums + first, kept)
      }
    }
  }

  /// velocities ← momentum·velocities + gradients; weights ← weights − rate·velocities.
  @unsafe
  static func descend(
    _ weights: UnsafeMutablePointer<Float>, velocities: UnsafeMutablePointer<Float>,
    gradients: UnsafePointer<Float>, count: Int, rate: Float, momentum: Float
  ) {
    vectors(count) { first, kept in
      let velocity =
        unsafe load(velocities + first, kept) * momentum
        + load(gradients + first, kept)
      unsafe store(velocity, velocities + first, kept)
      unsafe store(load(weights + first, kept) - velocity * rate, weights + first, kept)
    }
  }
}
