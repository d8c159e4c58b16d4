import CPlatform

/// A shared library that the dynamic loader brought in, for as long as the process lives: the threads
/// and the clean-up at exit of a vendor's library may run later than whoever used it thinks.
@safe
public final class SharedLibrary {
  /// The file that the loader chose, or the name asked for where it does not tell.
  public let path: String
  private let handle: UnsafeMutableRawPointer

  /// Loads `name`: a soname is looked up as the loader does (`LD_LIBRARY_PATH`, its cache, the
  /// default folders), a path is taken as it is. Symbols stay local, so that the libraries of two
  /// vendors do not meet.
  ///
  /// - Throws: the loader's own explanation.
  public init(_ name: String) throws(LoadError) {
    guard let handle = unsafe dlopen(name.characters, platform_rtld_now_local()) else {
      throw LoadError(name: name, explanation: unsafe String(optionalCString: dlerror()))
    }
    unsafe self.handle = unsafe handle
    let path = unsafe String(optionalCString: platform_library_path(handle))
    self.path = path.isEmpty ? name : path
  }

  /// The function or the variable called `name`, or nothing when the library does not have it.
  /// `type` must be its C type (a `@convention(c)` function or a pointer).
  @unsafe
  public func symbol<T>(_ name: String, as type: T.Type) -> T? {
    guard let address = unsafe dlsym(handle, name.characters) else { return nil }
    return unsafe unsafeBitCast(address, to: type)
  }
}

/// Why the loader did not bring a library in.
public struct LoadError: Error, Hashable {
  /// What was asked for.
  public let name: String
  /// What the loader said.
  public let explanation: String
}
