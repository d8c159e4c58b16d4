import Digests
import Testing

@testable import Packages

@Suite struct PackageListingTests {
  /// What stands in a line, what does not, and what joins the one to the other in Swift's characters.
  private static let parts = [
    "a", "/", "\\", "\t", "\n", "\r", "\u{301}", "\u{200D}", "t", "n", " ", "=", "\u{1F3FD}", "é",
  ]

  @Test func whateverAnEntryIsCalledItIsReadAsItWasWritten() {
    var numbers = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      func name() -> String {
        let count = Int.random(in: 0...6, using: &numbers)
        return (0..<count).map { _ in Self.parts.randomElement(using: &numbers) ?? "" }.joined()
      }
      let names = [name(), name(), name()]
      let listing = PackageListing(entries: [
        entry(names[0], .symlink, link: names[1]), entry(names[2], .directory),
      ])
      let read = PackageListing(parsing: listing.text)
      let found = read?.entries.flatMap { [$0.path, $0.linkTarget ?? ""] } ?? []
      let given = [names[0], names[1], names[2], ""]
      #expect(found.map { Array($0.utf8) } == given.map { Array($0.utf8) }, "\(names)")
    }
  }

  @Test func aCarriageReturnDoesNotHideALineBreak() {
    let listing = PackageListing(entries: [entry("a", .symlink, link: "b\r\nc\t\u{301}")])
    #expect(listing.text.utf8.count { $0 == 0x0A } == 1)
    #expect(PackageListing(parsing: listing.text) == listing)
  }

  private func entry(_ path: String, _ kind: PackageEntry.Kind, link: String? = nil) -> PackageEntry
  {
    PackageEntry(
      path: path, kind: kind, permissions: 0o755, owner: 0, group: 0, size: 0, modified: 0,
      sha256: nil, linkTarget: link, attributes: [:])
  }
}
