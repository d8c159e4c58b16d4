internal import Content
internal import Digests
internal import FileSystem
internal import SystemPackage

/// One wheel being installed: the steps of pip's `_install_wheel`, in its order.
struct WheelInstallation {
  let request: WheelRequest
  let environment: VirtualEnvironment
  let installer: String
  var writer: LayerWriter
  /// What was written, by the path inside the environment.
  private(set) var written: PathTable<SHA256Digest> = [:]
  /// The installed path, as RECORD has it, of each path of the wheel.
  private var installed: PathTable<String> = [:]
  /// Digest and size of what differs from the wheel, by its path in RECORD.
  private var changed: PathTable<(SHA256Digest, Int)> = [:]
  private var generated: [RecordFile.Row] = []

  init(
    request: WheelRequest, environment: VirtualEnvironment, installer: String, writer: LayerWriter
  ) {
    self.request = request
    self.environment = environment
    self.installer = installer
    self.writer = writer
  }

  private var wheel: Wheel { request.wheel.wheel }

  mutating func run() throws(WheelError) {
    do throws(FileError) {
      try installFiles()
      for script in CommandScript.commands(wheel.entryPoints, environment) {
        let text = CommandScript.wrapper(script, interpreter: environment.interpreter)
        try generate("bin/\(script.name)", text, permissions: 0o755)
      }
      let info = "\(environment.sitePackages)/\(wheel.infoFolder)"
      try generate("\(info)/INSTALLER", installer + "\n")
      if let directURL = request.directURL {
        try generate("\(info)/direct_url.json", directURL.json)
      }
      if request.isRequested { try generate("\(info)/REQUESTED", "") }
      try write("\(info)/RECORD", Array(record().sortedText.utf8), permissions: 0o644)
    } catch {
      throw WheelError(.storage, wheel: wheel.fileName.text, cause: .file(error))
    }
  }

  /// The wheel's own files: its top level, then its schemes, scripts at last.
  private mutating func installFiles() throws(FileError) {
    let commands = Set(
      (wheel.entryPoints.console + wheel.entryPoints.gui).map(\.name))
    var ranked: [[(file: WheelFile, scheme: InstallScheme, path: String)]] = [[], [], []]
    for file in request.wheel.files {
      guard let (scheme, path) = InstallScheme.of(file.path) else { continue }
      switch scheme {
      case .root: ranked[0].append((file, scheme, path))
      case .purelib, .platlib, .headers, .data: ranked[1].append((file, scheme, path))
      case .scripts where CommandScript.isOldWrapper(ZipName.last(path), of: commands): break
      case .scripts: ranked[2].append((file, scheme, path))
      }
    }
    for (file, scheme, path) in ranked.joined() {
      let folder = environment.folder(of: scheme, project: wheel.fileName.writtenProject)
      let target = folder.isEmpty ? path : "\(folder)/\(path)"
      let recorded = environment.recordPath(target)
      installed[file.path] = recorded
      let source = request.wheel.tree.appending(file.path)
      if scheme == .scripts, let content = try rewrittenScript(source) {
        changed[recorded] = (SHA256Digest(of: content), content.count)
        try write(target, content, permissions: file.permissions)
      } else {
        try writer.link(source, at: imagePath(target))
        written[environment.resolved(target)] = file.sha256
      }
    }
  }

  /// - Returns: nil for a script that stays as it is; programs stand among them, so only its first
  ///   bytes are read.
  private func rewrittenScript(_ path: FilePath) throws(FileError) -> [UInt8]? {
    let mark = CommandScript.placeholder
    guard try ReadableFile(path).bytes(at: 0, upTo: mark.count) == mark else { return nil }
    return CommandScript.rewritten(try Files.read(path), interpreter: environment.interpreter)
  }

  private mutating func generate(
    _ path: String, _ text: String, permissions: UInt16 = 0o644
  ) throws(FileError) {
    let content = Array(text.utf8)
    generated.append(
      RecordFile.Row(
        path: environment.recordPath(path), digest: SHA256Digest(of: content).recordText,
        size: String(content.count)))
    try write(path, content, permissions: permissions)
  }

  private mutating func write(
    _ path: String, _ content: [UInt8], permissions: UInt16
  ) throws(FileError) {
    try writer.write(content, at: imagePath(path), permissions: permissions)
    written[environment.resolved(path)] = SHA256Digest(of: content)
  }

  private func imagePath(_ path: String) -> String {
    "\(environment.path)/\(environment.resolved(path))"
  }

  /// The wheel's rows with the paths that files were installed to, and rows for what was made.
  private func record() -> RecordFile {
    var rest = installed
    var rows: [RecordFile.Row] = []
    for var row in wheel.record.rows {
      let recorded = row.path
      row.path = rest[recorded] ?? recorded
      rest[recorded] = nil
      if let (digest, size) = changed[row.path] {
        (row.digest, row.size) = (digest.recordText, String(size))
      }
      rows.append(row)
    }
    let unrecorded = rest.elements.map { RecordFile.Row(path: $0.value, digest: "", size: "") }
    return RecordFile(rows: rows + generated + unrecorded)
  }
}
