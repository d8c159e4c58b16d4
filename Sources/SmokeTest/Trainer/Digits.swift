import CDigits

/// Handwritten digits, 8 × 8 pixels, to learn from and to be judged on.
///
/// 1,797 digits by 13 writers: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits,
/// UCI Machine Learning Repository (1998), CC BY 4.0, as scikit-learn ships it.
public struct Digits: Sendable {
  /// Pixels of a digit.
  public static let inputs = Int(digits_inputs)
  /// The ten digits.
  public static let classes = Int(digits_classes)
  /// How many of them are kept from the training.
  public static let heldOutCount = 360

  /// What is trained on, shuffled.
  public let training: Samples
  /// What no training sees.
  public let heldOut: Samples

  /// Every digit in the order of the data set; the ink of a pixel, 0 to 16 there, is 0 to 1 here.
  public static func all() -> Samples {
    let count = Int(digits_count)
    var pixels = [UInt8](repeating: 0, count: count * inputs)
    var digits = [UInt8](repeating: 0, count: count)
    // Without 3 MB of memory nothing is learnt, and the verdict says so.
    _ = unsafe digits_unpack(&pixels, &digits)
    return Samples(rows: pixels.map { Float($0) / 16 }, labels: digits.map { Int32($0) })
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
}

extension Samples {
  /// How many numbers a row has.
  public var inputs: Int { count == 0 ? 0 : rows.count / count }

  /// The samples at `indices`, in that order.
  func picked(_ indices: ArraySlice<Int>) -> Samples {
    var rows: [Float] = []
    for index in indices { rows += self.rows[index * inputs..<(index + 1) * inputs] }
    return Samples(rows: rows, labels: indices.map { labels[$0] })
  }
}
