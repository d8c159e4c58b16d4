import CKernels
import Testing

@Suite struct StreamTests {
  @Test(arguments: [1, 255, 256, 5000]) func aPatternIsReadBackWhereItWasWritten(count: Int) throws
  {
    let device = try Device()
    try device.start()
    let words = try device.allocate(bytes: count * 8)
    let outcome = try device.upload([UInt64(0), UInt64.max])
    let pattern = kernels_pattern(words: words, count: UInt64(count), seed: 7, outcome: outcome)
    try unsafe device.run(
      kernels_stream_launch(kernels_stream_pattern_write, UInt64(count)), pattern)
    let written = try device.download(words, count, of: UInt64(0))
    #expect(written == (0..<count).map { kernels_pattern_word(7, UInt64($0)) })
    try unsafe device.run(
      kernels_stream_launch(kernels_stream_pattern_check, UInt64(count)), pattern)
    #expect(try device.download(outcome, 2, of: UInt64(0)) == [0, .max])
  }

  @Test func wrongWordsAreCountedAndTheFirstIsNamed() throws {
    let device = try Device()
    try device.start()
    let count = 3000
    var words = (0..<count).map { kernels_pattern_word(1, UInt64($0)) }
    words[700] ^= 1
    words[2999] ^= 1 << 63
    let outcome = try device.upload([UInt64(0), UInt64.max])
    let pattern = kernels_pattern(
      words: try device.upload(words), count: UInt64(count), seed: 1, outcome: outcome)
    try unsafe device.run(
      kernels_stream_launch(kernels_stream_pattern_check, UInt64(count)), pattern)
    #expect(try device.download(outcome, 2, of: UInt64(0)) == [2, 700])
  }

  @Test(arguments: [1, 1000, 1024, 4096, 9001]) func copiesAllAndNothingElse(count: Int) throws {
    let device = try Device()
    try device.start()
    let source = (0..<count * 4).map(Float.init)
    let to = try device.upload([Float](repeating: -1, count: count * 4 + 4))
    let copy = kernels_copy(from: try device.upload(source), to: to, count: UInt64(count))
    try unsafe device.run(kernels_stream_launch(kernels_stream_copy, UInt64(count)), copy)
    #expect(try device.floats(to, count * 4 + 4) == source + [-1, -1, -1, -1])
  }

  @Test func fillsAndMakesNoise() throws {
    let device = try Device()
    try device.start()
    let to = try device.upload([Float](repeating: -1, count: 1001))
    var fill = kernels_fill(to: to, count: 1000, value: 2.5, seed: 3)
    try unsafe device.run(kernels_stream_launch(kernels_stream_fill, 1000), fill)
    #expect(try device.floats(to, 1001) == [Float](repeating: 2.5, count: 1000) + [-1])
    fill.count = 1001
    try unsafe device.run(kernels_stream_launch(kernels_stream_noise, 1001), fill)
    let noise = try device.floats(to, 1001)
    #expect(noise.allSatisfy { $0 >= -1 && $0 < 1 })
    #expect(Set(noise).count > 990)
    #expect(abs(noise.reduce(0, +) / 1001) < 0.1)
  }
}
