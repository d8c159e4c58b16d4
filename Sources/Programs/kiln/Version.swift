/// The program's own version.
enum Version {
  static let text = "0.1.0"
  /// As manifests name the program.
  static let tool = "kiln \(text)"
}
