import Content
import Testing

@testable import Packages

@Suite struct ControlFileTests {
  @Test func namesThePackageAndTheLine() throws {
    let error = #expect(throws: PackageError.self) {
      _ = try ControlFile(parsing: "A: 1\nno field\n", name: "x.deb")
    }
    #expect(error?.code == .badControl)
    #expect(error?.package == "x.deb")
    #expect(error?.place == "control:2")
  }

  /// A field of nothing but a colon made kiln crash.
  @Test(arguments: [":", "a, :any", ": (>= 1)"])
  func aRelationWithoutANameIsRefused(_ field: String) {
    let error = #expect(throws: PackageError.self) {
      _ = try Relation.list(field, package: "x")
    }
    #expect(error?.code == .badControl)
  }
}
