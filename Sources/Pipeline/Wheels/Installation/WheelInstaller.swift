public import Content
public import Diagnostics
public import Digests
public import FileSystem
public import SystemPackage

/// A wheel to install, and why it is there.
public struct WheelRequest: Hashable, Sendable {
  public let wheel: UnpackedWheel
  /// Whether the recipe asks for it; else it came as a dependency.
  public let isRequested: Bool
  /// For a wheel that was asked for by path or URL.
  public let directURL: DirectURL?

  public init(wheel: UnpackedWheel, isRequested: Bool, directURL: DirectURL? = nil) {
    self.wheel = wheel
    self.isRequested = isRequested
    self.directURL = directURL
  }
}

/// A set of wheels in a layer.
public struct InstalledWheels: Hashable, Sendable {
  public let environment: VirtualEnvironment
  /// In the order in which they were installed.
  public let wheels: [UnpackedWheel]
  /// The index into ``wheels`` of each installed file's wheel; paths inside the image, without a
  /// leading slash.
  public let owners: PathTable<Int>
  /// Of each installed file, by the same paths.
  public let digests: PathTable<SHA256Digest>
  /// ``WheelError/Code/sharedPath``: files that a later wheel replaced with other bytes.
  public let conflicts: [WheelError]
  /// The wheels that lost such a file.
  let incomplete: Set<Int>

  /// What ``owners`` points into, for a `Layer`.
  public var origins: [Origin] {
    wheels.map(\.origin)
  }

  public var warnings: [Diagnostic] { conflicts.flatMap(\.diagnostics) }
}

/// Installs unpacked wheels into a virtual environment, as pip does without compiling.
///
/// The tree is that of `pip install --no-compile --no-deps` but for `INSTALLER`, which names kiln,
/// and so RECORD's row for it. Of two wheels with one path the later one wins, as with pip, and
/// ``InstalledWheels/conflicts`` has it.
/// Source: the wheel format (PEP 427), recording installed projects (PEP 376, 627), and pip's
/// `_internal/operations/install/wheel.py` where they leave a choice.
public struct WheelInstaller: Sendable {
  private let environment: VirtualEnvironment
  private let installer: String

  /// - Parameter installer: the content of `INSTALLER`.
  public init(environment: VirtualEnvironment, installer: String = "kiln") {
    self.environment = environment
    self.installer = installer
  }

  /// Adds the files of `requests` to the upper directory of a layer, in that order.
  ///
  /// Files are hard links to the store: nothing may write into them, so commands run over a layer
  /// above this one.
  public func install(
    _ requests: [WheelRequest], into upper: FilePath
  ) throws(WheelError) -> InstalledWheels {
    var writer = LayerWriter(root: upper)
    var owners: PathTable<Int> = [:]
    var digests: PathTable<SHA256Digest> = [:]
    var conflicts: [WheelError] = []
    var incomplete: Set<Int> = []
    for (index, request) in requests.enumerated() {
      if Task.isCancelled {
        throw WheelError(.interrupted, wheel: request.wheel.wheel.fileName.text)
      }
      var installation = WheelInstallation(
        request: request, environment: environment, installer: installer, writer: writer)
      try installation.run()
      writer = installation.writer
      for (path, digest) in installation.written.elements {
        let path = "\(environment.path)/\(path)"
        if let owner = owners[path], owner != index, digests[path] != digest {
          incomplete.insert(owner)
          conflicts.append(conflict(path, requests[owner].wheel, request.wheel))
        }
        owners[path] = index
        digests[path] = digest
      }
    }
    return InstalledWheels(
      environment: environment, wheels: requests.map(\.wheel), owners: owners, digests: digests,
      conflicts: conflicts.sorted { ($0.wheel, $0.entry ?? "") < ($1.wheel, $1.entry ?? "") },
      incomplete: incomplete)
  }

  private func conflict(
    _ path: String, _ loser: UnpackedWheel, _ winner: UnpackedWheel
  ) -> WheelError {
    WheelError(
      .sharedPath, wheel: winner.wheel.fileName.text, entry: path,
      reason: "it was a file of \(loser.wheel.name) \(loser.wheel.version), with other bytes")
  }
}
