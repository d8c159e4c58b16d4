internal import Content
public import Digests
public import FileSystem
public import Store
public import SystemPackage

/// Compiles the modules of installed wheels, once per wheel, Python and place, to the same bytes
/// every time.
///
/// It runs nothing itself. Who installs wheels calls ``restore(_:into:)`` with an empty upper
/// directory above the wheels' layer, runs ``command(for:of:jobs:)`` in the image for the wheels
/// that it names, with that directory as the overlay's upper one, and then ``keep(_:of:from:)`` and
/// ``join(_:into:of:)``.
public struct ByteCode: Sendable {
  /// A command to run inside the image: as root, from `/`, with no network.
  public struct Command: Hashable, Sendable {
    /// The interpreter, absolute inside the image, and its arguments.
    public let arguments: [String]
    /// All that it may see.
    public let environment: [String: String]
  }

  private let store: Store
  private let python: String

  /// - Parameter python: says exactly which interpreter the image has, as the version of its
  ///   package does; another patch release may compile to other bytes.
  public init(store: Store, python: String) {
    self.store = store
    self.python = python
  }

  /// Links the byte code that the store has into `upper`.
  ///
  /// - Returns: indexes of the wheels that the store has none for.
  public func restore(
    _ installed: InstalledWheels, into upper: FilePath
  ) throws(WheelError) -> [Int] {
    var writer = LayerWriter(root: upper)
    var missing: [Int] = []
    for (index, wheel) in installed.wheels.enumerated() {
      guard !installed.incomplete.contains(index),
        let result = store.result(.byteCode, key: key(wheel, installed.environment))
      else {
        missing.append(index)
        continue
      }
      let source = result.appending("upper")
      try Files.walk(source, failure: { failure($0, wheel) }) {
        (path, status) throws(WheelError) in
        guard status.kind == .file else { return true }
        do throws(FileError) { try writer.link(source.appending(path), at: path) } catch {
          throw failure(error, wheel)
        }
        return false
      }
    }
    return missing
  }

  /// The command that compiles the wheels at `indexes`; it leaves `__pycache__` folders beside
  /// the modules.
  ///
  /// A file that is no Python of that version is passed over, as pip does; any other failure ends
  /// the command with another status than 0.
  public func command(for indexes: [Int], of installed: InstalledWheels, jobs: Int) -> Command {
    let environment = installed.environment
    let records = indexes.map { index in
      "/\(environment.path)/\(environment.sitePackages)/"
        + "\(installed.wheels[index].wheel.infoFolder)/RECORD"
    }
    return Command(
      arguments: [
        environment.interpreter, "-s", "-S", "-B", "-W", "ignore", "-c", Self.script,
        String(max(1, jobs)),
      ] + records,
      // Sets of constants are written in the order of their hashes.
      environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"])
  }

  /// Takes what ``command(for:of:jobs:)`` left in `upper` into the store, wheel by wheel.
  public func keep(
    _ indexes: [Int], of installed: InstalledWheels, from upper: FilePath
  ) async throws(WheelError) {
    for index in indexes where !installed.incomplete.contains(index) {
      let wheel = installed.wheels[index]
      let key = key(wheel, installed.environment)
      _ = try await store.result(.byteCode, key: key, failure: { failure($0, wheel) }) {
        (folder) throws(WheelError) in
        do throws(FileError) {
          let target = folder.appending("upper")
          try Files.makeDirectory(target)
          var writer = LayerWriter(root: target)
          let compiled = try ForeignFolder(upper)
          for path in compiledPaths(wheel, installed.environment) {
            try compiled.with(path) { (source) throws(FileError) in
              guard try Files.status(source)?.kind == .file else { return }
              try writer.link(source, at: path)
            }
          }
          try LayerListing(of: target).write(to: folder.appending(LayerListing.fileName))
        } catch {
          throw failure(error, wheel)
        }
      }
    }
  }

  /// Puts what ``restore(_:into:)`` and ``command(for:of:jobs:)`` left in `upper` into the wheels' layer,
  /// in place of byte code that a wheel brought itself (NumPy 1.26 does), as pip's compilation is.
  ///
  /// - Returns: the digests of the installed files that are still there.
  public func join(
    _ upper: FilePath, into layer: FilePath, of installed: InstalledWheels
  ) throws(FileError) -> PathTable<SHA256Digest> {
    var digests = installed.digests
    try Files.walk(upper) { (path, status) throws(FileError) in
      let place = layer.appending(path)
      switch status.kind {
      case .directory:
        if !Files.exists(place) {
          try Files.makeDirectory(place, permissions: status.permissions)
          try Files.setOwner(status.owner, group: status.group, of: place)
        }
      case .file:
        if Files.exists(place) { try Files.removeFile(place) }
        try Files.makeHardLink(place, to: upper.appending(path))
        digests[path] = nil
      default: break
      }
      return true
    }
    return digests
  }

  private func key(_ wheel: UnpackedWheel, _ environment: VirtualEnvironment) -> SHA256Digest {
    SHA256Digest(
      ofText: [
        "byte code 1", wheel.sha256.hex, wheel.wheel.fileName.writtenProject, environment.path,
        environment.pythonVersion, environment.interpreter, python, Self.script,
      ].joined(separator: "\0"))
  }

  private func failure(_ error: FileError, _ wheel: UnpackedWheel) -> WheelError {
    WheelError(.storage, wheel: wheel.wheel.fileName.text, cause: .file(error))
  }
}
