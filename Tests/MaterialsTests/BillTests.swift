import Content
import Digests
import FileSystem
import FoundationEssentials
import Locks
import Materials
import Needs
import SystemPackage
import TestSupport
import Testing

@Suite struct BillTests {
  struct SPDX: Decodable {
    struct Checksum: Decodable { let checksumValue: String }
    struct Reference: Decodable { let referenceLocator: String }
    struct Package: Decodable {
      let name: String
      let versionInfo: String?
      let licenseDeclared: String
      let licenseComments: String?
      let supplier: String?
      let sourceInfo: String?
      let checksums: [Checksum]?
      let externalRefs: [Reference]?
    }
    struct Licence: Decodable {
      let licenseId: String
      let extractedText: String
    }
    struct Relationship: Decodable {
      let spdxElementId: String
      let relationshipType: String
      let relatedSpdxElement: String
    }
    struct File: Decodable {
      let fileName: String
      let comment: String
    }

    let documentNamespace: String
    let packages: [Package]
    let files: [File]
    let relationships: [Relationship]
    let hasExtractedLicensingInfos: [Licence]
  }

  struct CycloneDX: Decodable {
    struct Property: Decodable, Hashable {
      let name: String
      let value: String
    }
    struct Component: Decodable {
      let type: String
      let name: String
      let purl: String?
      let properties: [Property]?
    }
    struct Dependency: Decodable {
      let ref: String
      let dependsOn: [String]
    }

    let serialNumber: String
    let components: [Component]
    let dependencies: [Dependency]
  }

