import Content
import Digests
import FileSystem
import Locks
import Sandbox
import Store
import SystemPackage
import Wheels

extension RootfsBuilder {
  /// Makes a virtual environment in a layer of its own, or takes the one that another recipe's root
  /// with the same Python had at the same place.
  ///
  /// - Parameter projects: whose wheels will be installed.
  func makeEnvironment(
    _ environment: VirtualEnvironment, for projects: [String], _ lock: Lock,
    on chain: inout LayerChain
  ) async throws(RootfsError) {
    let path = "/" + environment.path
    let creation = environment.creation(replacing: projects)
    let description = LayerChain.Description(
      stage: .python, name: "virtual environment", origin: Origin(.python),
      inputs: creation.map { LayerInput("the command", $0) }
        + [LayerInput("Python's version", environment.pythonVersion)])
    // The files' times are clamped in the image, and the byte code has none: so the source date,
    // which differs from lock to lock, is nothing to an environment.
    let variables = scriptEnvironment.filter { $0.key != "SOURCE_DATE_EPOCH" }
    let key = try environmentKey(environment.path, creation, variables, lock, chain.layers)
    try await chain.add(description, in: store, privileges: sandbox.privileges) {
      (place) async throws(RootfsError) in
      if let known = store.result(.environment, key: key) {
        try copy(known.appending("upper"), into: place.upper)
        return MadeLayer()
      }
      let command = SandboxCommand(
        layers: place.lower, writes: place.writes, arguments: creation, environment: variables)
      do throws(SandboxError) {
        try await sandbox.run(command) { _, line in progress(.output(.python, line)) }
      } catch {
        throw RootfsError(error, .virtualEnvironment, path)
      }
      _ = try await store.result(.environment, key: key, failure: { RootfsError($0) }) {
        (folder) throws(RootfsError) in
        let upper = folder.appending("upper")
        do throws(FileError) { try Files.makeDirectory(upper) } catch { throw RootfsError(error) }
        try copy(place.upper, into: upper)
        do throws(FileError) {
          try LayerListing(of: upper).write(to: folder.appending(LayerListing.fileName))
        } catch { throw description.failure(error, in: upper) }
      }
      return MadeLayer()
    }
  }

  private func copy(_ source: FilePath, into target: FilePath) throws(RootfsError) {
    do throws(FileError) { try Files.copyTree(source, into: target) } catch {
      throw RootfsError(error)
    }
  }

  /// Over the command and every artifact that has a part in the image's Python: the interpreter, its
  /// library, the wheels that it seeds environments with, and whatever else is among Python's files,
  /// configures pip or is in the environment's way.
  private func environmentKey(
    _ environment: String, _ creation: [String], _ variables: [String: String], _ lock: Lock,
    _ layers: [Layer]
  ) throws(RootfsError) -> SHA256Digest {
    let places = [
      "usr/lib/py", "usr/share/py", "usr/bin/py", "usr/local/", "etc/py", "etc/pip", "opt/",
      "usr/lib/\(lock.architecture.multiarch)/libpy", "root/", environment,
    ]
    var parts: Set<Origin> = []
    for layer in layers {
      let listing: LayerListing
      do throws(FileError) { listing = try LayerListing(reading: layer.listing) } catch {
        throw RootfsError(error)
      }
      let entries = listing.entries.lazy.filter { entry in
        places.contains { entry.path.utf8.starts(with: $0.utf8) }
      }
      parts.formUnion(Set(entries.compactMap(\.origin)).map { listing.origins[$0] })
    }
    let digests = lock.artifacts.filter { artifact in
      artifact.kind == .base
        || parts.contains(Origin(.package, name: artifact.name, version: artifact.version))
    }.map(\.sha256.hex)
    let overlay = sandbox.privileges.overlayNamespace
    return SHA256Digest(
      ofText: (["virtual environment 1", overlay] + creation
        + variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + digests)
        .joined(separator: "\0"))
  }
}
