import Content
import Diagnostics
import Digests
import FileSystem
import Locks
import Recipes
import Sandbox
import SystemPackage
import Wheels

extension RootfsBuilder {
  /// Makes the virtual environment while the lock's wheels are unpacked, and installs them, compiled
  /// where the recipe wants it: two layers.
  ///
  /// - Returns: the wheels in the lock's order.
  func install(
    _ python: Recipe.Python, _ lock: Lock, _ artifacts: [SHA256Digest: FilePath],
    on chain: inout LayerChain
  ) async throws(RootfsError) -> [UnpackedWheel] {
    let wheels = try lock.wheels.map { (artifact) throws(RootfsError) in
      (artifact: artifact, file: try file(artifact, artifacts))
    }
    let version = try pythonVersion(python, chain.stack)
    let environment = VirtualEnvironment(path: python.venv, pythonVersion: version)
    var unpacked: [UnpackedWheel] = []
    try await stage(.python, &chain) { (chain) async throws(RootfsError) in
      async let unpacking = unpack(wheels)
      try await makeEnvironment(environment, for: wheels.map(\.artifact.name), lock, on: &chain)
      unpacked = try await unpacking.get()
      chain.materials += materials(unpacked, lock, environment)
      if unpacked.isEmpty { return }
      let requests = zip(unpacked, lock.wheels).map { wheel, artifact in
        WheelRequest(
          wheel: wheel, isRequested: lock.requested.contains(artifact.name),
          directURL: artifact.source == "recipe"
            ? DirectURL(recipePath: artifact.path, sha256: artifact.sha256) : nil)
      }
      try await putWheels(
        requests, environment, lock, isCompiled: python.byteCode, on: &chain)
    }
    return unpacked
  }

  private func unpack(
    _ wheels: [(artifact: Artifact, file: FilePath)]
  ) async -> Result<[UnpackedWheel], RootfsError> {
    do throws(WheelError) {
      return .success(
        try await WheelUnpacker(store: store, jobs: jobs, progress: progress).unpack(wheels))
    } catch { return .failure(RootfsError(error)) }
  }

  /// `3.13`, from what the image's `python3` is a link to.
  private func pythonVersion(
    _ python: Recipe.Python, _ stack: LayerStack
  ) throws(RootfsError) -> String {
    do throws(FileError) {
      let target = try stack.resolve("usr/bin/python3")
      let name = target.pathComponents.last ?? ""
      if try stack.file(target) != nil, name.hasPrefix("python3.") {
        return String(name.dropFirst("python".count))
      }
    } catch { throw RootfsError(error) }
    throw RootfsError(.pythonMissing, python.venv)
  }

  private func putWheels(
    _ requests: [WheelRequest], _ environment: VirtualEnvironment, _ lock: Lock,
    isCompiled: Bool, on chain: inout LayerChain
  ) async throws(RootfsError) {
    let inputs = requests.map { request in
      let url = request.directURL.map { "\($0.url) \($0.sha256)" } ?? ""
      return LayerInput(
        "wheel \(request.wheel.wheel.fileName.project)",
        "\(request.wheel.sha256) \(request.isRequested) \(url)",
        text: request.wheel.wheel.version)
    }
    let description = LayerChain.Description(
      stage: .python, name: "wheels", origin: Origin(.python),
      inputs: [
        LayerInput("the environment's path", environment.path),
        LayerInput("Python's version", environment.pythonVersion),
        LayerInput("the interpreter", environment.interpreter),
      ] + inputs + (isCompiled ? [] : [LayerInput("byte code", "left out")]))
    let compiler = ByteCode(store: store, python: interpreter(environment, lock))
    let below = SettledLayers(layers: chain.layers, streams: [:])
    try await chain.add(description, in: store, privileges: sandbox.privileges) {
      (place) async throws(RootfsError) in
      settled(below)
      let installed: InstalledWheels
      do throws(WheelError) {
        installed = try WheelInstaller(environment: environment).install(
          requests, into: place.upper)
      } catch { throw RootfsError(error) }
      for warning in installed.warnings {
        progress(.noticed(code: warning.code, message: warning.message))
      }
      return MadeLayer(
        owners: installed.owners.compactMapValues { installed.origins[$0] },
        digests: isCompiled
          ? try await compile(installed, compiler, over: place) : installed.digests)
    }
  }

  /// Adds the wheels' byte code to the layer that holds them: from the store, or made in a layer
  /// above, since nothing may write into the wheels' files, which are links into the store.
  ///
  /// - Returns: the digests of the files that are still as they were installed.
  private func compile(
    _ installed: InstalledWheels, _ compiler: ByteCode, over place: Workplace
  ) async throws(RootfsError) -> PathTable<SHA256Digest> {
    let above = Workplace(
      lower: place.lower + [place.upper], upper: place.work.appending("compiled"),
      work: place.work.appending("overlay"), privileges: place.privileges)
    let missing: [Int]
    do throws(FileError) {
      try Files.makeDirectory(above.upper)
      try Files.makeDirectory(above.work)
    } catch { throw RootfsError(error) }
    do throws(WheelError) { missing = try compiler.restore(installed, into: above.upper) } catch {
      throw RootfsError(error)
    }
    if !missing.isEmpty {
      let compilation = compiler.command(for: missing, of: installed, jobs: jobs)
      let command = SandboxCommand(
        layers: above.lower, writes: above.writes, arguments: compilation.arguments,
        environment: compilation.environment)
      do throws(SandboxError) {
        try await sandbox.run(command) { _, line in progress(.output(.python, line)) }
      } catch {
        throw RootfsError(error, .virtualEnvironment, "/" + installed.environment.path)
      }
      do throws(WheelError) {
        try await compiler.keep(missing, of: installed, from: above.upper)
      } catch { throw RootfsError(error) }
    }
    do throws(FileError) {
      return try compiler.join(above.upper, into: place.upper, of: installed)
    } catch { throw RootfsError(error) }
  }

  /// Which interpreter exactly compiles: byte code may differ from one build of it to the next.
  private func interpreter(_ environment: VirtualEnvironment, _ lock: Lock) -> String {
    lock.artifacts.filter { artifact in
      artifact.kind == .base || artifact.name.contains("python\(environment.pythonVersion)")
    }.map { "\($0.name) \($0.version) \($0.sha256)" }.joined(separator: "\n")
  }
}
