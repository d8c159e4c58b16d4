internal import Content
internal import Digests
internal import Locks

/// A bill as CycloneDX 1.6 in JSON. Fields and names are the specification's.
struct CycloneDXDocument: Encodable {
  struct Hash: Encodable {
    let alg = "SHA-256"
    let content: String
  }

  struct Property: Encodable {
    let name: String
    let value: String
  }

  struct Licence: Encodable {
    struct Named: Encodable { let name: String }

    var expression: String?
    var license: Named?
  }

  struct Supplier: Encodable { let name: String }

  struct Reference: Encodable {
    let type: String
    let url: String
  }

  struct Component: Encodable {
    private enum CodingKeys: String, CodingKey {
      case type, name, version, description, supplier, hashes, licenses, purl, properties
      case externalReferences
      case reference = "bom-ref"
    }

    let type: String
    var reference: String?
    let name: String
    var version: String?
    var description: String?
    var supplier: Supplier?
    var hashes: [Hash]?
    var licenses: [Licence]?
    var purl: String?
    var externalReferences: [Reference]?
    var properties: [Property]?
  }

  struct Tools: Encodable { let components: [Component] }

  struct Metadata: Encodable {
    let timestamp: String
    let tools: Tools
    let component: Component
  }

  struct Dependency: Encodable {
    let ref: String
    var dependsOn: [String]
  }

  let bomFormat = "CycloneDX"
  let specVersion = "1.6"
  let version = 1
  let serialNumber: String
  let metadata: Metadata
  let components: [Component]
  let dependencies: [Dependency]

  init(_ bill: BillOfMaterials) {
    serialNumber = "urn:uuid:\(bill.uuid)"
    var image = Component(type: "operating-system", reference: "image", name: bill.subject)
    image.description = bill.description.isEmpty ? nil : bill.description
    image.hashes = bill.image.map { [Hash(content: $0.sha256.hex)] }
    let tool = Component(type: "application", name: bill.toolName, version: bill.toolVersion)
    metadata = Metadata(
      timestamp: bill.timestamp, tools: Tools(components: [tool]), component: image)
    let references = bill.materials.map { PackageURL.text($0, suite: bill.suite) }
    components =
      zip(bill.materials, references).map(Self.component) + bill.files.map(Self.component)
    dependencies = Self.dependencies(bill, references)
  }

  private static func component(_ material: Material, _ purl: String) -> Component {
    let artifact = material.artifact
    var component = Component(
      type: artifact.kind == .base ? "operating-system" : "library", reference: purl,
      name: artifact.name)
    component.version = artifact.version.isEmpty ? nil : artifact.version
    component.purl = purl
    component.supplier = material.supplier.map(Supplier.init)
    component.hashes = [Hash(content: artifact.sha256.hex)]
    switch material.licence {
    case .expression(let expression): component.licenses = [Licence(expression: expression)]
    case .text(let text):
      component.licenses = [Licence(license: .init(name: BillOfMaterials.firstLine(text)))]
    case nil: break
    }
    component.externalReferences = material.homepage.map { [Reference(type: "website", url: $0)] }
    var properties = material.licenceFiles.map { Property(name: "kiln:licence-file", value: $0) }
    if let source = material.source {
      properties += [
        Property(name: "kiln:source-package", value: source.name),
        Property(name: "kiln:source-version", value: source.version),
      ]
    }
    if material.isRequested { properties.append(Property(name: "kiln:requested", value: "true")) }
    component.properties = properties.isEmpty ? nil : properties
    return component
  }

  private static func component(_ file: AddedFile) -> Component {
    let origin = [file.origin.kind.rawValue, file.origin.name].filter { !$0.isEmpty }
    var component = Component(type: "file", reference: "file:\(file.path)", name: file.path)
    component.hashes = [Hash(content: file.sha256.hex)]
    component.properties =
      [Property(name: "kiln:origin", value: origin.joined(separator: " "))]
      + (file.link.map { [Property(name: "kiln:link", value: $0)] } ?? [])
    return component
  }

  private static func dependencies(
    _ bill: BillOfMaterials, _ references: [String]
  ) -> [Dependency] {
    var needs: [String: [String]] = [:]
    for (index, needed) in bill.needs {
      needs[references[index], default: []].append(references[needed])
    }
    let wanted = zip(bill.materials, references).filter(\.0.isRequested).map(\.1)
    return [Dependency(ref: "image", dependsOn: wanted)]
      + references.map { Dependency(ref: $0, dependsOn: needs[$0] ?? []) }
  }
}
