import Digests
import FileSystem
import FoundationEssentials
import Locks
import Store
import Synchronization
internal import SystemPackage

/// One of the things that a layer is made from.
public struct LayerInput: Hashable, Codable, Sendable {
  /// For people: `the script`, `/etc/motd`, `wheel numpy`.
  public let name: String
  /// Whatever decides; part of the layer's key.
  public let value: String
  /// The value as people read it.
  public let text: String

  init(_ name: String, _ value: String, text: String? = nil) {
    self.name = name
    self.value = value
    self.text = text ?? value
  }

  init(_ artifact: Artifact) {
    let shown = artifact.version.isEmpty ? artifact.sha256.hex : artifact.version
    self.init("\(artifact.kind.rawValue) \(artifact.name)", artifact.sha256.hex, text: shown)
  }

  /// What the root of a lock's packages is made from.
  static func foundation(_ lock: Lock) -> [LayerInput] { lock.packages.map { LayerInput($0) } }
}

/// The file `inputs.json` beside a layer: what it was made from, so that a later kiln can say why it
/// makes another one.
struct LayerRecord: Hashable, Codable, Sendable {
  let recipe: String
  let layer: String
  /// The key of the layer below.
  let below: SHA256Digest
  let inputs: [LayerInput]
  /// Of the lowest layer, in the record of the one on top of it; else empty.
  let foundation: [LayerInput]

  private static let fileName = "inputs.json"

  func write(to folder: FilePath) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let path = folder.appending(Self.fileName)
    guard let data = try? encoder.encode(self) else {
      throw FileError(.other, "describe the layer in", path)
    }
    try Files.write(Array(data), to: path)
  }

  /// The records of the store, the newest first; results of older kilns have none.
  static func all(in store: Store) throws(FileError) -> [LayerRecord] {
    var found: [(made: Int64, record: LayerRecord)] = []
    for folder in try store.results(.layer) {
      let path = folder.appending(fileName)
      guard let status = try Files.status(path), let bytes = try? Files.read(path),
        let record = try? JSONDecoder().decode(LayerRecord.self, from: Data(bytes))
      else { continue }
      found.append((status.modified, record))
    }
    return found.sorted { $0.made > $1.made }.map(\.record)
  }
}

/// Notes the first layer that a plan finds missing.
final class Planning: Sendable {
  private let record = Mutex<LayerRecord?>(nil)

  var missing: LayerRecord? { record.withLock(\.self) }

  func miss(_ missing: LayerRecord) { record.withLock { $0 = missing } }
}

extension RootfsBuilder {
  /// Times that scripts of the image write are this one.
  var epochInput: LayerInput { LayerInput("the source date", "\(sourceDateEpoch)") }
}
