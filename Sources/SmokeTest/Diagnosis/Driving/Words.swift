internal import Platform

/// The last line that says something, for a verdict; control characters left out.
func lastLine(_ bytes: [UInt8]) -> String {
  let line = String(decoding: bytes, as: UTF8.self).lines.last { !$0.trimmed.isEmpty } ?? ""
  return printable(String(decoding: line.utf8.suffix(300), as: UTF8.self).trimmed)
}

/// `text` without what a terminal would take for an order.
func printable(_ text: String) -> String {
  var scalars = String.UnicodeScalarView()
  for scalar in text.unicodeScalars where scalar.value >= 0x20 && !(0x7F...0x9F ~= scalar.value) {
    scalars.append(scalar)
  }
  return String(scalars)
}

/// What the system calls a signal, like `SIGSEGV (segmentation fault)`.
func signalName(_ signal: Int32) -> String {
  switch signal {
  case 4: "SIGILL (illegal instruction)"
  case 6: "SIGABRT (aborted)"
  case 7: "SIGBUS (bus error)"
  case 8: "SIGFPE (arithmetic error)"
  case 9: "SIGKILL (killed, often for want of memory)"
  case 11: "SIGSEGV (segmentation fault)"
  case 31: "SIGSYS (forbidden system call)"
  default: "signal \(signal)"
  }
}
