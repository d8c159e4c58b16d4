import Digests
import Testing

@Suite struct DigestTests {
  @Test func sha256OfTheStandardsVectors() {
    #expect(
      SHA256Digest(ofText: "abc").hex
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256Digest(ofText: "").hex
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func piecesGiveTheDigestOfTheWhole() {
    var hasher = Hasher256()
    hasher.update(Array("a".utf8))
    hasher.update(Array("bc".utf8))
    #expect(hasher.finish() == SHA256Digest(ofText: "abc"))
  }

  @Test(arguments: [0, 1, 63, 64, 65, 200_001])
  func aHashGoesOnFromItsState(length: Int) throws {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 / 3) }
    var first = Hasher256()
    first.update(bytes)
    let state = try #require(Hasher256.State(bytes: first.state.bytes))
    var second = Hasher256(state)
    // Whatever it does, the other is not touched.
    second.update(bytes)
    #expect(second.finish() == SHA256Digest(of: bytes + bytes))
    #expect(first.finish() == SHA256Digest(of: bytes))
    #expect(Hasher256.State(bytes: state.bytes + [0]) == nil)
    #expect(Hasher256.State(bytes: Array(state.bytes.dropFirst(length % 64 + 1))) == nil)
  }

  @Test func bytesAndOrderAreThoseOfTheText() throws {
    let digests = (0..<50).map { SHA256Digest(ofText: "\($0)") }
    for digest in digests {
      #expect(SHA256Digest(bytes: digest.bytes) == digest)
      #expect(SHA256Digest(hexDigits: digest.hexDigits[...]) == digest)
      #expect(Hexadecimal.text(digest.bytes) == digest.hex)
    }
    #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
    #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    #expect(SHA256Digest(hexDigits: Array("0".utf8)[...]) == nil)
  }

  @Test func md5OfAKnownText() {
    var hasher = HasherMD5()
    hasher.update(Array("abc".utf8))
    #expect(hasher.finish() == "900150983cd24fb0d6963f7d28e17f72")
  }

  @Test func sha1OfTheStandardsVector() {
    var hasher = HasherSHA1()
    hasher.update(Array("ab".utf8))
    hasher.update(Array("c".utf8))
    #expect(hasher.finish() == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test func hexadecimalRefusesWhatIsNoDigest() {
    #expect(SHA256Digest(hex: String(repeating: "g", count: 64)) == nil)
    #expect(SHA256Digest(hex: String(repeating: "a", count: 63)) == nil)
    #expect(
      SHA256Digest(hex: String(repeating: "A", count: 64))?.hex == String(repeating: "a", count: 64)
    )
    #expect(Hexadecimal.bytes("0fF0") == [0x0f, 0xf0])
  }
}
