public import Digests
internal import FileSystem
internal import FoundationEssentials
public import SystemPackage

extension Lock {
  /// Reads and checks a lock file.
  ///
  /// - Returns: nil where there is none.
  public static func read(_ path: FilePath) throws(LockError) -> Lock? {
    let bytes: [UInt8]
    do throws(FileError) {
      guard Files.exists(path) else { return nil }
      bytes = try Files.read(path)
    } catch {
      throw LockError(.file, path, cause: error)
    }
    return try decode(bytes, from: path)
  }

  /// The lock in a file's bytes; `path` is for messages.
  public static func decode(_ bytes: [UInt8], from path: FilePath) throws(LockError) -> Lock {
    let result = Result { try JSONDecoder().decode(Lock.self, from: Data(bytes)) }
    // What lacks something may be of another version, and is not read twice else.
    let version = (try? result.get().lock) ?? version(bytes)
    if let version, version != formatVersion {
      throw LockError(.unknownVersion, path, subject: String(version))
    }
    let lock: Lock
    do { lock = try result.get() } catch {
      throw LockError(.corrupt, path, reason: reason(error))
    }
    try lock.check(path)
    return lock
  }

  private static func version(_ bytes: [UInt8]) -> Int? {
    struct Head: Decodable { let lock: Int }
    return (try? JSONDecoder().decode(Head.self, from: Data(bytes)))?.lock
  }

  /// The file's bytes: JSON, keys in order, a line break at the end; equal locks give equal bytes.
  public func encoded() throws(LockError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    } catch {
      throw LockError(.corrupt, "", reason: "\(error)")
    }
  }

  /// Writes the lock file, whole or not at all; one that says the same already is not touched.
  public func write(_ path: FilePath) throws(LockError) {
    let bytes = try encoded()
    do throws(FileError) {
      if Files.exists(path), try Files.read(path) == bytes { return }
      var file = try AtomicFile.create(path)
      try file.write(bytes)
      try file.publish()
    } catch {
      throw LockError(.file, path, cause: error)
    }
  }

  /// Whether the lock was made of a recipe that asks for the same.
  public func isFresh(for recipeDigest: SHA256Digest) -> Bool { self.recipeDigest == recipeDigest }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let (context, key): (DecodingError.Context, String?) =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context): (context, nil)
      case .keyNotFound(let key, let context): (context, key.stringValue)
      case .dataCorrupted(let context): (context, nil)
      @unknown default: (.init(codingPath: [], debugDescription: "\(error)"), nil)
      }
    let place =
      context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      + (key.map { [$0] } ?? [])
    let text = key == nil ? context.debugDescription : "the key is missing"
    return place.isEmpty ? text : "\(place.joined(separator: ".")): \(text)"
  }
}
