public import Content
internal import Digests
internal import FileSystem
public import Locks
public import Store
internal import SystemPackage

/// One root file system of unpacked packages, as `dpkg --unpack` of all of them would leave it, but
/// for what only their scripts can do.
///
/// It is made of hard links to the packages' files in the store. Conffiles stand at their final
/// place with their digests in dpkg's status, so that `dpkg --configure` leaves them as they are.
public struct PristineRoot: Sendable {
  /// What stands in the root and who owns it; dpkg's `info/<package>.*` belong to that package, its
  /// other files and the links of a merged `/usr` to the configuration.
  public let layer: Layer
  /// The unpacked packages in the order given.
  public let packages: [UnpackedPackage]
  /// Packages that divert others' files: `dpkg --unpack` has to unpack them in the sandbox, after
  /// the ``preinsts``.
  public let deferred: [UnpackedPackage]
  /// Packages of the root whose `preinst install` has to be run, in this order.
  public let preinsts: [UnpackedPackage]
  /// Whether the store had it already.
  public let reused: Bool
}

extension PristineRoot {
  /// What a root is made for.
  public struct Options: Hashable, Sendable {
    public var architecture: Architecture
    /// Whether `/bin`, `/sbin` and `/lib*` are links into `/usr`. From trixie on base-files ships
    /// the links itself, and kiln adds none.
    public var mergedUsr: Bool
    /// Time of what no package dates, seconds since 1970.
    public var epoch: Int64

    public init(architecture: Architecture, mergedUsr: Bool = true, epoch: Int64) {
      self.architecture = architecture
      self.mergedUsr = mergedUsr
      self.epoch = epoch
    }
  }

  static let formatVersion = 4

  /// Merges packages into one root, a result of the store.
  ///
  /// - Parameter packages: base-files is taken first; of the others the order decides what dpkg
  ///   leaves to the order of unpacking: the mode of a folder that several list, and who replaces
  ///   whom of two packages that replace each other.
  /// - Throws: ``PackageError/Code/overlap`` as dpkg's "trying to overwrite".
  public static func make(
    packages: [UnpackedPackage], options: Options, store: Store
  ) async throws(PackageError) -> PristineRoot {
    let key = key(packages.map(\.artifact), options)
    let result = try await store.result(
      .pristine, key: key, failure: { PackageError($0, package: "the root") }
    ) { (folder) async throws(PackageError) in
      let plan = try MergePlan.make(packages, options: options)
      let writer = PristineWriter(
        root: folder.appending("root"), packages: packages, plan: plan, options: options)
      let owners = try writer.write()
      do throws(FileError) {
        try DeferredPackages(indexes: plan.deferred).write(to: folder)
        try LayerListing(
          of: folder.appending("root"), owners: owners,
          origins: packages.map { Origin(.package, name: $0.name, version: $0.version) },
          known: plan.digests
        ).write(to: folder.appending(LayerListing.fileName))
      } catch {
        throw PackageError(error, package: "the root")
      }
    }
    return try open(result, packages)
  }

  /// Whether the store has the root of these packages.
  public static func isMade(of packages: [Artifact], options: Options, in store: Store) -> Bool {
    store.result(.pristine, key: key(packages, options)) != nil
  }

  private static func key(_ packages: [Artifact], _ options: Options) -> SHA256Digest {
    SHA256Digest(
      ofText: "pristine \(formatVersion) \(options.architecture.rawValue) \(options.mergedUsr) "
        + "\(options.epoch) " + packages.map(\.sha256.hex).joined(separator: " "))
  }

  private static func open(
    _ result: Store.Result, _ packages: [UnpackedPackage]
  ) throws(PackageError) -> PristineRoot {
    let deferred: Set<Int>
    do throws(FileError) { deferred = try DeferredPackages(reading: result.path).indexes } catch {
      throw PackageError(error, package: "the root")
    }
    let unpacked = packages.indices.filter { !deferred.contains($0) }
    let withScripts = unpacked.map { packages[$0] }.filter { $0.controlFiles.contains("preinst") }
    // The others' scripts want the users and groups that base-passwd's makes.
    let preinsts =
      withScripts.filter { $0.name == "base-passwd" }
      + withScripts.filter { $0.name != "base-passwd" }
    return PristineRoot(
      layer: Layer(
        directory: result.path.appending("root"), origin: Origin(.configuration),
        listing: result.path.appending(LayerListing.fileName)),
      packages: unpacked.map { packages[$0] },
      deferred: deferred.sorted().map { packages[$0] }, preinsts: preinsts,
      reused: result.reused)
  }
}
