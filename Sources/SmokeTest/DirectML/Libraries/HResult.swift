package import Accelerators

/// What DXCore, Direct3D 12 and DirectML answer, a Windows `HRESULT`.
package struct HResult: Hashable {
  package let code: UInt32

  package init(_ code: Int32) { self.code = UInt32(bitPattern: code) }

  package var isFailure: Bool { code >> 31 == 1 }

  /// The device is gone, and tells why elsewhere.
  var isRemoval: Bool { code == 0x887A_0005 }

  /// Microsoft's name and the number.
  var text: String {
    let number = "0x" + hexadecimal(code, digits: 8)
    return name.isEmpty ? number : "\(name) (\(number))"
  }

  private var name: String {
    switch code {
    case 0x8000_4001: "E_NOTIMPL"
    case 0x8000_4002: "E_NOINTERFACE"
    case 0x8000_4003: "E_POINTER"
    case 0x8000_4005: "E_FAIL"
    case 0x8007_0005: "E_ACCESSDENIED"
    case 0x8007_000E: "E_OUTOFMEMORY"
    case 0x8007_0057: "E_INVALIDARG"
    case 0x887A_0001: "DXGI_ERROR_INVALID_CALL"
    case 0x887A_0002: "DXGI_ERROR_NOT_FOUND"
    case 0x887A_0004: "DXGI_ERROR_UNSUPPORTED"
    case 0x887A_0005: "DXGI_ERROR_DEVICE_REMOVED"
    case 0x887A_0006: "DXGI_ERROR_DEVICE_HUNG"
    case 0x887A_0007: "DXGI_ERROR_DEVICE_RESET"
    case 0x887A_0020: "DXGI_ERROR_DRIVER_INTERNAL_ERROR"
    case 0x887E_0001: "D3D12_ERROR_ADAPTER_NOT_FOUND"
    case 0x887E_0002: "D3D12_ERROR_DRIVER_VERSION_MISMATCH"
    default: ""
    }
  }

  /// The same for people.
  ///
  /// - Parameters:
  ///   - call: the function or method that answered.
  ///   - isRemoved: whether this is the reason of a removal.
  package func trouble(_ call: String, isRemoved: Bool = false) -> Trouble {
    let (code, remedy) = isRemoved ? removal : explanation(call)
    let seen = isRemoved ? "\(call): the device was removed: \(text)" : "\(call): \(text)"
    return Trouble(code: code, seen: seen, remedy: remedy)
  }

  private var removal: (String, String) {
    switch code {
    case 0x887A_0006, 0x887A_0007:
      (
        "G3011",
        """
        Windows resets a GPU that does not answer for two seconds. Close what else uses the GPU, \
        undo overclocking, install a current driver in Windows; if it stays, raise TdrDelay there.
        """
      )
    case 0x887A_0020:
      (
        "G3012",
        "Install a current driver for the GPU in Windows (or an older one, if it is the newest)."
      )
    default:
      (
        "G3010",
        """
        The GPU was taken away while it worked: its driver was updated, it was switched off, or it \
        crashed. In Windows: wsl --shutdown; if it comes again, install a current driver there.
        """
      )
    }
  }

  private func explanation(_ call: String) -> (String, String) {
    switch code {
    case 0x8000_4001, 0x8000_4002:
      (
        "G3009",
        """
        A library is older than the interface that is asked of it. In Windows: wsl --update, and \
        update Windows; take a newer libdirectml.so into the image.
        """
      )
    case 0x8007_000E:
      (
        "G3013",
        "Close what else uses the GPU, also in Windows and in other distributions, and try again."
      )
    case 0x887A_0004 where call == "DMLCreateDevice1":
      (
        "G3008",
        """
        Feature level 2.0 or later is needed: take libdirectml.so of torch-directml 0.2.5 into the image.
        """
      )
    case 0x887A_0004, 0x887E_0002:
      (
        "G3016",
        """
        The GPU or its driver is too old for Direct3D 12. Install a current driver in Windows (WDDM \
        2.9 or later), then wsl --shutdown.
        """
      )
    case 0x8007_0057, 0x887A_0001:
      (
        "G3014",
        """
        This is a mistake of gpu-smoke-test or of the driver: report it with the output of --json, \
        and try another version of the driver.
        """
      )
    default:
      (
        "G3000",
        """
        Look the name up in Microsoft's documentation. A current driver in Windows, wsl --update \
        and wsl --shutdown often help.
        """
      )
    }
  }
}

/// `value` in lower-case hexadecimal digits, with leading zeros.
func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
