public import Content
import Diagnostics
public import Digests
public import Locks
import Materials
import Packages
public import Recipes
public import Sandbox
public import Store
public import SystemPackage
import WSL
import Wheels

/// Makes the root file system of a recipe from its fetched artifacts: packages configured, Python
/// installed, files and users put in, steps run.
///
/// Each part is a layer in the store under a key over all that it was made from, so a second build
/// starts where something changed, and a build after a failure at what failed.
public struct RootfsBuilder: Sendable {
  let store: Store
  let sandbox: Sandbox
  let jobs: Int
  let progress: ProgressSink
  /// Seconds since 1970; every time that a script writes into a file is this one.
  let sourceDateEpoch: Int64
  let networkEnvironment: [String: String]
  /// The program for the recipe's architecture; nil leaves it out.
  let smokeTest: FilePath?
  /// The program with its version, as bills of materials name it.
  let tool: String
  /// Gets layers whose packages or wheels are complete, while what comes above is still made.
  let settled: @Sendable (SettledLayers) -> Void
  /// Notes what a build would make; then nothing is made.
  var planning: Planning?

  /// - Parameters:
  ///   - networkEnvironment: variables for steps with network, such as the host's proxies; no part
  ///     of any key.
  ///   - smokeTest: `gpu-smoke-test` for the recipe's architecture; nil leaves it out.
  ///   - tool: the program with its version, as bills of materials name it.
  ///   - settled: gets what an image can be prepared from, ahead of the finished root.
  public init(
    store: Store, sandbox: Sandbox, jobs: Int, sourceDateEpoch: Int64,
    networkEnvironment: [String: String] = [:], smokeTest: FilePath? = nil, tool: String = "kiln",
    settled: @escaping @Sendable (SettledLayers) -> Void = { _ in },
    progress: @escaping ProgressSink
  ) {
    self.store = store
    self.sandbox = sandbox
    self.jobs = max(1, jobs)
    self.sourceDateEpoch = sourceDateEpoch
    self.networkEnvironment = networkEnvironment
    self.smokeTest = smokeTest
    self.settled = settled
    self.tool = tool
    self.progress = progress
  }

  /// - Parameter artifacts: where each of the lock's artifacts is, verified.
  public func build(
    _ recipe: Recipe, lock: Lock, artifacts: [SHA256Digest: FilePath]
  ) async throws(RootfsError) -> Rootfs {
    if planning == nil { try requireSpace(for: lock, artifacts) }
    var streams: DeflateSources = [:]
    // First, since a name that the archive does not have is found out in no time.
    let members = try await takeMembers(recipe, lock, artifacts)
    var chain = try await base(recipe, lock, artifacts)
    if let python = recipe.python {
      let wheels = try await install(python, lock, artifacts, on: &chain)
      for wheel in wheels { streams[wheel.origin] = wheel.streams }
      // What is there was compressed when it was made; and without steps the image comes next, which
      // would only look for all of it again.
      if chain.reports.last?.reused == false, !recipe.run.isEmpty {
        settled(SettledLayers(layers: chain.layers, streams: streams))
      }
    }
    chain.materials += Self.materials(lock.archives)
    try await stage(.files, &chain) { (chain) async throws(RootfsError) in
      try await makeCommonUsers(recipe, on: &chain)
      try await putFiles(recipe, lock, members, on: &chain)
      try await makeLocale(recipe, on: &chain)
    }
    if !recipe.run.isEmpty {
      try await stage(.steps, &chain) { (chain) async throws(RootfsError) in
        let locked = try packageStatus(chain)
        for (index, step) in recipe.run.enumerated() {
          progress(.advanced(.steps, done: Int64(index), item: step.name))
          try await run(step, index, recipe, on: &chain)
        }
        try tell(ofMoreThan: locked, in: chain)
        try await cleanUp(on: &chain)
      }
    }
    let bill = try await addBill(recipe, on: &chain)
    var flavours: [WSLSettings.Flavour: Layer] = [:]
    var bills: [WSLSettings.Flavour: BillOfMaterials] = [:]
    for flavour in recipe.wsl.install {
      let layer = try await layer(of: flavour, recipe, on: &chain)
      flavours[flavour] = layer
      bills[flavour] = try extended(bill, layer)
    }
    return Rootfs(
      layers: chain.layers, flavours: flavours, streams: streams, bills: bills,
      stages: chain.reports)
  }

  /// Reports a stage that consists of layers.
  func stage(
    _ stage: ProgressEvent.Stage, total: Int64? = nil, _ chain: inout LayerChain,
    _ body: (inout LayerChain) async throws(RootfsError) -> Void
  ) async throws(RootfsError) {
    let before = chain.reports.count
    progress(.started(stage, total: total, unit: .items))
    try await body(&chain)
    progress(.finished(stage, reused: chain.reports.dropFirst(before).allSatisfy(\.reused)))
  }

  func file(
    _ artifact: Artifact, _ artifacts: [SHA256Digest: FilePath]
  ) throws(RootfsError) -> FilePath {
    guard let path = artifacts[artifact.sha256] else {
      throw RootfsError(.artifactMissing, artifact.fileName)
    }
    return path
  }
}

extension RootfsBuilder {
  static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// What every program of the image gets. Times and orders that depend on these are the same in
  /// every build.
  var scriptEnvironment: [String: String] {
    [
      "PATH": Self.searchPath, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "LANGUAGE": "C.UTF-8",
      "DEBIAN_FRONTEND": "noninteractive", "DEBCONF_NONINTERACTIVE_SEEN": "true",
      "SOURCE_DATE_EPOCH": "\(sourceDateEpoch)", "PYTHONHASHSEED": "0",
    ]
  }

  /// Keeps maintainer scripts from starting services: `invoke-rc.d` and `deb-systemd-invoke` ask.
  static let policy = SandboxCommand.Mask(
    "/usr/sbin/policy-rc.d", content: "#!/bin/sh\nexit 101\n")
}
