extension [Fact] {
  /// The standard library's own is inlined.
  @inline(never)
  public mutating func append(_ fact: Fact) { append(contentsOf: CollectionOfOne(fact)) }
}

/// Facts, put together with little code.
public struct Facts {
  public private(set) var all: [Fact] = []

  public init() {}

  @inline(never)
  public mutating func add(_ name: String, _ text: String) { all.append(Fact(name, .text(text))) }

  @inline(never)
  public mutating func add(_ name: String, _ count: Int) { all.append(Fact(name, .count(count))) }

  @inline(never)
  public mutating func add(_ name: String, _ value: Double, _ unit: String) {
    all.append(Fact(name, .quantity(value, unit: unit)))
  }
}
