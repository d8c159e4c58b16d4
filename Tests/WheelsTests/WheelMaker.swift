import Content
import Digests
import FileSystem
import Locks
import Store
import SystemPackage
import TestSupport
import Wheels

/// Wheels that a test makes with Python's zipfile.
enum WheelMaker {
  /// `wheel(name, version, files)` writes a wheel with a right RECORD; `files` maps a path to bytes
  /// or to (bytes, mode). `raw` are rows of RECORD that replace those of their path, or drop them
  /// where they are None; `zip_only` are files that RECORD does not have.
  static let prelude = """
    import base64, csv, hashlib, io, struct, sys, zipfile
    def digest(data):
        return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    def wheel(name="plain", version="1.0", files={}, record={}, zip_only={}, folders=(),
              tags="py3-none-any", wheel_file="Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n",
              metadata=None, path=None, names=None, method=zipfile.ZIP_DEFLATED):
        info = "%s-%s.dist-info" % (name, version)
        entries = {p: (f if isinstance(f, tuple) else (f, 0o644)) for p, f in files.items()}
        if wheel_file is not None:
            entries.setdefault(info + "/WHEEL", (wheel_file.encode(), 0o644))
        text = metadata or "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (name, version)
        entries.setdefault(info + "/METADATA", (text.encode(), 0o644))
        rows = {p: (p, digest(d), str(len(d))) for p, (d, m) in entries.items()}
        rows[info + "/RECORD"] = (info + "/RECORD", "", "")
        rows.update(record)
        out = io.StringIO()
        csv.writer(out, lineterminator="\\n").writerows([r for r in rows.values() if r])
        entries[info + "/RECORD"] = (out.getvalue().encode(), 0o664)
        entries.update({p: (d, 0o644) for p, d in zip_only.items()})
        path = path or "%s-%s-%s.whl" % (name, version, tags)
        with zipfile.ZipFile(path, "w", method) as z:
            for p in folders:
                z.writestr(zipfile.ZipInfo(p), b"")
            for p, (data, mode) in entries.items():
                i = zipfile.ZipInfo(p)
                i.external_attr = (0o100000 | mode) << 16
                i.compress_type = method
                z.writestr(i, data)
        return path

    """

  /// Runs `program` behind ``prelude`` in `folder`.
  static func make(_ program: String, in folder: FilePath) async throws {
    try await python(prelude + program, in: folder)
  }

  /// Runs each program behind `prelude` in a folder of its own, all in one process: to start Python
  /// takes longer than any of them.
  ///
  /// - Returns: the files that each left, by the program's text and by their names.
  static func files(
    ofEach programs: [String], behind prelude: String
  ) async throws -> [String: [String: [UInt8]]] {
    let all = """
      import os, sys
      for number, program in enumerate(sys.argv[2:]):
          os.mkdir(str(number))
          os.chdir(str(number))
          exec(sys.argv[1] + program, {})
          os.chdir("..")
      """
    return try await withTemporaryFolder { folder in
      try await python(all, [prelude] + programs, in: folder)
      var made: [String: [String: [UInt8]]] = [:]
      for (number, program) in programs.enumerated() {
        let own = folder.appending("\(number)")
        for name in try Files.entries(own) {
          made[program, default: [:]][name] = try Files.read(own.appending(name))
        }
      }
      return made
    }
  }

  static func artifact(_ file: FilePath) throws -> Artifact {
    let bytes = try Files.read(file)
    let name = file.lastComponent?.string ?? ""
    return Artifact(
      kind: .wheel, name: name, version: "1.0", architecture: nil, size: Int64(bytes.count),
      sha256: SHA256Digest(of: bytes), source: "pypi", path: "project/\(name)")
  }

  static func unpack(
    _ files: [FilePath], in folder: FilePath, jobs: Int = 2
  ) async throws -> [UnpackedWheel] {
    _ = UTF8Locale.isSet
    let store = try Store(root: folder.appending("store"))
    let wheels = try files.map { (artifact: try artifact($0), file: $0) }
    return try await WheelUnpacker(store: store, jobs: jobs, progress: { _ in }).unpack(wheels)
  }
}
