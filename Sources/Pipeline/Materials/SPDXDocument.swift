internal import Content
internal import Digests
internal import Locks

/// A bill as SPDX 2.3 in JSON. Fields and names are the specification's.
struct SPDXDocument: Encodable {
  private enum CodingKeys: String, CodingKey {
    case identifier = "SPDXID"
    case spdxVersion, dataLicense, name, documentNamespace, creationInfo, packages, files
    case relationships, hasExtractedLicensingInfos
  }

  struct CreationInfo: Encodable {
    let created: String
    let creators: [String]
  }

  struct Checksum: Encodable {
    let algorithm: String
    let checksumValue: String
  }

  struct VerificationCode: Encodable { let packageVerificationCodeValue: String }

  struct ExternalReference: Encodable {
    let referenceCategory: String
    let referenceLocator: String
    let referenceType: String
  }

  struct Package: Encodable {
    private enum CodingKeys: String, CodingKey {
      case identifier = "SPDXID"
      case name, versionInfo, packageFileName, supplier, homepage, sourceInfo, description, comment
      case downloadLocation, filesAnalyzed, checksums, licenseConcluded, licenseDeclared
      case licenseComments, copyrightText, primaryPackagePurpose, externalRefs
      case packageVerificationCode
    }

    let identifier: String
    let name: String
    var versionInfo: String?
    var packageFileName: String?
    var supplier: String?
    var homepage: String?
    var sourceInfo: String?
    var description: String?
    var comment: String?
    let downloadLocation = "NOASSERTION"
    var filesAnalyzed = false
    var packageVerificationCode: VerificationCode?
    var checksums: [Checksum]?
    let licenseConcluded = "NOASSERTION"
    var licenseDeclared = "NOASSERTION"
    var licenseComments: String?
    let copyrightText = "NOASSERTION"
    let primaryPackagePurpose: String
    var externalRefs: [ExternalReference]?
  }

  struct File: Encodable {
    private enum CodingKeys: String, CodingKey {
      case identifier = "SPDXID"
      case fileName, checksums, comment, licenseConcluded, copyrightText
    }

    let identifier: String
    let fileName: String
    let checksums: [Checksum]
    let comment: String
    let licenseConcluded = "NOASSERTION"
    let copyrightText = "NOASSERTION"
  }

  struct Relationship: Encodable {
    let spdxElementId: String
    let relationshipType: String
    let relatedSpdxElement: String
  }

  struct ExtractedLicence: Encodable {
    let licenseId: String
    let name: String
    let extractedText: String
  }

  let identifier = "SPDXRef-DOCUMENT"
  let spdxVersion = "SPDX-2.3"
  let dataLicense = "CC0-1.0"
  let name: String
  let documentNamespace: String
  let creationInfo: CreationInfo
  let packages: [Package]
  let files: [File]
  let relationships: [Relationship]
  let hasExtractedLicensingInfos: [ExtractedLicence]

  private static let image = "SPDXRef-image"
  /// What the image has besides packages and wheels. A package of its own, since one that lists some
  /// of its files must list all of them.
  private static let added = "SPDXRef-added"

  init(_ bill: BillOfMaterials) {
    name = bill.subject
    documentNamespace = "urn:uuid:\(bill.uuid)"
    creationInfo = CreationInfo(
      created: bill.timestamp, creators: ["Tool: \(bill.toolName)-\(bill.toolVersion)"])
    var root = Package(
      identifier: Self.image, name: bill.name, primaryPackagePurpose: "OPERATING-SYSTEM")
    root.description = bill.description.isEmpty ? nil : bill.description
    root.packageFileName = bill.image?.file
    root.checksums = bill.image.map { [Self.sha256($0.sha256)] }
    var licences: [String: ExtractedLicence] = [:]
    let materials = bill.materials.map { Self.package($0, bill.suite, &licences) }
    packages = [root] + materials + (bill.files.isEmpty ? [] : [Self.added(bill)])
    hasExtractedLicensingInfos = licences.values.sorted { $0.licenseId < $1.licenseId }
    files = bill.files.map(Self.file)
    relationships = Self.relationships(bill)
  }

  private static func package(
    _ material: Material, _ suite: String?, _ licences: inout [String: ExtractedLicence]
  ) -> Package {
    let artifact = material.artifact
    var package = Package(
      identifier: id(material), name: artifact.name,
      primaryPackagePurpose: artifact.kind == .base ? "OPERATING-SYSTEM" : "LIBRARY")
    package.versionInfo = artifact.version.isEmpty ? nil : artifact.version
    package.packageFileName = artifact.fileName
    package.supplier = material.supplier.map { supplier(oneLine($0)) }
    package.homepage = material.homepage
    package.sourceInfo = material.source.map { "built from the source \($0.name) \($0.version)" }
    package.comment = material.isRequested ? "the recipe asks for it" : nil
    package.checksums = [sha256(artifact.sha256)]
    package.externalRefs = [
      ExternalReference(
        referenceCategory: "PACKAGE-MANAGER",
        referenceLocator: PackageURL.text(material, suite: suite), referenceType: "purl")
    ]
    switch material.licence {
    case .expression(let expression):
      package.licenseDeclared = expression
      // Licences that SPDX does not know stand in the document, whoever named them.
      let words = expression.split { $0 == " " || $0 == "(" || $0 == ")" }.map(String.init)
      for word in words where word.hasPrefix("LicenseRef-") {
        licences[word] = ExtractedLicence(
          licenseId: word, name: String(word.dropFirst("LicenseRef-".count)),
          extractedText: "see the licence files of the packages that declare it")
      }
    case .text(let text):
      let id = "LicenseRef-\(fragment(artifact.name))"
      licences[id] = ExtractedLicence(licenseId: id, name: oneLine(text), extractedText: text)
      package.licenseDeclared = id
    case nil: break
    }
    if !material.licenceFiles.isEmpty {
      package.licenseComments =
        "in the image: " + material.licenceFiles.joined(separator: ", ")
    }
    return package
  }

