/// Moments as services that keep an archive's past name them: `20261126T000000Z`.
enum SnapshotDate {
  /// The midnight that ends a day: a lock's date is that of its day's beginning, and what it took
  /// from the archive was there by the end of it.
  ///
  /// - Parameter seconds: since 1970, anywhere in the day.
  static func text(endOfDay seconds: Int64) -> String {
    // Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day is the last.
    let shifted = seconds / 86_400 + 1 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let padded = { (number: Int64, width: Int) in
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return padded(year, 4) + padded(month, 2) + padded(day, 2) + "T000000Z"
  }
}
