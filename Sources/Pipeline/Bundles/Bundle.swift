internal import Content
public import Digests
internal import FoundationEssentials
public import Locks

/// The artifacts of one or several locks in one file, for a machine without a network.
///
/// It is a plain tar archive: `kiln-bundle.json`, the index, then `artifacts/<sha256>` for each of
/// the index's artifacts in its order. Equal artifacts give equal bytes.
public struct Bundle: Hashable, Codable, Sendable {
  public struct Item: Hashable, Codable, Sendable {
    public let kind: Artifact.Kind
    public let name: String
    public let version: String
    /// Bytes.
    public let size: Int64
    public let sha256: SHA256Digest

    init(_ artifact: Artifact) {
      kind = artifact.kind
      name = artifact.name
      version = artifact.version
      size = artifact.size
      sha256 = artifact.sha256
    }
  }

  public static let formatVersion = 1
  static let indexName = "kiln-bundle.json"
  static let folder = "artifacts/"
  /// Bytes; a thousand artifacts have a fifth of a megabyte.
  static let longestIndex = 64 << 20

  /// The version of the format, ``formatVersion``.
  public let bundle: Int
  public let artifacts: [Item]

  /// Each digest once, in the order in which they come.
  public init(_ artifacts: [Artifact]) {
    var seen: Set<SHA256Digest> = []
    bundle = Self.formatVersion
    self.artifacts = artifacts.filter { seen.insert($0.sha256).inserted }.map(Item.init)
  }

  /// Bytes of all artifacts.
  public var size: Int64 { artifacts.reduce(0) { $0 + $1.size } }

  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }

  /// - Returns: nil for bytes that are no index of this format with sound entries.
  static func decode(_ bytes: [UInt8]) -> Bundle? {
    guard let index = try? JSONDecoder().decode(Bundle.self, from: Data(bytes)),
      index.bundle == formatVersion, index.artifacts.allSatisfy({ $0.size > 0 }),
      SizeLimit.holds(index.artifacts.map(\.size)),
      Set(index.artifacts.map(\.sha256)).count == index.artifacts.count
    else { return nil }
    return index
  }
}
