import Accelerators
import DirectML
import Testing

@Suite struct DigestTests {
  /// FIPS 180-4's examples, and lengths around a block's end (by sha256sum).
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 64),
      "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
    ),
  ])
  func isSHA256(_ text: String, _ digest: String) {
    #expect(SHA256.digest(Array(text.utf8)) == digest)
  }

  @Test func aFileThatIsNotThereHasNone() { #expect(SHA256.digest(ofFile: "/nowhere") == nil) }
}

@Suite struct HResultTests {
  @Test(
    arguments: [
      (0x8000_4001, "G3009"), (0x8000_4003, "G3000"), (0x8007_0057, "G3014"),
      (0x887A_0001, "G3014"), (0x887E_0002, "G3016"), (0x8765_4321, "G3000"),
    ] as [(UInt32, String)])
  func hasItsCode(_ result: UInt32, _ code: String) {
    #expect(HResult(Int32(bitPattern: result)).trouble("call").code == code)
  }

  @Test func successIsNoFailure() {
    #expect(!HResult(0).isFailure)
    // S_FALSE
    #expect(!HResult(1).isFailure)
  }

  @Test func anUnknownNumberIsShown() {
    #expect(HResult(Int32(bitPattern: 0x8765_4321)).trouble("call").seen == "call: 0x87654321")
  }
}
