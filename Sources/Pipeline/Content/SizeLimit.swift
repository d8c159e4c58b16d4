/// What sizes in documents that kiln did not write may be, so that what is reckoned with them fits.
public enum SizeLimit {
  /// Bytes: 16 TiB, more than a disk of WSL has.
  public static let largest: Int64 = 1 << 44

  /// Whether no size is below 0, and all together are not over ``largest``.
  public static func holds(_ sizes: some Sequence<Int64>) -> Bool {
    var rest = largest
    return sizes.allSatisfy { size in
      guard (0...rest).contains(size) else { return false }
      rest -= size
      return true
    }
  }
}
