import CProduct

/// What this process may compute on.
public enum Processors {
  /// The processors that its affinity mask allows.
  public static var count: Int { Int(product_processors()) }
}
