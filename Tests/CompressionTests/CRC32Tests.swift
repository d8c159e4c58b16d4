import Compression
import Testing

@Suite struct CRC32Tests {
  @Test func theCheckValueOfItsDefinition() {
    var sum = CRC32()
    #expect(sum.value == 0)
    unsafe sum.update(Array("1234".utf8).span.bytes)
    unsafe sum.update(Array("56789".utf8).span.bytes)
    #expect(sum.value == 0xCBF4_3926)
  }
}
