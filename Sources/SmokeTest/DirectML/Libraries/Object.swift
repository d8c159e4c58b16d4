import Accelerators
import CDirectML

/// An object of one of the libraries, given back when this value goes.
@safe
final class Object {
  let pointer: UnsafeMutableRawPointer

  private init(_ pointer: UnsafeMutableRawPointer) { unsafe self.pointer = unsafe pointer }

  deinit { _ = unsafe com_release(pointer) }

  /// What `create` makes.
  ///
  /// - Parameter call: the function or method behind `create`.
  /// - Throws: what it answers, or that it made nothing and called it success: a stub does.
  static func made(
    by call: String, _ create: (UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> com_result
  ) throws(Trouble) -> Object {
    var pointer: UnsafeMutableRawPointer?
    let result = HResult(unsafe create(&pointer))
    if result.isFailure { throw result.trouble(call) }
    guard let pointer = unsafe pointer else { throw stub(call) }
    return unsafe Object(pointer)
  }

  private static func stub(_ call: String) -> Trouble {
    Trouble(
      code: "G3005", seen: "\(call) reports success, but gives nothing",
      remedy: """
        A stub was loaded in a library's place; torch-directml's wheel has some beside its \
        libdirectml.so. Keep its folder out of LD_LIBRARY_PATH and /etc/ld.so.conf.d; libdxcore.so \
        and libd3d12.so must be those in /usr/lib/wsl/lib.
        """)
  }
}

/// - Throws: what `call` answered, when it is a failure.
func check(_ result: com_result, _ call: String) throws(Trouble) {
  let result = HResult(result)
  if result.isFailure { throw result.trouble(call) }
}
