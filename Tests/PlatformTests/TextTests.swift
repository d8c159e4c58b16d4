import Platform
import Testing

/// Texts by their bytes, with the standard library as the witness.
@Suite struct TextTests {
  /// Pieces of characters of every length, whole and broken.
  private static let pieces: [[UInt8]] = [
    [0x41], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x99, 0x82], [0x80], [0xC0], [0xC3],
    [0xE0],
    [0xE0, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80], [0xF4, 0x90], [0xF5], [0xFF], [0x7F], [0],
  ]

  @Test func whatIsNoCharacterIsReplacedAndTheRestKept() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let bytes = (0..<6).flatMap { _ in Self.pieces.randomElement(using: &random) ?? [] }
      let text = String(bytes: bytes)
      let expected = String(decoding: bytes, as: UTF8.self)
      func kept(_ text: String) -> [UInt32] {
        text.unicodeScalars.map(\.value).filter { $0 != 0xFFFD }
      }
      #expect(kept(text) == kept(expected), "\(bytes)")
      #expect(
        text.unicodeScalars.contains("\u{FFFD}") == expected.unicodeScalars.contains("\u{FFFD}"))
      #expect(text.bytes == Array(text.utf8))
    }
    #expect(String(bytes: [0x41, 0xFF, 0xFE, 0x42]) == "A\u{FFFD}\u{FFFD}B")
  }

  @Test func textsArePutTogetherAndComparedAsTheyAreWritten() {
    let long = String(repeating: "ä", count: 40)
    #expect("a" + "b" == "ab" && long + long == String(repeating: "ä", count: 80))
    #expect("\(long)/\(7)/\(Int32(-7))" == long + "/7/-7")
    // One character for Unicode, two texts for a file system.
    #expect("\u{E9}" != "e\u{301}")
    #expect(["x", "y"].contains("y") && !["x", "y"].contains("z"))
    #expect("name=value=x".before("=") == "name" && "name".before("=") == nil)
    #expect(
      String("text".characters.dropLast().map { Character(UnicodeScalar(UInt8($0))) }) == "text")
    #expect("text".characters.last == 0)
  }

  @Test func lettersOfASCIIBecomeSmallAndOthersStay() {
    #expect("NVIDIA GeForce [@Z{Ä".lowercased() == "nvidia geforce [@z{Ä")
  }

  @Test func theLastBytesAreAllWhereThereAreFewer() {
    let bytes: [UInt8] = [1, 2, 3]
    #expect(bytes.last(2) == [2, 3])
    #expect(bytes.last(4) == [1, 2, 3] && bytes.last(0) == [])
  }

  @Test func variablesKeepTheLastValue() {
    var variables: Variables = ["A": "1", "B": "2"]
    variables["A"] = "3"
    variables.take("C==4")
    variables.take("nothing")
    #expect(variables["A"] == "3" && variables["C"] == "=4" && variables["nothing"] == nil)
    #expect(variables.assignments == ["A=3", "B=2", "C==4"])
  }

  @Test func numbersAsTheStandardLibraryWritesThem() {
    for number in [0, 7, -7, 1_000_000, .max, .min] {
      #expect(decimal(number) == number.description)
    }
    #expect(hexadecimal(0xBEEF) == "0000beef" && hexadecimal(0xA, digits: 2) == "0a")
  }
}
