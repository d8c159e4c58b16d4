/// What the date of an image may be: nothing of it is newer, and every number that it is written as
/// holds it.
public enum DateLimit {
  /// Seconds since 1970, up to the largest number of a tar header's eleven octal digits.
  public static let range: ClosedRange<Int64> = 0...(1 << 33) - 1
}
