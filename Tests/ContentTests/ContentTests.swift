import Content
import Digests
import FileSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct ByteCountTests {
  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_549, "1.5 kB"), (123_456_789, "123 MB"),
      (2_990_000_000, "2.9 GB"), (1_000_000_000_000, "1.0 TB"), (999_999, "999 kB"),
    ] as [(Int64, String)])
  func readsAsPeopleWriteIt(bytes: Int64, text: String) {
    #expect(ByteCount(bytes).description == text)
  }
}

@Suite struct FileDigestTests {
  @Test func hashesAFileOfSeveralPieces() async throws {
    try await withTemporaryFolder { folder in
      let content = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
      try Files.write(content, to: folder.appending("a"))
      let digest = try FileDigest(of: folder.appending("a"))
      #expect(digest.sha256 == SHA256Digest(of: content))
      #expect(digest.size == 2_500_000)
    }
  }

  @Test func aMissingFileIsTheCallersError() {
    #expect(throws: FileError(.notFound, "read", "/nowhere", cause: .noSuchFileOrDirectory)) {
      try FileDigest(of: "/nowhere")
    }
  }
}

@Suite struct PercentTests {
  @Test func escapesAllButTheUnreserved() {
    #expect(Percent.encoded("aZ09-._~/: +ö%\u{7F}\0") == "aZ09-._~%2F%3A%20%2B%C3%B6%25%7F%00")
    #expect(Percent.encoded("/a b:c", keeping: "/:") == "/a%20b:c")
    #expect(Percent.encodedByApt("a/b+c~1%3a_(x) ö#?") == "a/b%2bc%7e1%253a_(x)%20%c3%b6%23%3f")
    #expect(Percent.decoded(Percent.encoded("a/ö %")) == "a/ö %")
  }
}

@Suite struct JSONTextTests {
  @Test(
    arguments: [
      ("", "", ""), ("a'/b", "a'/b", "a'/b"), ("a\"\\b", "a\\\"\\\\b", "a\\\"\\\\b"),
      ("\n\t\u{1F}", "\\u000a\\u0009\\u001f", "\\u000a\\u0009\\u001f"),
      ("ö\u{7F}😀", "ö\u{7F}😀", "\\u00f6\\u007f\\ud83d\\ude00"),
    ])
  func escapesNoMoreThanMustBe(text: String, quoted: String, ascii: String) {
    #expect(JSONText.quoted(text) == "\"\(quoted)\"")
    #expect(JSONText.quoted(text, ascii: true) == "\"\(ascii)\"")
    #expect(JSONText.isPlain(text) == (text == quoted))
  }
}

@Suite struct CivilDateTests {
  @Test(
    arguments: [
      (1970, 1, 1, 0), (2000, 2, 29, 11_016), (2026, 11, 27, 20_784), (1969, 12, 31, -1),
      (0, 1, 1, -719_528), (9999, 12, 31, 2_932_896), (1900, 3, 1, -25_508),
    ] as [(Int64, Int64, Int64, Int64)])
  func countsDays(year: Int64, month: Int64, day: Int64, days: Int64) throws {
    let date = try #require(CivilDate(year: year, month: month, day: day))
    #expect(date.daysSinceEpoch == days)
    #expect(CivilDate(daysSinceEpoch: days) == date)
  }

  @Test func refusesWhatNoCalendarHas() throws {
    #expect(CivilDate(daysSinceEpoch: -719_529) == nil)
    #expect(CivilDate(daysSinceEpoch: .max) == nil)
    #expect(CivilDate(year: .max, month: 1, day: 1) == nil)
    #expect(CivilDate("2026-13-01") == nil)
    let date = try #require(CivilDate("2026-11-27T10:00:00Z"))
    #expect(date.seconds(at: "10:11:12") == 1_795_774_272)
    for time in ["10:11", "24:00:00", "-1:00:00", "1:2:3:4", "\(Int64.max):0:0"] {
      #expect(date.seconds(at: time) == nil)
    }
  }
}
