import Content
import FileSystem
import Recipes
import Sandbox
import SystemPackage

extension RootfsBuilder {
  /// Runs one step in a layer of its own.
  func run(
    _ step: Recipe.Step, _ index: Int, _ recipe: Recipe, on chain: inout LayerChain
  ) async throws(RootfsError) {
    let origin = recipe.places["run[\(index)]"]
    let accounts: Accounts
    do throws(FileError) { accounts = try Accounts(chain.stack) } catch { throw RootfsError(error) }
    guard let user = accounts.sandboxUser(step.user) else {
      throw RootfsError(
        .unknownUser, step.user, detail: Self.lateness(step.user, recipe),
        place: recipe.places["run[\(index)].user"] ?? origin)
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
      (place) async throws(RootfsError) in
      var command = SandboxCommand(
        layers: place.lower, writes: place.writes,
        arguments: step.script.utf8.starts(with: "#!".utf8)
          ? ["/kiln/step"] : ["/bin/sh", "-e", "/kiln/step"],
        environment: environment, user: user, network: step.network, timeout: step.timeout)
      if step.network {
        command.environment.merge(certificates) { own, _ in own }
        command.secrets = networkEnvironment.filter { environment[$0.key] == nil }
      }
      command.binds = try materials(of: step, recipe, in: place.work)
      command.masks = [Self.policy]
      let transcript = Transcript()
      do throws(SandboxError) {
        try await sandbox.run(command) { _, line in
          transcript.append(line)
          progress(.output(.steps, line))
        }
      } catch {
        throw RootfsError(
          error, .step, step.name, place: origin, wasOffline: !step.network,
          log: transcript.keep("\(recipe.name)-\(step.name)", in: store))
      }
      if let path = try lost(in: place) {
        throw RootfsError(.rootDamaged, step.name, detail: path, place: origin)
      }
      return MadeLayer()
    }
  }

  /// The script and copies of the inputs, which are all of the step's that the host shows it.
  ///
  /// Of an input the key knows content and whether it is executable. The host's owner, umask and times
  /// are left out of it, so the step sees none of them.
  private func materials(
    of step: Recipe.Step, _ recipe: Recipe, in folder: FilePath
  ) throws(RootfsError) -> [SandboxCommand.Bind] {
    let script = folder.appending("step")
    let inputs = folder.appending("inputs")
    let copies = InputCopies(inputs, modified: sourceDateEpoch)
    do throws(FileError) {
      try Files.write(step.script, to: script)
      try Files.setPermissions(0o755, of: script)
      guard !step.inputs.isEmpty else { return [.init(script, at: "/kiln/step")] }
      for input in step.inputs {
        try copies.add(recipe.directory.pushing(input.path), at: input.name)
      }
      try copies.finish()
    } catch { throw RootfsError(error) }
    return [.init(script, at: "/kiln/step"), .init(inputs, at: "/kiln/inputs")]
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
        let path = recipe.directory.pushing(input.path)
        inputs += try InputLines.of(path, name: input.name.string).map {
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
