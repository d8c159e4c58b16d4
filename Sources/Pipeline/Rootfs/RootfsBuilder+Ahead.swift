public import Locks
import Packages
public import Store
public import SystemPackage
import Wheels

extension RootfsBuilder {
  /// Unpacks an artifact that is there already, ahead of ``build(_:lock:artifacts:)``, which finds it
  /// unpacked.
  ///
  /// Failures are not reported: building meets them again.
  public static func unpackAhead(_ artifact: Artifact, _ file: FilePath, in store: Store) async {
    switch artifact.kind {
    case .package:
      _ = try? await PackageUnpacker(store: store, jobs: 1, progress: { _ in })
        .unpack([(artifact, file)])
    case .wheel:
      _ = try? await WheelUnpacker(store: store, jobs: 1, progress: { _ in })
        .unpack([(artifact, file)])
    case .base, .archive: break
    }
  }
}
