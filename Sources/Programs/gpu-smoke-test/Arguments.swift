import CPlatform
import Platform

/// What the program was called with.
enum Arguments {
  /// The arguments, without the program's own name.
  static var all: [String] {
    let count = platform_argument_count()
    guard count > 1 else { return [] }
    return (1..<count).map { unsafe String(optionalCString: platform_argument($0)) }
  }
}
