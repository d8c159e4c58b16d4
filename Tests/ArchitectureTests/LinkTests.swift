import FileSystem
import SystemPackage
import TestSupport
import Testing

/// The pages lead to each other: README and those of `docs`.
@Suite struct LinkTests {
  private static let package = FilePath(
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/"))

  private static func pages() throws -> [FilePath] {
    let folder = package.appending("docs")
    return [package.appending("README.md")]
      + (try Files.entries(folder).filter { $0.hasSuffix(".md") }.map { folder.appending($0) })
  }

  /// The anchors of a page's headings, as they are made on the web: lower case, blanks as hyphens,
  /// and of everything else only letters, digits, hyphens and underscores.
  private static func anchors(_ text: String) -> Set<String> {
    Set(
      text.matches(of: /(?m)^#+ (.+)$/).map { match in
        String(
          match.1.lowercased().compactMap { character in
            character == " "
              ? "-"
              : character.isLetter || character.isNumber || "-_".contains(character)
                ? character : nil
          })
      })
  }

  @Test func everyLinkLeadsSomewhere() throws {
    var count = 0
    for page in try Self.pages() {
      for match in try Files.readText(page).matches(of: /\]\(([^)\s]+)\)/) {
        let parts = match.1.split(separator: "#", omittingEmptySubsequences: false)
        guard !match.1.contains("://"), let path = parts.first else { continue }
        count += 1
        let target =
          path.isEmpty
          ? page
          : page.removingLastComponent().pushing(FilePath(String(path))).lexicallyNormalized()
        guard Files.exists(target) else {
          Issue.record("\(page): \(match.1) is not there")
          continue
        }
        guard parts.count > 1 else { continue }
        let anchors = Self.anchors(try Files.readText(target))
        #expect(anchors.contains(String(parts[1])), "\(page): \(match.1)")
      }
    }
    #expect(count > 20)
  }
}
