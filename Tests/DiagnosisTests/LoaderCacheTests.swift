import Platform
import Testing

@testable import Diagnosis

/// The cache as the real ldconfig writes it.
@Suite struct LoaderCacheTests {
  @Test(arguments: ["new", "compat"])
  func bothFormatsAreRead(_ format: String) throws {
    let root = try FakeRoot.wsl()
    try root.configureLoader("-c", format)
    let bytes = try root.machine.read("/etc/ld.so.cache", limit: 1 << 20)
    #expect(bytes.starts(with: Array("ld.so-1.7.0".utf8)) == (format == "compat"))
    let cache = try #require(LoaderCache(bytes))
    #expect(cache.paths("libcuda.so.1").contains("/usr/lib/wsl/lib/libcuda.so.1"))
    #expect(LoaderSearch(root.machine).find("libcuda.so.1")?.way == "the loader's cache")
  }

  @Test func theRunningSystemsCacheAgreesWithLdconfig() throws {
    let printed = try Process.run("/sbin/ldconfig", ["-p"]).output
    let cache = try #require(
      LoaderCache(try FakeRoot.real.read("/etc/ld.so.cache", limit: 16 << 20)))
    var count = 0
    for line in printed.split(separator: "\n") where line.contains(" => ") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard line.contains("(libc6,x86-64") || line.contains("(libc6,AArch64") else { continue }
      count += 1
      #expect(cache.paths(String(words[0])).contains(String(words.last ?? "")), "\(line)")
    }
    #expect(count > 5)
    #expect(cache.entries.count == count)
  }

  @Test func aCutOrSpoiltCacheIsNone() throws {
    let root = try FakeRoot.wsl()
    for format in ["new", "compat"] {
      try root.configureLoader("-c", format)
      let bytes = try root.machine.read("/etc/ld.so.cache", limit: 1 << 20)
      // What follows the last name are extensions, which nobody needs.
      let last = Array("/libcuda.so.1\0".utf8)
      let end =
        try #require(
          bytes.indices.last { bytes[$0...].starts(with: last) }) + last.count
      for length in 0..<end {
        #expect(LoaderCache(Array(bytes.prefix(length))) == nil, "\(length)")
      }
      for index in bytes.indices {
        var spoilt = bytes
        spoilt[index] = 0xFF
        _ = LoaderCache(spoilt)
      }
    }
  }

  @Test func noBytesOfALibraryAreTrusted() throws {
    let root = try FakeRoot.wsl()
    let bytes = try root.machine.read("/usr/lib/wsl/lib/libcuda.so.1", limit: 64)
    #expect(ELFHeader(bytes)?.isNative == true)
    #expect(ELFHeader(Array(bytes.prefix(51))) == nil)
    for index in 4..<64 {
      var spoilt = bytes
      spoilt[index] = 0xFF
      _ = ELFHeader(spoilt)
    }
  }
}
