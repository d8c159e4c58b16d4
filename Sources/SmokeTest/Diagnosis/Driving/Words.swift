internal import Platform

/// The last line that says something, for a verdict; control characters left out.
@inline(never)
func lastLine(_ bytes: [UInt8]) -> String {
  for line in String(bytes: bytes).lines.reversed() {
    let line = printable(line).trimmed
    if !line.isEmpty { return String(bytes: line.bytes.last(300)) }
  }
  return ""
}

/// `text` without what a terminal would take for an order, and without the two characters that XML
/// cannot have, but with the control character `kept`.
@inline(never)
func printable(_ text: String, keeping kept: UInt8 = 0x20) -> String {
  let bytes = text.bytes
  var result: [UInt8] = []
  var index = 0
  while index < bytes.count {
    let byte = bytes[index]
    let next = index + 1 < bytes.count ? bytes[index + 1] : 0
    if byte == 0xC2, next < 0xA0 {
      // U+0080 to U+009F.
      index += 2
    } else if byte == 0xEF, next == 0xBF, index + 2 < bytes.count, bytes[index + 2] >= 0xBE {
      // U+FFFE and U+FFFF.
      index += 3
    } else {
      if byte == kept || (byte >= 0x20 && byte != 0x7F) { result.append(byte) }
      index += 1
    }
  }
  return String(bytes: result)
}

/// What the system calls a signal, like `SIGSEGV (segmentation fault)`.
@inline(never)
func signalName(_ signal: Int32) -> String {
  switch signal {
  case 4: "SIGILL (illegal instruction)"
  case 6: "SIGABRT (aborted)"
  case 7: "SIGBUS (bus error)"
  case 8: "SIGFPE (arithmetic error)"
  case 9: "SIGKILL (killed, often for want of memory)"
  case 11: "SIGSEGV (segmentation fault)"
  case 31: "SIGSYS (forbidden system call)"
  default: "signal " + decimal(Int(signal))
  }
}
