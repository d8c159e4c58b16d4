/// A day of the Gregorian calendar, of the years 0 to 9999.
///
/// Source: Howard Hinnant's `days_from_civil` and `civil_from_days`, in which years begin in March, so
/// that the leap day is the last.
public struct CivilDate: Hashable, Sendable {
  public let year: Int64
  /// From 1.
  public let month: Int64
  /// From 1.
  public let day: Int64

  /// - Returns: nil for numbers that no date has.
  public init?(year: Int64, month: Int64, day: Int64) {
    guard (0...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    self.year = year
    self.month = month
    self.day = day
  }

  /// - Returns: nil unless the text begins like `2028-08-09`.
  public init?(_ text: some StringProtocol) {
    let parts = text.prefix(10).split(separator: "-").compactMap { Int64($0) }
    guard parts.count == 3 else { return nil }
    self.init(year: parts[0], month: parts[1], day: parts[2])
  }

  /// - Returns: nil for a day of another year than the type has.
  public init?(daysSinceEpoch days: Int64) {
    guard (-719_528...2_932_896).contains(days) else { return nil }
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// Days since 1970-01-01.
  public var daysSinceEpoch: Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Seconds since 1970 at a time of the day, `hh:mm:ss` in UTC; nil for another form.
  public func seconds(at time: some StringProtocol) -> Int64? {
    let parts = time.split(separator: ":").compactMap { Int64($0) }
    // A leap second is one of the next minute.
    guard parts.count == 3, zip(parts, [24, 60, 61]).allSatisfy({ (0..<$1).contains($0) }) else {
      return nil
    }
    return daysSinceEpoch * 86_400 + parts[0] * 3600 + parts[1] * 60 + parts[2]
  }
}
