import Glibc

/// The locale that the program sets first thing, for tests of what libarchive does.
public enum UTF8Locale {
  /// Whether the process has a UTF-8 `LC_CTYPE`; asking sets it, once.
  public static let isSet = unsafe setlocale(LC_CTYPE, "C.UTF-8") != nil
}
