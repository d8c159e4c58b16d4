import FileSystem
import Testing

/// Paths by their bytes.
@Suite struct PathTextTests {
  private static let mark = "\u{301}"
  private static let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")

  @Test func aSlashIsASlashWhateverFollows() {
    let path = "/a//\(Self.mark)b/"
    #expect(path.pathComponents == ["a", Self.mark + "b"])
    #expect(path.allPathComponents == ["", "a", "", Self.mark + "b", ""])
    #expect("/\(Self.mark)x".isAbsolutePath && !"x/".isAbsolutePath && !"".isAbsolutePath)
    #expect("x/\(Self.mark)".hasSlash && !"x".hasSlash)
    #expect("x/".endsWithSlash && !"x/\(Self.mark)".endsWithSlash)
  }

  @Test(arguments: [
    ("a/b", "a/b"), ("./a//b/./c/", "a/b/c"), ("/a", "a"), (".", ""), ("", ""),
    ("a/..b/.c", "a/..b/.c"),
    ("a/..", "a/.."), ("./\u{301}x", "\u{301}x"),
  ])
  func aPlainPathHasNamesAlone(_ path: String, _ plain: String) {
    #expect(Array(path.plainPath.utf8) == Array(plain.utf8))
  }

  @Test func whatIsInAFolderBeginsWithIt() {
    #expect("a/b/c".isInside("a/b") && "a/\(Self.mark)b".isInside("a"))
    #expect(!"a/b".isInside("a/b") && !"a/bc".isInside("a/b") && !"b".isInside("a"))
  }

  @Test func whatLooksAlikeIsTwo() {
    // So to Swift.
    #expect(Self.composed == Self.decomposed)
    #expect(PathKey(Self.composed) != PathKey(Self.decomposed))
    var table: PathTable<Int> = [Self.composed: 1]
    table[Self.decomposed] = 2
    table[Self.composed, default: 0] += 10
    #expect(table[Self.composed] == 11 && table[Self.decomposed] == 2)
    #expect(table.count == 2 && Set(table.elements.map { $0.value }) == [2, 11])
    #expect(PathTable([("a", 1), ("a", 2)])["a"] == 2)
    var set: PathSet = [Self.composed]
    #expect(set.insert(Self.decomposed) && !set.insert(Self.composed))
    set.remove(Self.composed)
    #expect(set.contains(Self.decomposed) && !set.contains(Self.composed))
  }
}
