internal import Content
internal import Digests
internal import FileSystem
internal import Images
internal import Locks
internal import Materials
internal import Recipes
internal import Rootfs
internal import Signatures
internal import Store
internal import SystemPackage

extension Builder {
  /// What stands beside each image: its bill of materials in two formats, and how it was made.
  func companions(
    _ request: BuildRequest, _ prepared: Prepared, _ rootfs: Rootfs
  ) -> Companions {
    let recipes = Self.documents(prepared.recipe)
    let lock = ProvenanceStatement.Document(
      path: "\(request.recipe.stem ?? "").lock.json", sha256: prepared.lockDigest)
    let architecture = prepared.recipe.architecture.rawValue
    let inputs =
      [request.recipe.lastComponent?.string ?? "", lock.path, lock.sha256.hex, architecture]
      + recipes.map { "\($0.path) \($0.sha256)" }
      + request.variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return Companions(
      [".spdx.json", ".cdx.json", ".provenance.json"], signatures: KeyForm.allCases.map(\.ending),
      inputs: SHA256Digest(ofText: inputs.joined(separator: "\0"))
    ) { imageRequest, image in
      guard let flavour = imageRequest.flavour, var bill = rootfs.bills[flavour] else { return [] }
      let file = BillOfMaterials.Image(file: image.file, sha256: image.sha256)
      bill.image = file
      let statement = ProvenanceStatement(
        image: file,
        parameters: .init(
          recipe: request.recipe.lastComponent?.string ?? "", variables: request.variables,
          architecture: architecture, flavour: flavour.rawValue, format: image.format.rawValue,
          compression: image.compression.rawValue),
        recipes: recipes, lock: lock, bill: bill)
      return [bill.spdx(), bill.cycloneDX(), statement.encoded()]
    }
  }

  /// The recipe's file and those that it extends, relative to its folder, as they were when they were
  /// read: who edits one during the build changes the next image.
  private static func documents(_ recipe: Recipe) -> [ProvenanceStatement.Document] {
    recipe.places.digests.sorted { precedes($0.key, $1.key) }.map { file, digest in
      var path = FilePath(file)
      _ = path.removePrefix(recipe.directory)
      return ProvenanceStatement.Document(path: path.string, sha256: digest)
    }
  }

  // MARK: - Signatures

  private var signature: ImageSignature { ImageSignature(environment: settings.environment) }

  /// Says before the work what would stop the signing after it.
  func checkKey(_ request: BuildRequest) async throws(BuildError) {
    guard let key = request.key else { return }
    try await store.withScratch(failure: { BuildError($0, in: key.string) }) {
      (scratch) async throws(BuildError) in
      try await staged(key.string) { () async throws(SignatureError) in
        try await signature.prepare(with: key, scratch: scratch)
      }
    }
  }

  func sign(_ images: [BuildSummary.Image], _ request: BuildRequest) async throws(BuildError) {
    guard let key = request.key else { return }
    try await store.withScratch(failure: { BuildError($0, in: key.string) }) {
      (scratch) async throws(BuildError) in
      for image in images {
        _ = try await staged(image.path) { () async throws(SignatureError) in
          try await signature.sign(FilePath(image.path), with: key, scratch: scratch)
        }
      }
    }
  }

  func checkSignature(
    of image: FilePath, _ key: FilePath, _ scratch: FilePath
  ) async throws(BuildError) {
    _ = try await staged(image.string) { () async throws(SignatureError) in
      try await signature.check(image, with: key, scratch: scratch)
    }
  }
}