  private func decoded<Value: Decodable>(_ bytes: [UInt8], as _: Value.Type) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(bytes))
  }

  @Test(.needs("spdx-tools and cyclonedx-python-lib of PyPI") { await Validators.areThere() })
  func theOfficialValidatorsHaveNothingToSayButOfWhatIsWrong() async throws {
    try await withTemporaryFolder { folder in
      for (name, bill) in [("full", SampleBill.bill), ("bare", SampleBill.bare)] {
        try Files.write(bill.spdx(), to: folder.appending("\(name).spdx.json"))
        try Files.write(bill.cycloneDX(), to: folder.appending("\(name).cdx.json"))
      }
      let spdx = String(decoding: SampleBill.bill.spdx(), as: UTF8.self)
        .replacing("LicenseRef-odd-one\"", with: "Nonsense\"")
      let cycloneDX = String(decoding: SampleBill.bill.cycloneDX(), as: UTF8.self)
        .replacing("\"library\"", with: "\"nonsense\"")
      try Files.write(spdx, to: folder.appending("wrong-spdx.spdx.json"))
      try Files.write(SampleBill.bill.cycloneDX(), to: folder.appending("wrong-spdx.cdx.json"))
      try Files.write(SampleBill.bill.spdx(), to: folder.appending("wrong-cdx.spdx.json"))
      try Files.write(cycloneDX, to: folder.appending("wrong-cdx.cdx.json"))
      let complaints = try await Validators.complaints(
        about: ["full", "bare", "wrong-spdx", "wrong-cdx"].map { folder.appending($0) })
      for name in ["wrong-spdx", "wrong-cdx"] {
        let isAbout = { (line: String) in line.hasPrefix("\(folder)/\(name): ") }
        #expect(complaints.contains(where: isAbout), "\(complaints)")
      }
      #expect(complaints.allSatisfy { $0.hasPrefix("\(folder)/wrong-") }, "\(complaints)")
    }
  }

  @Test func packagesHaveTheirPURLSourceAndLicence() throws {
    let document = try decoded(SampleBill.bill.spdx(), as: SPDX.self)
    let packages = Dictionary(
      document.packages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let purl = { (name: String) in packages[name]?.externalRefs?.first?.referenceLocator }
    #expect(
      purl("bash") == "pkg:deb/debian/bash@5.2.37-2%2Bb10?arch=amd64&distro=trixie")
    #expect(
      purl("libstdc++6") == "pkg:deb/debian/libstdc%2B%2B6@1:14.2.0-19?arch=amd64&distro=trixie"
        + "&upstream=gcc-14%4014.2.0-19")
    #expect(purl("tool") == "pkg:deb/recipe/tool@1.0?arch=all")
    #expect(purl("numpy") == "pkg:pypi/numpy@2.5.5?file_name=numpy_2.5.5.whl")
    #expect(packages["bash"]?.sourceInfo == "built from the source bash 5.2.37-2")
    #expect(packages["bash"]?.licenseComments?.contains("/usr/share/doc/bash/copyright") == true)
    #expect(packages["bash"]?.supplier == "Organization: Matthias Klose (doko@debian.org)")
    #expect(packages["numpy"]?.licenseDeclared == "BSD-3-Clause AND (MIT OR LicenseRef-Own)")
    #expect(packages["odd-one"]?.licenseDeclared == "LicenseRef-odd-one")
    #expect(
      document.hasExtractedLicensingInfos.map(\.licenseId)
        == ["LicenseRef-Own", "LicenseRef-odd-one"])
    #expect(document.hasExtractedLicensingInfos.last?.extractedText.contains("second") == true)
    #expect(
      packages["sample"]?.checksums?.map(\.checksumValue) == [SampleBill.image.sha256.hex])
    let digest = { (name: String) in SHA256Digest(ofText: name).hex.prefix(12) }
    let needs = document.relationships.filter { $0.relationshipType == "DEPENDS_ON" }
    #expect(
      needs.map { "\($0.spdxElementId) \($0.relatedSpdxElement)" } == [
        "SPDXRef-package-bash-amd64 SPDXRef-package-libstdc.plus..plus.6-amd64",
        "SPDXRef-wheel-numpy-amd64-\(digest("numpy")) SPDXRef-wheel-odd-one-\(digest("odd-one"))",
      ])
    #expect(document.files.map(\.fileName) == ["./etc/motd", "./opt/ü b", "./usr/bin/tool"])
    #expect(document.files[1].comment == "from step make it")
    #expect(document.files[2].comment.contains("symbolic link to /opt/tool"))
  }

  @Test func cycloneDXSaysTheSame() throws {
    let document = try decoded(SampleBill.bill.cycloneDX(), as: CycloneDX.self)
    #expect(document.components.count == 12)
    let bash = try #require(document.components.first { $0.name == "bash" })
    #expect(bash.purl == "pkg:deb/debian/bash@5.2.37-2%2Bb10?arch=amd64&distro=trixie")
    #expect(
      Set(bash.properties ?? []).isSuperset(of: [
        .init(name: "kiln:source-package", value: "bash"),
        .init(name: "kiln:source-version", value: "5.2.37-2"),
        .init(name: "kiln:licence-file", value: "/usr/share/doc/bash/copyright"),
      ]))
    let link = try #require(document.components.first { $0.name == "/usr/bin/tool" })
    #expect(link.type == "file")
    #expect(link.properties?.contains(.init(name: "kiln:link", value: "/opt/tool")) == true)
    let wanted = document.dependencies.first { $0.ref == "image" }?.dependsOn ?? []
    #expect(wanted.count == 7 && wanted.contains(bash.purl ?? ""))
  }

  @Test func filesOfOneNameAreToldApart() throws {
    let spdx = try decoded(SampleBill.bill.spdx(), as: SPDX.self)
    let contained = spdx.relationships.filter { $0.relationshipType == "CONTAINS" }
    #expect(Set(contained.map(\.relatedSpdxElement)).count == contained.count)
    let cycloneDX = try decoded(SampleBill.bill.cycloneDX(), as: CycloneDX.self)
    let references = cycloneDX.dependencies.map(\.ref)
    #expect(references.count == 10 && Set(references).count == 10)
  }

  @Test func identifiersFollowFromWhatIsSaid() throws {
    let identifiers = { (bill: BillOfMaterials) in
      (
        try self.decoded(bill.spdx(), as: SPDX.self).documentNamespace,
        try self.decoded(bill.cycloneDX(), as: CycloneDX.self).serialNumber
      )
    }
    let first = try identifiers(SampleBill.bill)
    #expect(first.0 == first.1)
    #expect(
      first.0.wholeMatch(
        of: /urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    #expect(SampleBill.bill.spdx() == SampleBill.bill.spdx())
    for change in [
      { $0.image = nil }, { $0.files.removeLast() }, { $0.materials.removeLast() },
      { $0.tool = "kiln 2" }, { $0.sourceDateEpoch += 1 },
    ] as [(inout BillOfMaterials) -> Void] {
      var other = SampleBill.bill
      change(&other)
      #expect(try identifiers(other).0 != first.0)
    }
  }

  @Test(
    arguments: [
      (nil, "tool", "1.0"), ("glibc", "glibc", "1.0"), ("glibc (2.41-12)", "glibc", "2.41-12"),
    ] as [(String?, String, String)])
  func theSourceFieldIsRead(field: String?, name: String, version: String) {
    let source = Material.Source(field: field, of: SampleBill.artifact(.package, "tool", "1.0"))
    #expect(source == .init(name: name, version: version))
  }

  struct Statement: Decodable {
    struct Descriptor: Decodable {
      let name: String
      let uri: String?
      let digest: [String: String]
    }
    struct Parameters: Decodable {
      let recipe: String
      let variables: [String: String]
      let compression: String
    }
    struct Definition: Decodable {
      let buildType: String
      let externalParameters: Parameters
      let resolvedDependencies: [Descriptor]
    }
    struct Builder: Decodable { let version: [String: String] }
    struct Details: Decodable { let builder: Builder }
    struct Predicate: Decodable {
      let buildDefinition: Definition
      let runDetails: Details
    }

    let predicateType: String
    let subject: [Descriptor]
    let predicate: Predicate
  }

  @Test func theProvenanceNamesAllThatWentIn() throws {
    let document = { (path: String) in
      ProvenanceStatement.Document(path: path, sha256: SHA256Digest(ofText: path))
    }
    let statement = ProvenanceStatement(
      image: SampleBill.image,
      parameters: .init(
        recipe: "sample.yaml", variables: ["suite": "trixie"], architecture: "amd64",
        flavour: "from-file", format: "wsl", compression: "small"),
      recipes: [document("sample.yaml"), document("base.yaml")],
      lock: document("sample.lock.json"), bill: SampleBill.bill)
    let text = String(decoding: statement.encoded(), as: UTF8.self)
    #expect(text.contains("\"_type\" : \"https://in-toto.io/Statement/v1\""))
    let read = try decoded(statement.encoded(), as: Statement.self)
    #expect(read.predicateType == "https://slsa.dev/provenance/v1")
    #expect(read.subject.map(\.name) == ["sample.wsl"])
    #expect(read.subject.first?.digest == ["sha256": SampleBill.image.sha256.hex])
    let definition = read.predicate.buildDefinition
    #expect(definition.externalParameters.variables == ["suite": "trixie"])
    #expect(definition.externalParameters.compression == "small")
    #expect(definition.resolvedDependencies.count == 3 + SampleBill.bill.materials.count)
    let bash = try #require(definition.resolvedDependencies.first { $0.name.hasPrefix("bash") })
    #expect(bash.uri?.hasPrefix("pkg:deb/debian/bash@") == true)
    #expect(bash.digest == ["sha256": SHA256Digest(ofText: "bash").hex])
    #expect(read.predicate.runDetails.builder.version == ["kiln": "1.2.3"])
  }
}
