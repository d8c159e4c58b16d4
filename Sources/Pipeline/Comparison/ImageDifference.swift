public import Digests
internal import FileSystem
public import SystemPackage

/// What changed from one image to another, and why their digests differ.
public struct ImageDifference: Hashable, Codable, Sendable {
  public struct Side: Hashable, Codable, Sendable {
    public let file: String
    /// Bytes of the image file.
    public let size: Int64
    public let sha256: SHA256Digest
    public let paths: Int
    /// Bytes of all files in the image.
    public let content: Int64
  }

  /// A setting by its name; nil where one of the two does not have it.
  public struct Setting: Hashable, Codable, Sendable {
    public let name: String
    public let before: String?
    public let after: String?
  }

  /// A package, wheel or base of one name whose versions differ; empty where there is none.
  public struct Component: Hashable, Codable, Sendable {
    public let kind: String
    public let name: String
    public let before: [String]
    public let after: [String]
  }

  /// A path that one of the two has.
  public struct Path: Hashable, Codable, Sendable {
    public let path: String
    public let size: Int64
    /// Who put it there, where that is known: `package bash`.
    public let origin: String?
  }

  public enum Field: String, Hashable, Codable, Sendable, CaseIterable {
    case kind, content, mode, owner, link, attributes, time
  }

  public struct Change: Hashable, Codable, Sendable {
    public let path: String
    public let fields: [Field]
    /// How much larger the file is.
    public let growth: Int64
    public let origin: String?
  }

  /// How much more an origin brings.
  public struct Growth: Hashable, Codable, Sendable {
    public let origin: String
    public let bytes: Int64
  }

  public let before: Side
  public let after: Side
  /// Whether the two are the same bytes.
  public let isSame: Bool
  /// Why they are not; empty where they are.
  public let reasons: [Reason]
  /// How they were made, as far as their manifests say it.
  public let settings: [Setting]
  public let components: [Component]
  /// Of `wsl.conf` and `wsl-distribution.conf`.
  public let configuration: [Setting]
  public let added: [Path]
  public let removed: [Path]
  public let changed: [Change]
  /// Largest first; only where both sides have a manifest.
  public let growth: [Growth]

  /// One way in which two images differ.
  public struct Reason: Hashable, Codable, Sendable {
    public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
      /// Only one of them has a path.
      case paths
      case kind, content, mode, owner, link, attributes, time
      /// The same paths in another order in the archive.
      case order
      /// The same entries in another form of tar headers, or with other padding.
      case headers
      /// The same tar stream, compressed in another way.
      case compression
      /// The manifests say no more: the images do.
      case unknown
    }

    public let kind: Kind
    /// How many paths it is about; 0 where it is about the whole file.
    public let count: Int
    /// A few of the paths.
    public let examples: [String]

    init(_ kind: Kind, count: Int = 0, examples: [String] = []) {
      self.kind = kind
      self.count = count
      self.examples = examples
    }
  }
}

extension ImageDifference {
  /// Compares two images, or manifests, or one of each.
  public static func between(
    _ first: FilePath, _ second: FilePath
  ) async throws(ComparisonError) -> ImageDifference {
    async let other = Outcome { () throws(ComparisonError) in try ImageContents.read(second) }
    var before = try ImageContents.read(first)
    var after = try await other.get()
    let isOpen =
      before.sha256 != after.sha256 && before.entries == after.entries
      && before.order == after.order && !before.order.isEmpty
    if isOpen {
      // Only now is it worth to unpack them once more.
      async let other = Outcome { () throws(ComparisonError) in
        try ImageContents.streamDigest(of: second)
      }
      before.stream = try ImageContents.streamDigest(of: first)
      after.stream = try await other.get()
    }
    return ImageDifference(from: before, to: after)
  }

  /// What a task of its own made or met.
  private struct Outcome<Value: Sendable>: Sendable {
    private let result: Result<Value, ComparisonError>

    init(_ body: () throws(ComparisonError) -> Value) {
      do throws(ComparisonError) { result = .success(try body()) } catch {
        result = .failure(error)
      }
    }

    func get() throws(ComparisonError) -> Value { try result.get() }
  }
}
