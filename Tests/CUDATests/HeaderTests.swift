import Accelerators
import DriverDoubleSupport
import Foundation
import Needs
import Platform
import Testing

@testable import CUDA

/// The driver's interface as NVIDIA's own header and libraries have it: what the double is like is
/// written from the same knowledge as the program, and would be wrong where it is.
@Suite(.needs("KILN_E2E=1, to fetch NVIDIA's files", if: !Needs.variable("KILN_E2E").isEmpty))
struct HeaderTests {
  /// CUDA 12.8's `cuda.h`, from the runtime's wheel.
  private static func header() throws -> URL {
    try Repository.place(".ci/fetch-nvidia nvidia-cuda-runtime-cu12 12.8.90")
      .appending(path: "nvidia/cuda_runtime/include/cuda.h")
  }

  /// What a C++ program prints that includes the header and does `body`.
  private static func output(of body: String) throws -> [Substring] {
    let source = """
      // All names as the library has them, instead of macros for the newest of each.
      #define __CUDA_API_VERSION_INTERNAL
      #include "\(try header().path)"
      #include <cstdio>
      #include <string>
      #include <type_traits>

      // The size of a number; of a pointer an asterisk, and what it points to if that is known.
      template <class T> std::string kind() {
        if constexpr (std::is_pointer_v<T>) {
          using Pointee = std::remove_cv_t<std::remove_pointer_t<T>>;
          if constexpr (std::is_void_v<Pointee> || std::is_class_v<Pointee>) return "*";
          else return "*" + kind<Pointee>();
        } else if constexpr (std::is_floating_point_v<T>) return "f" + std::to_string(sizeof(T));
        else return std::to_string(sizeof(T));
      }
      template <class F> struct Shape;
      template <class R, class... A> struct Shape<R(A...)> {
        static std::string text() {
          std::string text;
          ((text += " " + kind<A>()), ...);
          return text + " -> " + kind<R>();
        }
      };
      int main() {
      \(body)
      }
      """
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "header-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "header.cpp").path
    try source.write(toFile: file, atomically: true, encoding: .utf8)
    let (status, output) = try Repository.run(
      "clang++ -std=c++20 -w '\(file)' -o '\(file).out' && '\(file).out'")
    try #require(status == 0, "\(output)")
    return output.split(separator: "\n")
  }

