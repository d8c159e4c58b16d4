internal import Content
public import Digests
internal import FoundationEssentials
internal import Locks

/// What an image is made of, to be written as SPDX 2.3 and as CycloneDX 1.6.
///
/// The same bill gives the same bytes: identifiers come from digests, the time is the image's
/// `SOURCE_DATE_EPOCH`.
public struct BillOfMaterials: Hashable, Sendable {
  /// The image file that a bill beside it is about.
  public struct Image: Hashable, Sendable {
    public let file: String
    public let sha256: SHA256Digest

    public init(file: String, sha256: SHA256Digest) {
      self.file = file
      self.sha256 = sha256
    }
  }

  /// The recipe's name.
  public var name: String
  public var description: String
  /// The program with its version: `kiln 0.1.0`.
  public var tool: String
  /// Seconds since 1970.
  public var sourceDateEpoch: Int64
  /// The suite of the distribution; nil where the base is a tarball.
  public var suite: String?
  /// nil in the image itself, which cannot hold its own digest.
  public var image: Image?
  /// In the lock's order.
  public var materials: [Material]
  /// In byte order of the paths.
  public var files: [AddedFile]

  public init(
    name: String, description: String, tool: String, sourceDateEpoch: Int64, suite: String? = nil,
    image: Image? = nil, materials: [Material], files: [AddedFile] = []
  ) {
    self.name = name
    self.description = description
    self.tool = tool
    self.sourceDateEpoch = sourceDateEpoch
    self.suite = suite
    self.image = image
    self.materials = materials
    self.files = files
  }

  /// What the bill is about, as people call it.
  var subject: String { image?.file ?? name }

  /// RFC 3339 in UTC.
  var timestamp: String {
    Date(timeIntervalSince1970: TimeInterval(sourceDateEpoch)).formatted(.iso8601)
  }

  var toolName: String { tool.split(separator: " ").first.map(String.init) ?? tool }
  var toolVersion: String { tool.split(separator: " ").dropFirst().joined(separator: " ") }

  /// A UUID over all that the bill says (RFC 9562, version 8: the bits are the application's).
  var uuid: String {
    var lines = [tool, name, description, "\(sourceDateEpoch)", suite ?? ""]
    lines += [image?.file ?? "", image?.sha256.hex ?? ""]
    lines += materials.map { "\($0.artifact.kind) \($0.artifact.name) \($0.artifact.sha256)" }
    lines += files.map { "\($0.path) \($0.sha256) \($0.link ?? "")" }
    var bytes = Array(SHA256Digest(ofText: lines.joined(separator: "\n")).bytes.prefix(16))
    bytes[6] = 0x80 | bytes[6] & 0x0F
    bytes[8] = 0x80 | bytes[8] & 0x3F
    let hex = Array(Hexadecimal.text(bytes))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }
      .joined(separator: "-")
  }

  /// Names all that the bill says; where it is the same, the documents are.
  public var digest: SHA256Digest {
    let lines = materials.map { material in
      let artifact = material.artifact
      let fields: [String] = [
        artifact.version, artifact.fileName, artifact.source,
        artifact.architecture?.rawValue ?? "", "\(material.isRequested)",
        material.source.map { "\($0.name) \($0.version)" } ?? "",
        material.licence.map { "\($0)" } ?? "", material.supplier ?? "", material.homepage ?? "",
      ]
      return (fields + artifact.dependencies + material.licenceFiles).joined(separator: "\0")
    }
    return SHA256Digest(ofText: ([uuid] + lines).joined(separator: "\n"))
  }

  public func spdx() -> [UInt8] { StableJSON.bytes(SPDXDocument(self)) }

  public func cycloneDX() -> [UInt8] { StableJSON.bytes(CycloneDXDocument(self)) }
}

/// JSON whose bytes depend on the value alone.
enum StableJSON {
  static func bytes(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Strings, numbers, lists and objects of them always encode.
    guard let data = try? encoder.encode(value) else { return [] }
    return Array(data) + [UInt8(ascii: "\n")]
  }
}
