public import Accelerators
import Platform

#if hasFeature(Embedded)
  // As in Diagnosis/PackedTexts.swift.
  enum CUDAExplanations {
    static var text: String { packedText("CUDAExplanations") }
  }
#endif

extension Trouble {
  /// What ``CUDAExplanations`` has for `code`, with the values in their places.
  @inline(never)
  init(_ code: String, _ first: String = "", _ second: String = "", _ third: String = "") {
    self.init(code, in: CUDAExplanations.text, first, second, third)
  }
}

extension CUDAError {
  /// The same for people: `G2` and the driver's number for the errors that users meet, `G2000` for the
  /// others.
  public var trouble: Trouble {
    var seen = "\(function): \(name) (\(code))"
    if !description.isEmpty { seen += ", " + description }
    if !detail.isEmpty { seen += "; " + detail }
    let number = decimal(1000 + Int(Self.representative(of: code)))
    let trouble = Trouble("G2" + String(bytes: number.bytes.dropFirst()), seen)
    return trouble.remedy.isEmpty ? Trouble("G2000", seen) : trouble
  }

  /// The number that stands for all that mean the same to a user; 0 for one that cannot be a code.
  private static func representative(of code: Int32) -> Int32 {
    switch code {
    case 4: 3
    case 200: 218
    case 223: 221
    case 714...718: 700
    case 220: 214
    case 0..<1000: code
    default: 0
    }
  }
}