  /// The same of a Swift function's type.
  private static func shape(of type: Any.Type) throws -> String {
    let text = String(reflecting: type).replacing("Swift.", with: "")
    let function = try #require(
      text.firstMatch(of: /@convention\(c\) \((.*?)\) -> ([^>)]*)/), "\(text)")
    func kind(_ type: Substring) throws -> String {
      if let inner = type.firstMatch(of: /^Optional<(.*)>$/) { return try kind(inner.1) }
      if let inner = type.firstMatch(of: /^Unsafe(?:Mutable)?Pointer<(.*)>$/) {
        return try "*" + kind(inner.1)
      }
      let sizes = [
        "Int8": "1", "UInt8": "1", "Int32": "4", "UInt32": "4", "Int": "8", "UInt64": "8",
        "Float": "f4", "UnsafeRawPointer": "*", "UnsafeMutableRawPointer": "*",
      ]
      return try #require(sizes[String(type)], "\(type)")
    }
    let parameters = try function.1.split(separator: ", ").map { try " " + kind($0) }
    return try parameters.joined() + " -> " + kind(function.2)
  }

  @Test func theFunctionsAreDeclaredAsInTheHeader() throws {
    let names = DriverFunctions.names.words.map { $0.before("?") ?? $0 }
    let declared = try Self.output(
      of: names.map { "std::puts(Shape<decltype(\($0))>::text().c_str());" }
        .joined(separator: "\n"))
    var used: [Any.Type] = []
    try withFunctions(of: DriverDouble.path) { functions in
      used = Mirror(reflecting: functions).children.map { type(of: $0.value) }
    }
    #expect(names.count == used.count)
    #expect(names.count == declared.count)
    for (name, (used, declared)) in zip(names, zip(used, declared)) {
      // CUuuid is 16 bytes in a structure.
      let bytes =
        name.hasPrefix("cuDeviceGetUuid") ? declared.replacing(/^ \*/, with: " *1") : declared
      #expect(try Self.shape(of: used) == bytes, "\(name)")
    }
  }

  @Test func theAttributesHaveTheHeadersNumbers() throws {
    let names: [(DeviceAttribute, String)] = [
      (.clock, "CLOCK_RATE"), (.multiprocessors, "MULTIPROCESSOR_COUNT"),
      (.integrated, "INTEGRATED"),
      (.errorCorrection, "ECC_ENABLED"),
      (.memoryClock, "MEMORY_CLOCK_RATE"), (.memoryBus, "GLOBAL_MEMORY_BUS_WIDTH"),
      (.cache, "L2_CACHE_SIZE"), (.capabilityMajor, "COMPUTE_CAPABILITY_MAJOR"),
      (.capabilityMinor, "COMPUTE_CAPABILITY_MINOR"),
      (.sharedMemory, "MAX_SHARED_MEMORY_PER_BLOCK_OPTIN"),
    ]
    #expect(Set(names.map(\.0)) == Set(DeviceAttribute.allCases))
    let numbers = try Self.output(
      of: names.map { "std::printf(\"%d\\n\", CU_DEVICE_ATTRIBUTE_\($0.1));" }
        .joined(separator: "\n"))
    #expect(numbers.map { Int32($0) } == names.map { $0.0.rawValue })
  }

  /// The numbers that stand in calls, each with a comment that says its name.
  @Test func theFlagsHaveTheHeadersNumbers() throws {
    let numbers = try Self.output(
      of: """
        std::printf("%d %d %d %d %d", CU_STREAM_NON_BLOCKING, CU_STREAM_CAPTURE_MODE_RELAXED,
          CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, CU_JIT_ERROR_LOG_BUFFER,
          CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
        """)
    #expect(numbers == ["1 2 8 5 6"])
  }

  /// The errors that the double can tell of, by the names that the real driver has for them.
  @Test func theDoubleNamesErrorsAsTheHeader() throws {
    let header = try String(contentsOf: Self.header(), encoding: .utf8)
    var known = 0
    try withFunctions(of: DriverDouble.path) { functions in
      for error in header.matches(of: /\n {4}(CUDA_ERROR_\w+|CUDA_SUCCESS) *= (\d+)/) {
        var text: UnsafePointer<CChar>?
        guard unsafe functions.errorName(Int32(error.2) ?? -1, &text) == 0, let text = unsafe text
        else { continue }
        known += 1
        #expect(unsafe String(cString: text) == error.1)
      }
    }
    #expect(known > 20)
  }

  /// Of the library at `path`, which stays loaded meanwhile.
  private func withFunctions(of path: String, _ body: (DriverFunctions) throws -> Void) throws {
    let library = try SharedLibrary(path)
    try withExtendedLifetime(library) { try body(DriverFunctions.all(library)) }
  }

  /// Drivers of CUDA 11.4, 12.2 and 12.4 as Debian has them. There is no GPU, and the first of them was
  /// the newest when CUDA came to WSL.
  @Test(arguments: [
    ("bookworm", "libnvidia-tesla-470-cuda1", "11.4"), ("bookworm", "libcuda1", "12.2"),
    ("trixie", "libcuda1", "12.4"),
  ])
  func theRealDriverIsOpened(suite: String, package: String, version: String) throws {
    try Needs.require(
      "a machine without a GPU",
      !["/dev/nvidiactl", "/dev/dxg"].contains(where: FileManager.default.fileExists))
    let folder = ".tools/\(suite)-\(package)"
    let library = try Repository.place(
      ".ci/fetch-packages \(suite)/non-free amd64 \(folder) \(package)"
        + " && find \(folder) -name 'libcuda.so.*.*'")
    let gpu = CUDAAccelerator(library: library.path)
    let found = trouble(of: gpu) { (gpu) throws(Trouble) in _ = try gpu.load() }
    #expect(found?.code == "G2100")
    #expect(found?.seen.contains("CUDA_ERROR_NO_DEVICE") == true)
    try withFunctions(of: library.path) { functions in
      var number: Int32 = 0
      #expect(unsafe functions.driverVersion(&number) == 0)
      #expect(Version(encoded: Int(number)).text == version)
    }
  }
}
