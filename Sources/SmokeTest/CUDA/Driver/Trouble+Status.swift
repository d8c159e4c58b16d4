import Accelerators
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

extension Trouble {
  /// What a driver call says that did not succeed: `G2` and the driver's number for the errors that users
  /// meet, `G2000` for the others.
  ///
  /// - Parameter detail: what was asked for; empty where the function says it all.
  init(
    _ status: Status, _ functions: DriverFunctions, _ function: StaticString, _ detail: String
  ) {
    let number = decimal(Int(status))
    let name = unsafe Self.text(functions.errorName, status) ?? "CUDA_ERROR_" + number
    var seen = unsafe String(optionalCString: function.text) + ": " + name + " (" + number + ")"
    if let description = unsafe Self.text(functions.errorString, status) {
      seen += ", " + description
    }
    if !detail.isEmpty { seen += "; " + detail }
    let representative = decimal(1000 + Int(Self.representative(of: status)))
    self.init("G2" + String(bytes: representative.bytes.dropFirst()), seen)
    if remedy.isEmpty { self.init("G2000", seen) }
  }

  private static func text(
    _ question: @convention(c) (Status, DriverFunctions.Text) -> Status, _ status: Status
  ) -> String? {
    var text: UnsafePointer<CChar>?
    guard unsafe question(status, &text) == 0, let text = unsafe text else { return nil }
    return unsafe String(optionalCString: text)
  }

  /// The number that stands for all that mean the same to a user; 0 for one that cannot be a code.
  private static func representative(of code: Status) -> Status {
    switch code {
    case 4: 3
    // No licence for a virtual GPU, which "unavailable" often means too.
    case 102: 46
    case 200: 218
    case 223: 221
    case 714...718: 700
    case 220, 226: 214
    case 806...810: 805
    // "Device not ready", in WSL where Windows cannot make room for what is in use.
    case 600: 2
    case 0..<1000: code
    default: 0
    }
  }
}
