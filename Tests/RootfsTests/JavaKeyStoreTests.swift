import Digests
import FileSystem
import SystemPackage
import TestSupport
import Testing

@testable import Rootfs

/// Key stores as Java writes them, with what `keytool` would say of them.
@Suite struct JavaKeyStoreTests {
  private struct Entry {
    var tag = 2
    var alias = "debian:a.pem"
    var milliseconds: Int64
    var certificate = [UInt8](repeating: 7, count: 300)
  }

  private static func number(_ value: Int64, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - $0))) }
  }

  private static func text(_ text: String) -> [UInt8] {
    number(Int64(text.utf8.count), 2) + Array(text.utf8)
  }

  private static func store(_ entries: [Entry], password: String = "changeit") throws -> [UInt8] {
    var content = number(0xFEED_FEED, 4) + number(2, 4) + number(Int64(entries.count), 4)
    for entry in entries {
      content += number(Int64(entry.tag), 4) + text(entry.alias) + number(entry.milliseconds, 8)
      content += text("X.509") + number(Int64(entry.certificate.count), 4) + entry.certificate
    }
    var hasher = HasherSHA1()
    hasher.update(password.utf8.flatMap { [0, $0] } + Array("Mighty Aphrodite".utf8) + content)
    return content + (try #require(Hexadecimal.bytes(hasher.finish())))
  }

  private static let entries = [
    Entry(milliseconds: 1_795_699_123_456), Entry(alias: "debian:ü.pem", milliseconds: 1),
  ]

  @Test func everyEntryGetsTheTime() throws {
    let times = Self.entries.map { entry in
      var entry = entry
      entry.milliseconds = 1_700_000_000_000
      return entry
    }
    let dated = JavaKeyStore.dated(try Self.store(Self.entries), epoch: 1_700_000_000)
    #expect(dated == (try Self.store(times)))
    #expect(JavaKeyStore.dated(try #require(dated), epoch: 1_700_000_000) == dated)
  }

  @Test func whatIsNotSuchAStoreIsLeftAlone() throws {
    let whole = try Self.store(Self.entries)
    for size in 0..<whole.count {
      #expect(JavaKeyStore.dated(Array(whole[..<size]), epoch: 0) == nil)
    }
    var spoilt = whole
    spoilt[40] ^= 1
    let others = [
      spoilt, try Self.store(Self.entries, password: "another"),
      // A private key.
      try Self.store([Entry(tag: 1, milliseconds: 1)]), Array("PKCS#12".utf8),
    ]
    for other in others { #expect(JavaKeyStore.dated(other, epoch: 0) == nil) }
  }
}
