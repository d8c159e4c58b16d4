public import Content

extension ControlFile {
  /// - Parameter name: of the package, for errors.
  /// - Throws: ``PackageError/Code/badControl`` with the line.
  public init(parsing text: String, name: String) throws(PackageError) {
    do throws(Malformed) { try self.init(parsing: text) } catch {
      throw PackageError(
        .badControl, package: name, place: "control:\(error.line)", reason: error.reason)
    }
  }
}
