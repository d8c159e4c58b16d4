import Accelerators

#if hasFeature(Embedded)
  import Platform

  // The program in the images has its long texts packed.
  enum DirectMLExplanations {
    static var text: String { packedText("DirectMLExplanations") }
  }
#endif

extension Trouble {
  /// What ``DirectMLExplanations`` has for `code`, with the values in their places.
  @inline(never)
  init(_ code: String, _ first: String = "", _ second: String = "", _ third: String = "") {
    self.init(code, in: DirectMLExplanations.text, first, second, third)
  }
}
