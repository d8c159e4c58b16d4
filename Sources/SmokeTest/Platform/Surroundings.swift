import CPlatform

/// What the operating system handed to the program; read by the program alone, which passes it on.
public enum Surroundings {
  /// The arguments, without the program's own name.
  public static var arguments: [String] {
    let count = platform_argument_count()
    guard count > 1 else { return [] }
    return (1..<count).map { unsafe String(optionalCString: platform_argument($0)) }
  }

  public static var environment: Variables {
    var environment = Variables()
    var index: Int32 = 0
    while let entry = unsafe platform_environment(index) {
      environment.take(unsafe String(optionalCString: entry))
      index += 1
    }
    return environment
  }

  /// The running kernel's release, from the kernel itself, so also where /proc is not mounted.
  public static var kernelRelease: String {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return "" }
    return unsafe withUnsafePointer(to: &names.release) {
      unsafe $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee))
      {
        unsafe String(optionalCString: $0)
      }
    }
  }

  /// Executes this program anew, with the same arguments; comes back only where that is not possible.
  public static func restart(environment: Variables) {
    unsafe withCStrings(environment.assignments) {
      unsafe platform_restart($0)
    }
  }

  /// Ends the program.
  public static func exit(_ status: Int32) -> Never { CPlatform.exit(status) }
}
