import Content
import Digests
import FileSystem
import Materials
import Packages
import Recipes
import Sandbox
import Store
import SystemPackage

/// The stack of layers as it grows, each a result of the store under a key over all that it was
/// made from: the key of the layer below, and its own inputs.
struct LayerChain {
  /// Changes when the same inputs would give another layer.
  static let formatVersion = 5

  private(set) var layers: [Layer]
  private(set) var key: SHA256Digest
  private(set) var reports: [Rootfs.StageReport] = []
  /// What was fetched for the layers, in the lock's order.
  var materials: [Material] = []
  /// The recipe's name.
  let recipe: String
  /// What the lowest layer is made from.
  private let foundation: [LayerInput]
  /// Whether a layer that the store lacks is an error: then nothing is made.
  private let planning: Planning?

  init(
    base: Layer, key: SHA256Digest, recipe: String, foundation: [LayerInput], planning: Planning?
  ) {
    layers = [base]
    self.key = key
    self.recipe = recipe
    self.foundation = foundation
    self.planning = planning
  }

  var directories: [FilePath] { layers.map(\.directory) }
  var stack: LayerStack { LayerStack(directories) }

  mutating func report(_ report: Rootfs.StageReport) { reports.append(report) }

  /// What one layer is.
  struct Description {
    let stage: ProgressEvent.Stage
    let name: String
    let origin: Origin
    /// All that it is made from, besides the layers below.
    let inputs: [LayerInput]
    /// Reads the inputs anew; nil where nobody can change them.
    var reread: (() throws(RootfsError) -> [LayerInput])?

    /// Refuses what was made while somebody wrote into the recipe's folder: the store would give
    /// it for inputs that it was not made from, for ever.
    func requireUnchanged() throws(RootfsError) {
      guard let found = try reread?(), found != inputs else { return }
      let changed = Set(found).symmetricDifference(inputs).map(\.name).sorted()
      throw RootfsError(.inputChanged, changed.first ?? name)
    }

    /// What of the layer's tree could not be recorded, as the recipe's author knows it.
    func failure(_ error: FileError, in upper: FilePath) -> RootfsError {
      var path = error.path
      let isTooLong = error.cause == .fileNameTooLong
      guard error.code == .notUTF8 || isTooLong, path.removePrefix(upper) else {
        return RootfsError(error)
      }
      let reason = isTooLong ? "it is longer than a path can be" : "its bytes are not valid UTF-8"
      return RootfsError(
        .unreadableName, "/\(FileError.shown(path))", detail: "\(reason); the \(name) made it")
    }
  }

  /// Puts a layer on top: the store's, or a new one that `make` fills.
  ///
  /// - Parameter make: gets an empty upper directory and a work directory beside it.
  mutating func add(
    _ description: Description, in store: Store, privileges: Privileges,
    _ make: (Workplace) async throws(RootfsError) -> MadeLayer
  ) async throws(RootfsError) {
    let clock = ContinuousClock()
    let start = clock.now
    let (layer, key, reused) = try await layer(description, store, privileges, make)
    layers.append(layer)
    self.key = key
    reports.append(
      .init(
        stage: description.stage, name: description.name, reused: reused,
        milliseconds: Int64((clock.now - start) / .milliseconds(1))))
  }

  /// The layer without putting it on top.
  func layer(
    _ description: Description, _ store: Store, _ privileges: Privileges,
    _ make: (Workplace) async throws(RootfsError) -> MadeLayer
  ) async throws(RootfsError) -> (Layer, SHA256Digest, reused: Bool) {
    let key = key(of: description, privileges)
    let record = LayerRecord(
      recipe: recipe, layer: description.name, below: self.key, inputs: description.inputs,
      foundation: layers.count == 1 ? foundation : [])
    if let planning, store.result(.layer, key: key) == nil {
      planning.miss(record)
      throw RootfsError(.notMade, description.name)
    }
    let result = try await store.result(.layer, key: key, failure: { RootfsError($0) }) {
      (folder) async throws(RootfsError) in
      let place = Workplace(
        lower: directories, upper: folder.appending("upper"), work: folder.appending("work"),
        privileges: privileges)
      do throws(FileError) {
        try Files.makeDirectory(place.upper)
        try Files.makeDirectory(place.work)
      } catch { throw RootfsError(error) }
      let made = try await make(place)
      try description.requireUnchanged()
      do throws(FileError) {
        try Files.removeTree(place.work)
        try made.listing(of: place.upper).write(to: folder.appending(LayerListing.fileName))
        try record.write(to: folder)
      } catch { throw description.failure(error, in: place.upper) }
    }
    let layer = Layer(
      directory: result.path.appending("upper"), origin: description.origin,
      listing: result.path.appending(LayerListing.fileName))
    return (layer, key, result.reused)
  }

  private func key(of description: Description, _ privileges: Privileges) -> SHA256Digest {
    // A layer marks opaque folders in another way in a user namespace.
    let overlay = privileges.overlayNamespace
    let parts = ["layer", "\(Self.formatVersion)", key.hex, overlay, description.name]
    return SHA256Digest(ofText: (parts + description.inputs.map(\.value)).joined(separator: "\0"))
  }
}

/// What the maker of a layer knows of its files.
struct MadeLayer {
  /// The paths whose origin is not the layer's.
  var owners: PathTable<Origin> = [:]
  /// Of files that were hashed before.
  var digests: PathTable<SHA256Digest> = [:]

  fileprivate func listing(of upper: FilePath) throws(FileError) -> LayerListing {
    let origins = Set(owners.elements.map { $0.value }).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(origins, origins.indices))
    return try LayerListing(
      of: upper, owners: owners.compactMapValues { numbers[$0] }, origins: origins, known: digests)
  }
}

/// Where a layer is being made.
struct Workplace {
  let lower: [FilePath]
  let upper: FilePath
  let work: FilePath
  let privileges: Privileges

  var stack: LayerStack { LayerStack(lower + [upper]) }
  var writes: SandboxCommand.Writes { .layer(upper: upper, work: work) }
}
