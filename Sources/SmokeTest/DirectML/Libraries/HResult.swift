package import Accelerators
import CDirectML
import CPlatform
import Platform

/// What DXCore, Direct3D 12 and DirectML answer, a Windows `HRESULT`.
package struct HResult: Hashable {
  package let code: UInt32

  package init(_ code: Int32) { self.code = UInt32(bitPattern: code) }

  package var isFailure: Bool { code >> 31 == 1 }

  /// The device is gone, and tells why elsewhere.
  var isRemoval: Bool { code == 0x887A_0005 }

  /// Microsoft's name and the number.
  private var text: String {
    let number = "0x" + hexadecimal(code)
    let name = unsafe String(optionalCString: com_result_name(code))
    return name.isEmpty ? number : name + " (" + number + ")"
  }

  /// The same for people.
  ///
  /// - Parameters:
  ///   - call: the function or method that answered.
  ///   - isRemoved: whether this is the reason of a removal.
  @inline(never)
  package func trouble(_ call: String, isRemoved: Bool = false) -> Trouble {
    Trouble(explanation(call, isRemoved), call, text)
  }

  private func explanation(_ call: String, _ isRemoved: Bool) -> String {
    switch code {
    case 0x887A_0005: "G3010"
    // Windows has no GPU for WSL.
    case 0xD000_0001: "G3006"
    case 0x887A_0006, 0x887A_0007: "G3011"
    case 0x887A_0020: "G3012"
    case _ where isRemoved: "G3010"
    case 0x8000_4001, 0x8000_4002: "G3009"
    case 0x8007_000E: "G3013"
    case _ where call == "D3D12CreateDevice": "G3016"
    case 0x887A_0004 where call == "DMLCreateDevice1": "G3008"
    case 0x887A_0004, 0x887E_0002: "G3016"
    case 0x8007_0057, 0x887A_0001: "G3014"
    default: "G3000"
    }
  }
}

extension com_answer {
  /// The call, with what it was about.
  @inline(never)
  func name(_ detail: String) -> String {
    let name = unsafe String(optionalCString: call)
    return detail.isEmpty ? name : name + "(" + detail + ")"
  }
}

/// - Throws: what was answered, when it is a failure.
@inline(never)
func check(_ answer: com_answer, _ detail: String = "") throws(Trouble) {
  let result = unsafe HResult(answer.result)
  if result.isFailure { throw unsafe result.trouble(answer.name(detail)) }
}

/// An object of one of the libraries, given back when this value goes.
@safe
final class Object {
  let pointer: UnsafeMutableRawPointer

  /// What a call made.
  ///
  /// - Throws: what it answered, or that it made nothing and called it success: a stub does.
  @inline(never)
  init(_ answer: com_answer, _ detail: String = "") throws(Trouble) {
    try unsafe check(answer, detail)
    guard let made = unsafe answer.object else {
      throw unsafe Trouble("G3005", answer.name(detail))
    }
    unsafe pointer = unsafe made
  }

  deinit { _ = unsafe com_release(pointer) }
}
