import Content
import Digests
import FileSystem
import FoundationEssentials
import Locks
import Materials
import Packages
import Recipes
import Sandbox
import SystemPackage
import Wheels

extension RootfsBuilder {
  /// Puts the bill of materials into a layer, on top of all that the flavours share.
  ///
  /// - Returns: the bill, with the files that the layers below add.
  func addBill(
    _ recipe: Recipe, on chain: inout LayerChain
  ) async throws(RootfsError) -> BillOfMaterials {
    var bill = BillOfMaterials(
      name: recipe.name, description: recipe.description, tool: tool,
      sourceDateEpoch: sourceDateEpoch, suite: recipe.suite, materials: chain.materials)
    // The files follow from the layers below, which are part of the key.
    let description = LayerChain.Description(
      stage: .files, name: "bill of materials", origin: Origin(.materials),
      inputs: [
        LayerInput("kiln's version", tool),
        LayerInput("the list of packages and wheels", bill.digest.hex),
      ])
    let below = chain.layers
    try await chain.add(description, in: store, privileges: sandbox.privileges) {
      (place) throws(RootfsError) in
      do throws(FileError) {
        bill.files = try AddedFiles.of(below)
        var editor = LayerEditor(place)
        let attributes = LayerEditor.Attributes(mode: 0o644)
        try editor.write(bill.spdx(), at: "usr/share/kiln/sbom.spdx.json", attributes)
        try editor.write(bill.cycloneDX(), at: "usr/share/kiln/sbom.cdx.json", attributes)
        try AddedFiles.write(bill.files, beside: place.upper)
      } catch { throw RootfsError(error) }
      return MadeLayer()
    }
    guard let layer = chain.layers.last else { return bill }
    do throws(FileError) { bill.files = try AddedFiles.read(beside: layer.directory) } catch {
      throw RootfsError(error)
    }
    return bill
  }

  /// The bill with what a flavour's own layer adds or replaces.
  func extended(_ bill: BillOfMaterials, _ layer: Layer) throws(RootfsError) -> BillOfMaterials {
    var bill = bill
    do throws(FileError) {
      let own = try AddedFiles.of([layer])
      let replaced = Set(own.map(\.path))
      bill.files = AddedFiles.sorted(bill.files.filter { !replaced.contains($0.path) } + own)
    } catch { throw RootfsError(error) }
    return bill
  }

  func materials(
    _ root: PristineRoot, _ lock: Lock
  ) throws(RootfsError) -> [Material] {
    var packages: [SHA256Digest: UnpackedPackage] = [:]
    for package in root.packages + root.deferred { packages[package.artifact.sha256] = package }
    return try lock.packages.map { (artifact) throws(RootfsError) in
      let package = packages[artifact.sha256]
      let isRequested = lock.requested.contains(artifact.name)
      guard let package else { return Material(artifact, isRequested: isRequested) }
      do throws(PackageError) {
        return Material(
          artifact, isRequested: isRequested,
          source: .init(field: package.control["Source"], of: artifact),
          licenceFiles: try package.licenceFiles, supplier: package.control["Maintainer"],
          homepage: package.control["Homepage"])
      } catch { throw RootfsError(error) }
    }
  }

  /// One of each name and content: the same file may have several addresses.
  static func materials(_ archives: [Artifact]) -> [Material] {
    var seen: Set<[String]> = []
    return archives.filter { seen.insert([$0.name, $0.sha256.hex]).inserted }.map {
      Material($0, isRequested: true)
    }
  }

  func materials(
    _ wheels: [UnpackedWheel], _ lock: Lock, _ environment: VirtualEnvironment
  ) -> [Material] {
    zip(lock.wheels, wheels).map { artifact, unpacked in
      let licence = unpacked.wheel.licence
      let folder = "\(unpacked.wheel.infoFolder)/"
      let files = unpacked.files.map(\.path).filter { path in
        path.hasPrefix(folder) && WheelLicence.isLicenceFile(String(path.dropFirst(folder.count)))
      }
      return Material(
        artifact, isRequested: lock.requested.contains(artifact.name),
        licence: licence.expression.map(Material.Licence.expression)
          ?? licence.text.map(Material.Licence.text),
        licenceFiles: files.map { "/\(environment.path)/\(environment.sitePackages)/\($0)" },
        supplier: licence.author, homepage: licence.homepage)
    }
  }
}

extension Recipe {
  /// nil where the base is a tarball.
  fileprivate var suite: String? {
    switch base {
    case .debian(let suite), .ubuntu(let suite): suite.suite
    case .tarball: nil
    }
  }
}

/// The files of layers that come from no package and no wheel.
enum AddedFiles {
  static let fileName = "added.json"

  /// - Parameter layers: lowest first; what one of them hides is left out.
  static func of(_ layers: [Layer]) throws(FileError) -> [AddedFile] {
    let stack = LayerStack(layers.map(\.directory))
    var found: [AddedFile] = []
    // Packages, wheels and what is made from them are in layers of their own.
    for layer in layers where AddedFile.origins.contains(layer.origin.kind) {
      let listing = try LayerListing(reading: layer.listing)
      for entry in listing.entries where entry.kind == .file || entry.kind == .symlink {
        let origin = listing.origin(of: entry, in: layer)
        let place = layer.directory.appending(entry.path)
        if AddedFile.origins.contains(origin.kind), try stack.entry(entry.path)?.path == place {
          found.append(try file(entry, at: place, origin))
        }
      }
    }
    return sorted(found)
  }

  private static func file(
    _ entry: LayerListing.Entry, at place: FilePath, _ origin: Origin
  ) throws(FileError) -> AddedFile {
    var sha1 = HasherSHA1()
    guard let sha256 = entry.sha256 else {
      sha1.update(Array(entry.link.utf8))
      return AddedFile(
        path: "/" + entry.path, origin: origin, sha256: SHA256Digest(ofText: entry.link),
        sha1: sha1.finish(), link: entry.link)
    }
    try Files.read(place, inPieces: 1 << 20) { (piece) throws(FileError) in sha1.update(piece) }
    return AddedFile(
      path: "/" + entry.path, origin: origin, sha256: sha256, sha1: sha1.finish())
  }

  static func sorted(_ files: [AddedFile]) -> [AddedFile] {
    files.sorted { precedes($0.path, $1.path) }
  }

  static func write(_ files: [AddedFile], beside upper: FilePath) throws(FileError) {
    let path = upper.removingLastComponent().appending(fileName)
    guard let data = try? JSONEncoder().encode(files) else {
      throw FileError(.other, "list the files in", path)
    }
    try Files.write(Array(data), to: path)
  }

  static func read(beside upper: FilePath) throws(FileError) -> [AddedFile] {
    let path = upper.removingLastComponent().appending(fileName)
    let bytes = try Files.read(path)
    guard let files = try? JSONDecoder().decode([AddedFile].self, from: Data(bytes)) else {
      throw FileError(.damaged, "understand", path)
    }
    return files
  }
}
