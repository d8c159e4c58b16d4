import CPlatform
import Diagnosis
import DriverDoubleSupport
import FoundationEssentials
import Platform
import Testing

/// A made-up machine in a folder of its own, gone with the test.
final class FakeRoot {
  let path: String
  var environment: Variables = [:]

  init() {
    var template = Array("/tmp/kiln-root-XXXXXX".utf8CString)
    path = unsafe String(optionalCString: mkdtemp(&template))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The running system.
  static let real = Machine(environment: [:])

  var machine: Machine { Machine(root: path, environment: environment) }
  var host: Host { Host(machine) }

  /// WSL 2 with a GPU and the driver double as the host's driver, all as it should be.
  static func wsl() throws -> FakeRoot {
    let root = FakeRoot()
    try root.write("/proc/sys/kernel/osrelease", "5.15.167.4-microsoft-standard-WSL2\n")
    try root.write(
      "/proc/self/mounts",
      "none /usr/lib/wsl/drivers 9p ro 0 0\nnone /usr/lib/wsl/lib overlay rw 0 0\n")
    // WSL's init has its sockets there.
    try root.write("/run/WSL/1_interop", "")
    try root.node("/dev/dxg")
    try root.write("/usr/lib/wsl/drivers/nv_dispi.inf_amd64/nvcubins.bin", "x")
    try root.write("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
    try root.write("/etc/ld.so.conf.d/ld.wsl.conf", "# by WSL\n/usr/lib/wsl/lib\n")
    try root.driver("/usr/lib/wsl/lib")
    try root.link("\(folder)/libcuda.so", to: "/usr/lib/wsl/lib/libcuda.so.1")
    try root.configureLoader()
    return root
  }

  /// WSL 2 with a GPU of any maker: Windows' Direct3D, and DirectML in the image. The libraries are whole
  /// ones, and those of the double where they were built.
  static func directML() throws -> FakeRoot {
    let root = try FakeRoot.wsl()
    try root.remove("/usr/lib/wsl/lib/libcuda.so.1")
    try root.remove("\(folder)/libcuda.so")
    for name in ["libdxcore.so", "libd3d12.so"] { try root.library("/usr/lib/wsl/lib/" + name) }
    try root.library("/opt/directml/lib/libdirectml.so")
    try root.configureLoader()
    return root
  }

  /// Makes the loader's cache without WSL's folder, though it is configured.
  func forgetHostsLibraries() throws {
    try write("/etc/ld.so.conf", "")
    try configureLoader()
    try write("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
  }

  /// Where `make test-directml` builds the double.
  static let double =
    #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    + "/.build/directml/libdxcore.so"

  func library(_ path: String) throws {
    try copy(FakeRoot.real.status(Self.double) == nil ? DriverDouble.path : Self.double, to: path)
  }

  /// - Parameter source: a path of the running system.
  func copy(_ source: String, to path: String) throws {
    try folder(of: path)
    try FileManager.default.copyItem(atPath: source, toPath: self.path + path)
  }

  /// Linux with NVIDIA's driver.
  static func linux() throws -> FakeRoot {
    let root = FakeRoot()
    try root.write("/proc/sys/kernel/osrelease", "6.1.0-13-amd64\n")
    for name in ["nvidia0", "nvidiactl", "nvidia-uvm"] { try root.node("/dev/" + name) }
    try root.driver(folder)
    try root.configureLoader()
    return root
  }

  static var folder: String {
    #if arch(x86_64)
      "/usr/lib/x86_64-linux-gnu"
    #else
      "/usr/lib/aarch64-linux-gnu"
    #endif
  }

  func write(_ path: String, _ text: String) throws { try write(path, Array(text.utf8)) }

  func write(_ path: String, _ bytes: [UInt8]) throws {
    try folder(of: path)
    try Data(bytes).write(to: URL(filePath: self.path + path))
  }

  func remove(_ path: String) throws {
    try FileManager.default.removeItem(atPath: self.path + path)
  }

  func link(_ path: String, to target: String) throws {
    try folder(of: path)
    try FileManager.default.createSymbolicLink(
      atPath: self.path + path, withDestinationPath: target)
  }

  /// Something that is neither a file nor a folder, which everybody may make.
  func node(_ path: String) throws {
    try folder(of: path)
    #expect(unsafe mkfifo(self.path + path, 0o666) == 0)
  }

  /// The driver double as `libcuda.so.1` in `folder`.
  func driver(_ folder: String) throws {
    try self.folder(of: folder + "/x")
    try DriverDouble.install(in: path + folder)
  }

  /// Runs the real ldconfig, as WSL does at each start.
  func configureLoader(_ arguments: String...) throws {
    try folder(of: "/etc/ld.so.cache")
    let result = try Process.run("/sbin/ldconfig", ["-r", path] + arguments)
    #expect(result.status == 0, "\(result.errors)")
  }

  private func folder(of path: String) throws {
    let parts = path.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: self.path + "/" + parts, withIntermediateDirectories: true)
  }
}

/// A program that has run.
struct Process {
  let status: Int32
  let output: String
  let errors: String
  let seconds: Double

  /// Runs it for ten minutes at most: only what hangs takes so long, on a busy machine too.
  static func run(
    _ path: String, _ arguments: [String], environment: Variables = ["PATH": "/usr/bin:/bin"]
  ) throws -> Process {
    let stopwatch = Stopwatch()
    // Swift's own backtracer would stand between a crash and its signal.
    var environment = environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    let child = try Child.spawn(path, arguments, environment: environment)
    var (output, errors): ([UInt8], [UInt8]) = ([], [])
    var status: Int32 = -1
    loop: while true {
      switch child.next(by: Stopwatch.now + 600_000_000_000) {
      case .report(let bytes): output += bytes
      case .words(let bytes): errors += bytes
      case .ended(.exited(let code)):
        status = code
        break loop
      case .ended, .late: break loop
      }
    }
    return Process(
      status: status, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self),
      seconds: Double(stopwatch.nanoseconds) / 1e9)
  }

  /// A program that the build made beside the tests.
  static func built(_ name: String) throws -> String {
    try DriverDouble.path.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/" + name
  }
}
