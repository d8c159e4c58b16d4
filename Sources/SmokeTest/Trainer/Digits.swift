import CDigits

/// Handwritten digits, 8 × 8 pixels, to learn from and to be judged on.
///
/// 1,797 digits by 13 writers: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits,
/// UCI Machine Learning Repository (1998), CC BY 4.0, as scikit-learn ships it.
public struct Digits: Sendable {
  /// Pixels of a digit.
  public static let inputs = 64
  /// The ten digits.
  public static let classes = 10
  /// How many of them are kept from the training.
  public static let heldOutCount = 360

  /// What is trained on, shuffled.
  public let training: Samples
  /// What no training sees.
  public let heldOut: Samples

  /// Every digit in the order of the data set; the ink of a pixel, 0 to 16 there, is 0 to 1 here.
  public static func all() -> Samples {
    var bits = unsafe Bits(
      bytes: UnsafeBufferPointer(start: digits_start(), count: digits_packed_size))
    var rows: [Float] = []
    var labels: [Int32] = []
    rows.reserveCapacity(count * inputs)
    labels.reserveCapacity(count)
    for _ in 0..<count {
      for _ in 0..<inputs {
        let ink = bits.next(1) == 0 ? 0 : bits.next(4) + 1
        rows.append(Float(ink) / 16)
      }
      labels.append(Int32(bits.next(4)))
    }
    return Samples(rows: rows, labels: labels)
  }

  /// The digits shuffled by a seed of their own, so that every plan learns from the same ones, and
  /// split.
  public init() {
    let all = Self.all()
    var order = Array(0..<all.count)
    var random = RandomNumbers(seed: 1998)
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(last, random.next(below: last + 1))
    }
    heldOut = all.picked(order.prefix(Self.heldOutCount))
    training = all.picked(order.dropFirst(Self.heldOutCount))
  }

  private static let count = 1797
}

extension Samples {
  /// How many numbers a row has.
  public var inputs: Int { count == 0 ? 0 : rows.count / count }

  /// The samples at `indices`, in that order.
  func picked(_ indices: ArraySlice<Int>) -> Samples {
    var rows: [Float] = []
    rows.reserveCapacity(indices.count * inputs)
    for index in indices { rows += self.rows[index * inputs..<(index + 1) * inputs] }
    return Samples(rows: rows, labels: indices.map { labels[$0] })
  }
}

/// Reads numbers of a few bits, the most significant first.
@safe
private struct Bits {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0

  mutating func next(_ count: Int) -> Int {
    var value = 0
    for _ in 0..<count {
      let byte = unsafe Int(bytes[position >> 3])
      value = value << 1 | (byte >> (7 - position & 7)) & 1
      position += 1
    }
    return value
  }
}
