internal import Content

/// Moments as services that keep an archive's past name them: `20261126T000000Z`.
enum SnapshotDate {
  /// The midnight that ends a day: a lock's date is that of its day's beginning, and what it took
  /// from the archive was there by the end of it.
  ///
  /// - Parameter seconds: since 1970, anywhere in the day; of a lock, which has no other years than
  ///   the calendar here.
  static func text(endOfDay seconds: Int64) -> String {
    guard let date = CivilDate(daysSinceEpoch: seconds / 86_400 + 1) else { return "" }
    let padded = { (number: Int64, width: Int) in
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return padded(date.year, 4) + padded(date.month, 2) + padded(date.day, 2) + "T000000Z"
  }
}
