import CFuzzer
import Glibc

/// Runs libFuzzer over one parser: `kiln-fuzz TARGET [libFuzzer's arguments]`; `kiln-fuzz` alone lists
/// the targets.
@main
enum Program {
  /// libFuzzer's callback can carry nothing.
  nonisolated(unsafe) private static var target: Target = { _ in }

  static func main() {
    _ = unsafe setlocale(LC_CTYPE, "C.UTF-8")
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else {
      for name in Targets.all.keys.sorted() { print(name) }
      return
    }
    guard let target = Targets.all[arguments[1]] else {
      print("kiln-fuzz: no target \(arguments[1])")
      exit(2)
    }
    unsafe Self.target = target
    var words = unsafe ([arguments[0]] + arguments.dropFirst(2)).map { unsafe strdup($0) } + [nil]
    var count = unsafe Int32(words.count - 1)
    let status = unsafe words.withUnsafeMutableBufferPointer { buffer in
      var pointer = buffer.baseAddress
      return unsafe LLVMFuzzerRunDriver(&count, &pointer) { data, size in
        let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
        unsafe Program.target(bytes)
        return 0
      }
    }
    exit(status)
  }
}