  /// `Name <address>` as SPDX writes it: `Organization: Name (address)`. Whether it is a person
  /// nobody says.
  private static func supplier(_ text: String) -> String {
    let parts = text.utf8.split(separator: UInt8(ascii: "<"), maxSplits: 1).map { part in
      let start = part.drop { $0 == UInt8(ascii: " ") }
      let end = start.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ">") }
      return end.map { String(Substring(start[...$0])) } ?? ""
    }
    guard parts.count == 2 else { return "Organization: \(text)" }
    return "Organization: \(parts[0]) (\(parts[1]))"
  }

  private static func added(_ bill: BillOfMaterials) -> Package {
    var package = Package(
      identifier: added, name: "\(bill.name)-files", primaryPackagePurpose: "FILE")
    package.description = "what the recipe's files and steps, and kiln itself, put into the image"
    package.filesAnalyzed = true
    // SPDX 2.3, 7.9: SHA-1 over the files' SHA-1s in their order.
    var hasher = HasherSHA1()
    hasher.update(Array(bill.files.map(\.sha1).sorted().joined().utf8))
    package.packageVerificationCode = .init(packageVerificationCodeValue: hasher.finish())
    return package
  }

  private static func file(_ file: AddedFile) -> File {
    let origin = [file.origin.kind.rawValue, file.origin.name].filter { !$0.isEmpty }
    let link = file.link.map { "; a symbolic link to \($0), whose text the digests are of" } ?? ""
    return File(
      identifier: id(file), fileName: "." + file.path,
      checksums: [
        Checksum(algorithm: "SHA1", checksumValue: file.sha1), sha256(file.sha256),
      ],
      comment: "from " + origin.joined(separator: " ") + link)
  }

  private static func relationships(_ bill: BillOfMaterials) -> [Relationship] {
    let relate = { (from: String, type: String, to: String) in
      Relationship(spdxElementId: from, relationshipType: type, relatedSpdxElement: to)
    }
    let described = [relate("SPDXRef-DOCUMENT", "DESCRIBES", image)]
    let ids = bill.materials.map(id)
    let contained = ids + (bill.files.isEmpty ? [] : [added])
    return described + contained.map { relate(image, "CONTAINS", $0) }
      + bill.files.map { relate(added, "CONTAINS", id($0)) }
      + bill.needs.map { relate(ids[$0], "DEPENDS_ON", ids[$1]) }
  }

  private static func sha256(_ digest: SHA256Digest) -> Checksum {
    Checksum(algorithm: "SHA256", checksumValue: digest.hex)
  }

  private static func id(_ material: Material) -> String {
    let artifact = material.artifact
    let architecture = artifact.architecture.map { "-\($0.rawValue)" } ?? ""
    // A distribution has one package of a name and an architecture. Of other files there may be
    // several, from different addresses.
    let digest = artifact.kind == .package ? "" : "-\(artifact.sha256.hex.prefix(12))"
    return "SPDXRef-\(artifact.kind.rawValue)-\(fragment(artifact.name))\(architecture)\(digest)"
  }

  /// Paths may have any letters, and identifiers few: the digest of the path is as good a name.
  private static func id(_ file: AddedFile) -> String {
    "SPDXRef-file-" + SHA256Digest(ofText: file.path).hex.prefix(24)
  }

  /// Letters, digits, `.` and `-`. The other letters of names of packages and projects are `+` and
  /// `_`; so that two names stay two, they are written out.
  private static func fragment(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "_") }) else {
      return name
    }
    return name.replacing("+", with: ".plus.").replacing("_", with: ".line.")
  }

  private static func oneLine(_ text: String) -> String {
    let line = BillOfMaterials.firstLine(text)
    return line.utf8.count > 120 && line.count > 120 ? String(line.prefix(119)) + "…" : line
  }
}

extension BillOfMaterials {
  /// Who needs whom: pairs of indexes of ``materials``.
  var needs: [(Int, Int)] {
    var known: [String: [Int]] = [:]
    for (index, material) in materials.enumerated() {
      known["\(material.artifact.kind.rawValue) \(material.artifact.name)", default: []]
        .append(index)
    }
    return materials.enumerated().flatMap { index, material in
      material.artifact.dependencies.flatMap { name in
        (known["\(material.artifact.kind.rawValue) \(name)"] ?? []).map { (index, $0) }
      }
    }
  }

  /// What a text says first, or all of one that is empty.
  static func firstLine(_ text: String) -> String {
    // Most are of one line and ASCII, where there is nothing to look for.
    guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x80 }) else { return text }
    return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text
  }
}
