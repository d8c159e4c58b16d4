import Platform
import Testing

@Suite struct NumbersTests {
  @Test(arguments: [
    (1.5e12, "B/s", "1.5 TB/s"), (999.4e9, "FLOP/s", "999 GFLOP/s"),
    (999.6e9, "FLOP/s", "1 TFLOP/s"), (0.0123, "s", "12.3 ms"), (97e-6, "s", "97 us"),
    (2e-10, "s", "200 ps"), (0, "s", "0 s"), (512, "B", "512 B"), (47.25, "", "47.2"),
    (0.25, "B/s", "0.25 B/s"), (1234, "digits", "1.23e+03 digits"), (.infinity, "B", "inf B"),
  ])
  func quantitiesGetThePrefixThatSuits(_ value: Double, _ unit: String, _ expected: String) {
    #expect(quantity(value, unit: unit) == expected)
  }

  @Test func digitsAreCounted() {
    #expect(significant(0.123456, digits: 4) == "0.1235")
    #expect(fixed(2.0 / 3, digits: 2) == "0.67")
    #expect(fixed(1e300, digits: 3).count == 305)
  }
}
