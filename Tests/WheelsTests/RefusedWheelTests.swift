import Diagnostics
import FileSystem
import Store
import SystemPackage
import TestSupport
import Testing
import Wheels

struct RefusedWheelTests {
  private static let patch = """
    def patch(path, entry, size=None, flip=False):
        data = bytearray(open(path, "rb").read())
        with zipfile.ZipFile(path) as z:
            i, start = z.getinfo(entry), z.start_dir
        at = i.header_offset
        if size is not None:
            struct.pack_into("<I", data, at + 22, size)
            where = start
            while data[where + 46:where + 46 + len(entry)] != entry.encode():
                where += 46 + sum(struct.unpack_from("<HHH", data, where + 28))
            struct.pack_into("<I", data, where + 24, size)
        if flip:
            data[at + 30 + len(entry) + i.compress_size // 2] ^= 0x55
        open(path, "wb").write(data)
    I = "plain-1.0.dist-info/"
    EP = I + "entry_points.txt"
    def row(data, path="plain.py", **c):
        return {path: (path, c.get("digest", digest(data)), c.get("size", str(len(data))))}

    """

  /// The wheels of all programs.
  private static let made = Task {
    try await WheelMaker.files(ofEach: programs.map(\.0), behind: WheelMaker.prelude + patch)
  }

  /// Unpacks the one wheel that `program` makes, and sees that a refusal leaves nothing behind.
  private func refusal(_ program: String) async throws -> WheelError? {
    try await withTemporaryFolder { folder in
      let (name, content) = try #require(try await Self.made.value[program]?.first)
      let file = folder.appending(name)
      try Files.write(content, to: file)
      do throws(any Error) {
        _ = try await WheelMaker.unpack([file], in: folder)
        return nil
      } catch let error as WheelError {
        let store = folder.appending("store")
        #expect(try Files.entries(store.appending("work")) == [])
        #expect(!Files.exists(store.appending("results/wheel")))
        #expect(error.diagnostics.first?.code == error.code.rawValue)
        return error
      }
    }
  }

