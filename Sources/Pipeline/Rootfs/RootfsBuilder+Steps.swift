import Content
import Digests
import FileSystem
import Recipes
import Sandbox
import SystemPackage

extension RootfsBuilder {
  /// Runs one step in a layer of its own.
  func run(
    _ step: Recipe.Step, _ index: Int, _ recipe: Recipe, on chain: inout LayerChain
  ) async throws(RootfsError) {
    let place = recipe.places["run[\(index)]"]
    let accounts: Accounts
    do throws(FileError) { accounts = try Accounts(chain.stack) } catch { throw RootfsError(error) }
    guard let user = accounts.sandboxUser(step.user) else {
      throw RootfsError(
        .unknownUser, step.user, place: recipe.places["run[\(index)].user"] ?? place)
    }
    let environment = environment(of: step, user, recipe)
    let settings = environment.sorted { $0.key < $1.key }.map {
      LayerInput("variable \($0.key)", "\($0.key)=\($0.value)", text: $0.value)
    }
    let inputs = { () throws(RootfsError) in
      try [
        LayerInput("the script", step.script), LayerInput("the user", step.user),
        LayerInput("the network", "\(step.network)"),
      ] + settings + Self.fileInputs(of: step, recipe)
    }
    let description = LayerChain.Description(
      stage: .steps, name: "step \(step.name)", origin: Origin(.step, name: step.name),
      inputs: try inputs(), reread: inputs)
    try await chain.add(description, in: store, privileges: sandbox.privileges) {
      (workplace) async throws(RootfsError) in
      var command = SandboxCommand(
        layers: workplace.lower, writes: workplace.writes,
        arguments: step.script.hasPrefix("#!") ? ["/kiln/step"] : ["/bin/sh", "-e", "/kiln/step"],
        environment: environment, user: user, network: step.network, timeout: step.timeout)
      if step.network {
        command.environment.merge(certificates) { own, _ in own }
        command.secrets = networkEnvironment.filter { environment[$0.key] == nil }
      }
      command.binds = step.inputs.map { input in
        .init(recipe.directory.pushing(input), at: "/kiln/inputs/\(input)")
      }
      command.masks = [Self.policy, .init("/kiln/step", content: step.script)]
      do throws(SandboxError) {
        try await sandbox.run(command) { _, line in progress(.output(.steps, line)) }
      } catch {
        throw RootfsError(error, .step, step.name, place: place, wasOffline: !step.network)
      }
      if let path = try lost(in: workplace) {
        throw RootfsError(.rootDamaged, step.name, detail: path, place: place)
      }
      return MadeLayer()
    }
  }

  /// The first of the paths that clean-up and every start of the image need, which is gone: the error
  /// would come later, and not name the step.
  private func lost(in workplace: Workplace) throws(RootfsError) -> String? {
    let kinds: [(path: String, kind: FileStatus.Kind)] = [
      ("etc", .directory), ("etc/passwd", .file), ("bin/sh", .file),
    ]
    let has = { (stack: LayerStack, path: String, kind: FileStatus.Kind) throws(FileError) in
      try stack.entry(try stack.resolve(path))?.status.kind == kind
    }
    do throws(FileError) {
      for (path, kind) in kinds {
        if try !has(workplace.stack, path, kind),
          try has(LayerStack(workplace.lower), path, kind)
        {
          return "/" + path
        }
      }
      return nil
    } catch { throw RootfsError(error) }
  }

  private static func fileInputs(
    of step: Recipe.Step, _ recipe: Recipe
  ) throws(RootfsError) -> [LayerInput] {
    var inputs: [LayerInput] = []
    do throws(FileError) {
      for input in step.inputs {
        inputs += try InputLines.of(recipe.directory.pushing(input), name: input.string).map {
          LayerInput("input \($0.prefix { $0 != "\t" })", $0)
        }
      }
    } catch { throw RootfsError(error) }
    return inputs
  }

  private func environment(
    of step: Recipe.Step, _ user: SandboxCommand.User, _ recipe: Recipe
  ) -> [String: String] {
    var environment = scriptEnvironment
    environment["HOME"] = user.home
    environment["USER"] = step.user
    environment["LOGNAME"] = step.user
    environment.merge(recipe.environment) { _, own in own }
    environment.merge(step.environment) { _, own in own }
    return environment
  }

  /// Where a step finds the host's certificates; beside the host's proxies what it needs to get out,
  /// and no part of its key.
  private var certificates: [String: String] {
    guard let bundle = sandbox.certificates, Files.exists(bundle) else { return [:] }
    return ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"].reduce(into: [:]) {
      $0[$1] = Sandbox.certificates
    }
  }
}

/// The content of files of the recipe's folder, for keys.
enum InputLines {
  /// One line for a file or link, or for each below a folder: name, mode, digest or target.
  static func of(_ path: FilePath, name: String) throws(FileError) -> [String] {
    guard let status = try Files.status(path) else {
      throw FileError("read", path, errno: .noSuchFileOrDirectory)
    }
    var lines = [try line(path, name, status)]
    guard status.kind == .directory else { return lines }
    try Files.walk(path) { (entry, status) throws(FileError) in
      lines.append(try line(path.appending(entry), "\(name)/\(entry)", status))
      return true
    }
    return lines
  }

  private static func line(
    _ path: FilePath, _ name: String, _ status: FileStatus
  ) throws(FileError) -> String {
    let mode = String(status.permissions & 0o111 == 0 ? 0o644 : 0o755, radix: 8)
    switch status.kind {
    case .symlink: return "\(name)\tlink\t\(try Files.readSymlink(path))"
    case .directory: return "\(name)\tfolder"
    case .file:
      return "\(name)\t\(mode)\t\(try FileDigest(of: path).sha256.hex)"
    default: throw FileError("read", path, errno: .notSupported)
    }
  }
}
