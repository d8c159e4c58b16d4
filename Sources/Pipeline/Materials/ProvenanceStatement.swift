public import Digests
internal import Locks

/// How an image was made: an in-toto statement with a SLSA v1 provenance predicate.
///
/// It carries no time of the build and no name of the machine, so the same inputs give the same
/// statement.
public struct ProvenanceStatement: Hashable, Sendable {
  /// A file that the build read: the recipe, one that it extends, the lock.
  public struct Document: Hashable, Sendable {
    /// Relative to the recipe's folder.
    public let path: String
    public let sha256: SHA256Digest

    public init(path: String, sha256: SHA256Digest) {
      self.path = path
      self.sha256 = sha256
    }
  }

  public struct Parameters: Hashable, Sendable {
    public var recipe: String
    /// What `--set` gave.
    public var variables: [String: String]
    public var architecture: String
    public var flavour: String
    public var format: String
    public var compression: String

    public init(
      recipe: String, variables: [String: String], architecture: String, flavour: String,
      format: String, compression: String
    ) {
      self.recipe = recipe
      self.variables = variables
      self.architecture = architecture
      self.flavour = flavour
      self.format = format
      self.compression = compression
    }
  }

  public var image: BillOfMaterials.Image
  public var parameters: Parameters
  public var recipes: [Document]
  public var lock: Document
  public var bill: BillOfMaterials

  public init(
    image: BillOfMaterials.Image, parameters: Parameters, recipes: [Document], lock: Document,
    bill: BillOfMaterials
  ) {
    self.image = image
    self.parameters = parameters
    self.recipes = recipes
    self.lock = lock
    self.bill = bill
  }

  public func encoded() -> [UInt8] { StableJSON.bytes(Statement(self)) }
}

/// The statement's JSON; fields and names are those of in-toto and SLSA.
private struct Statement: Encodable {
  private enum CodingKeys: String, CodingKey {
    case type = "_type"
    case subject, predicateType, predicate
  }

  struct Descriptor: Encodable {
    var name: String?
    var uri: String?
    let digest: [String: String]
  }

  struct BuildDefinition: Encodable {
    struct External: Encodable {
      let recipe: String
      let variables: [String: String]
      let architecture: String
      let flavour: String
      let format: String
      let compression: String
    }

    struct Internal: Encodable { let sourceDateEpoch: Int64 }

    let buildType = "urn:kiln:build:1"
    let externalParameters: External
    let internalParameters: Internal
    let resolvedDependencies: [Descriptor]
  }

  struct RunDetails: Encodable {
    struct Builder: Encodable {
      let id: String
      let version: [String: String]
    }

    let builder: Builder
  }

  struct Predicate: Encodable {
    let buildDefinition: BuildDefinition
    let runDetails: RunDetails
  }

  let type = "https://in-toto.io/Statement/v1"
  let subject: [Descriptor]
  let predicateType = "https://slsa.dev/provenance/v1"
  let predicate: Predicate

  init(_ statement: ProvenanceStatement) {
    let digest = { (digest: SHA256Digest) in ["sha256": digest.hex] }
    let (parameters, bill) = (statement.parameters, statement.bill)
    subject = [Descriptor(name: statement.image.file, digest: digest(statement.image.sha256))]
    let documents = (statement.recipes + [statement.lock]).map {
      Descriptor(name: $0.path, digest: digest($0.sha256))
    }
    let materials = bill.materials.map {
      Descriptor(
        name: $0.artifact.fileName, uri: PackageURL.text($0, suite: bill.suite),
        digest: digest($0.artifact.sha256))
    }
    let definition = BuildDefinition(
      externalParameters: .init(
        recipe: parameters.recipe, variables: parameters.variables,
        architecture: parameters.architecture, flavour: parameters.flavour,
        format: parameters.format, compression: parameters.compression),
      internalParameters: .init(sourceDateEpoch: bill.sourceDateEpoch),
      resolvedDependencies: documents + materials)
    predicate = Predicate(
      buildDefinition: definition,
      runDetails: .init(
        builder: .init(id: "urn:kiln", version: [bill.toolName: bill.toolVersion])))
  }
}