  private static let programs: [(String, WheelError.Code?)] = [
    ("wheel(files={'plain.py': b'x'})", nil),
    ("wheel(files={'plain.py': b'x'}, record={'plain.py': None})", .badRecord),
    ("wheel(files={'plain.py': b'x'}, zip_only={'extra.py': b''})", .badRecord),
    ("wheel(record={'gone.py': ('gone.py', digest(b''), '0')})", .badRecord),
    ("wheel(files={'plain.py': b'x'}, record=row(b'x', digest=''))", .badRecord),
    ("wheel(files={'plain.py': b'x'}, record=row(b'x', size=''))", .badRecord),
    ("wheel(files={'plain.py': b'x'}, record=row(b'x', size='2'))", .badRecord),
    ("wheel(files={'plain.py': b'x'}, record=row(b'x', digest='md5=AAAA'))", .badRecord),
    ("wheel(files={'plain.py': b'x'}, record=row(b'x', digest='sha256=AAAA'))", .badRecord),
    ("wheel(files={'plain.py': b'x'}, record=row(b'other'))", .badRecord),
    ("wheel(files={'plain.py': b'x'}, record=row(b'y'))", .damagedContent),
    ("wheel(record={'x': ('plain.py', '')})", .badRecord),
    ("wheel(files={'p': b'x'}, record={'2': ('p', digest(b'y'), '1')})", .badRecord),
    ("wheel(wheel_file=None)", .badMetadata),
    ("wheel(wheel_file='Root-Is-Purelib: true\\n')", .badMetadata),
    ("wheel(wheel_file='Wheel-Version: one\\n')", .badMetadata),
    ("wheel(wheel_file='Wheel-Version: 2.0\\n')", .futureVersion),
    ("wheel(wheel_file='Wheel-Version: 1.9\\n')", nil),
    ("wheel(metadata='Name: other\\nVersion: 1.0\\n')", .badMetadata),
    ("wheel(metadata='Name: plain\\nVersion: 2.0\\n')", .badMetadata),
    ("wheel(metadata='Name: PLAIN\\nVersion: 1\\n')", nil),
    ("wheel(metadata='Name: plain\\n\\nVersion: 1.0\\n')", .badMetadata),
    ("wheel(files={'other-1.0.dist-info/WHEEL': b''})", .badMetadata),
    ("wheel(path='other-1.0-py3-none-any.whl')", .badMetadata),
    ("zipfile.ZipFile('plain-1.0-py3-none-any.whl', 'w').writestr('a', b'')", .badMetadata),
    ("open('plain-1.0-py3-none-any.whl', 'wb').write(b'no zip' * 9)", .notAZip),
    ("wheel(path='plain-1.0.whl')", .badFileName),
    ("wheel(path='plain-1.0-x1-py3-none-any.whl')", .badFileName),
    ("wheel(path='plain-1.0-1x-py3-none-any.whl')", nil),
    ("wheel(files={'plain-1.0.data/weird/x': b''})", .unknownScheme),
    ("wheel(files={'plain-1.0.data/x': b''})", .unknownScheme),
    ("wheel(files={EP: b'[console_scripts]\\n../x = a:b\\n'})", .badEntryPoint),
    ("wheel(files={EP: b'[console_scripts]\\n.. = a:b\\n'})", .badEntryPoint),
    ("wheel(files={EP: b'[console_scripts]\\nx = a\\n'})", .badEntryPoint),
    ("wheel(files={EP: b'[console_scripts]\\nx = a:b:c\\n'})", .badEntryPoint),
    ("wheel(files={EP: b'[gui_scripts]\\nx = a:b;evil\\n'})", .badEntryPoint),
    ("wheel(files={EP: b'[console_scripts]\\nx\\n'})", .badEntryPoint),
    ("wheel(files={EP: b'[console_scripts]\\nx = a.b:C.d [e]\\n'})", nil),
    ("wheel(files={EP: b'\\xff'})", .badMetadata),
    ("wheel(files={EP: b'#' * (1 << 20)})", nil),
    ("wheel(files={EP: b'#' * (1 << 20 | 1)})", .tooLarge),
    ("wheel(wheel_file='Wheel-Version: 1.0\\n' + 'x' * (1 << 20))", .tooLarge),
    ("wheel(metadata='Name: plain\\nVersion: 1.0\\n\\n' + 'x' * (1 << 20))", nil),
    // Bytes that are not what both headers promise.
    ("patch(wheel(files={'plain.py': b'x' * 999}), 'plain.py', flip=True)", .damagedContent),
    (
      "patch(wheel(files={'plain.py': b'x' * 999}, method=0), 'plain.py', flip=True)",
      .damagedContent
    ),
    (
      "patch(wheel(files={'plain.py': b'x' * 99}, record=row(b'x' * 98)), 'plain.py', size=98)",
      .damagedContent
    ),
    (
      "patch(wheel(files={'plain.py': b'x' * 99}, record=row(b'x' * 100)), 'plain.py', size=100)",
      .damagedContent
    ),
    ("patch(wheel(files={'plain.py': b'x' * 99}), I + 'RECORD', flip=True)", .damagedContent),
  ]

  @Test(arguments: programs)
  func refuses(program: String, code: WheelError.Code?) async throws {
    let error = try await refusal(program)
    #expect(error?.code == code, "\(error.map(String.init(describing:)) ?? "accepted")")
  }

  @Test func namesWhatIsWrong() async throws {
    let error = try await refusal("wheel(files={'plain.py': b'x'}, zip_only={'extra.py': b''})")
    #expect(error?.entry == "extra.py")
    #expect(error?.wheel == "plain-1.0-py3-none-any.whl")
    #expect(error?.description.contains("in the wheel and not in RECORD") == true)
  }
}
