import Commands
import Content
import Digests
import FileSystem
import SystemPackage
import TestSupport
import Testing

@testable import Images

@Suite("Tar headers")
struct TarHeaderTests {
  private func entry(_ path: String, _ change: (inout TreeEntry) -> Void = { _ in }) -> TreeEntry {
    var entry = TreeEntry(
      path: path, kind: .file, permissions: 0o644, owner: 0, group: 0, size: 0, modified: 0,
      link: "", capability: [], origin: Origin(.base), layer: "/")
    change(&entry)
    return entry
  }

  @Test("a small entry is one block with octal numbers and no names of owners")
  func plain() {
    let bytes = TarHeader.bytes(of: entry("a"))
    #expect(bytes.count == 512)
    #expect(String(decoding: bytes[257..<265], as: UTF8.self) == "ustar  \0")
    #expect(bytes[265..<512].allSatisfy { $0 == 0 })
    #expect(String(decoding: bytes[124..<136], as: UTF8.self) == "00000000000\0")
  }

  @Test("the length of headers is known without making them", arguments: TreeEntry.Kind.allCases)
  func length(kind: TreeEntry.Kind) {
    for (name, link) in zip([1, 96, 97, 98, 99, 509, 510, 511, 1024], [0, 98, 99, 100, 101, 600]) {
      for capability in [[], [UInt8](repeating: 1, count: 20)] {
        let entry = entry(String(repeating: "ö", count: name / 2) + "x") {
          $0.kind = kind
          $0.link = String(repeating: "y", count: link)
          $0.capability = kind == .file ? capability : []
        }
        #expect(TarHeader.length(of: entry) == TarHeader.bytes(of: entry).count)
      }
    }
    let root = entry("") { $0.kind = .directory }
    #expect(TarHeader.length(of: root) == 512)
  }

  @Test("names of more than 100 bytes, and links, get an entry in front")
  func long() {
    #expect(TarHeader.bytes(of: entry(String(repeating: "x", count: 98))).count == 512)
    #expect(TarHeader.bytes(of: entry(String(repeating: "x", count: 99))).count == 3 * 512)
    let both = entry(String(repeating: "x", count: 600)) {
      $0.kind = .symlink
      $0.link = String(repeating: "y", count: 101)
    }
    #expect(TarHeader.bytes(of: both).count == (3 + 2 + 1) * 512)
  }

  @Test("numbers beyond octal digits are read by Python and bsdtar as they were meant")
  func large() async throws {
    let size: Int64 = 9 << 30
    let header = TarHeader.bytes(
      of: entry("large") {
        $0.size = size
        $0.owner = 4_294_967_294
        $0.group = 2_097_152
        $0.permissions = 0o6755
        $0.modified = 1_700_000_000
      })
    try await withTemporaryFolder { folder in
      try Files.write(header, to: folder.appending("header"))
      let program = """
        import tarfile
        m = tarfile.TarInfo.frombuf(open("header", "rb").read(), "utf-8", "strict")
        print(m.name, m.size, m.uid, m.gid, oct(m.mode), m.mtime)
        """
      let python = try await python(program, in: folder)
      #expect(
        python.output
          == "./large \(size) 4294967294 2097152 0o6755 1700000000\n")
      let listed = try await shell(
        "truncate -s $((\(size) + 1024 + 512)) header; TZ=UTC bsdtar --numeric-owner -tvf header",
        in: folder)
      #expect(listed.output.split(separator: " ").contains("\(size)"))
      #expect(listed.output.hasPrefix("-rwsr-sr-x"))
    }
  }

  @Test("a member never spans two origins, and a file that goes changes few members")
  func cuts() {
    let origins = ["a", "b", "c"].map { Origin(.package, name: $0) }
    let entries = (0..<600).map { index in
      entry("usr/share/\(1000 + index)") {
        $0.size = 20_000
        $0.origin = origins[index / 200]
      }
    }
    let order = OriginOrder(artifacts: [], carried: [])
    let whole = ImagePlan(entries, order: order, memberSize: 1 << 20)
    let members = whole.groups.flatMap(\.members)
    for member in members { #expect(Set(member.slices.map(\.entry.origin)).count == 1) }
    #expect(members.allSatisfy { $0.size <= 1 << 20 })
    #expect(whole.size.isMultiple(of: 10240))
    let less = ImagePlan(Array(entries.dropFirst()), order: order, memberSize: 1 << 20)
    let changed = Set(less.groups.flatMap(\.members)).subtracting(members)
    #expect(changed.count * 2 < members.count)
  }

  @Test("a file larger than a member has members of its own")
  func largeFile() {
    let entries = [entry("a"), entry("b") { $0.size = 3 << 20 }, entry("c")]
    let plan = ImagePlan(
      entries, order: OriginOrder(artifacts: [], carried: []), memberSize: 1 << 20)
    #expect(
      plan.groups.flatMap(\.members).map { $0.slices.map(\.entry.path) } == [
        ["a"], ["b"], ["b"], ["b"], ["b"], ["c"],
      ])
  }
}
