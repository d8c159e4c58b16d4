// Paths as the kernel reads them, which is by bytes. To Swift a slash before a combining mark is another
// character than a slash, and two texts are equal where Unicode holds that they look the same.

private let slash = UInt8(ascii: "/")

extension StringProtocol {
  /// The names between the slashes, without empty ones.
  public var pathComponents: [String] {
    String(self).utf8.split(separator: slash).map { String(Substring($0)) }
  }

  /// The same with empty ones: before a slash at the start, behind one at the end, between two.
  public var allPathComponents: [String] {
    String(self).utf8.split(separator: slash, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
  }

  /// The path without `.`, empty names and slashes around it; empty for the root.
  public var plainPath: String {
    // Most paths are as they should be.
    var before = slash
    var isOdd = endsWithSlash
    for byte in utf8 {
      if before == slash, byte == slash || byte == UInt8(ascii: ".") { isOdd = true }
      before = byte
    }
    return isOdd ? pathComponents.filter { $0 != "." }.joined(separator: "/") : String(self)
  }

  /// Whether it is the path of something in a folder.
  public func isInside(_ folder: String) -> Bool {
    let (path, folder) = (utf8, folder.utf8)
    return path.count > folder.count && path.starts(with: folder)
      && path[path.index(path.startIndex, offsetBy: folder.count)] == slash
  }

  /// Whether it starts at the root.
  public var isAbsolutePath: Bool { utf8.first == slash }

  public var hasSlash: Bool { utf8.contains(slash) }

  public var endsWithSlash: Bool { String(self).utf8.last == slash }
}

/// A path as a key.
public struct PathKey: Hashable, Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public static func == (left: Self, right: Self) -> Bool {
    left.path.utf8.elementsEqual(right.path.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    var path = path
    path.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// What is known of paths.
public struct PathTable<Value>: ExpressibleByDictionaryLiteral {
  private var values: [PathKey: Value]

  public init() { values = [:] }

  public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }

  /// Of equal paths the last one counts.
  public init(_ elements: some Sequence<(String, Value)>) {
    values = Dictionary(elements.map { (PathKey($0.0), $0.1) }) { $1 }
  }

  public subscript(path: String) -> Value? {
    get { values[PathKey(path)] }
    set { values[PathKey(path)] = newValue }
    _modify { yield &values[PathKey(path)] }
  }

  public subscript(path: String, default fallback: @autoclosure () -> Value) -> Value {
    get { values[PathKey(path), default: fallback()] }
    _modify { yield &values[PathKey(path), default: fallback()] }
  }

  public var isEmpty: Bool { values.isEmpty }
  public var count: Int { values.count }

  /// In no order.
  public var paths: some Sequence<String> { values.keys.lazy.map(\.path) }

  /// In no order.
  public var elements: some Collection<(path: String, value: Value)> {
    values.lazy.map { ($0.key.path, $0.value) }
  }

  public func compactMapValues<Other>(_ transform: (Value) -> Other?) -> PathTable<Other> {
    PathTable<Other>(values: values.compactMapValues(transform))
  }

  private init(values: [PathKey: Value]) { self.values = values }
}

extension PathTable: Equatable where Value: Equatable {}
extension PathTable: Hashable where Value: Hashable {}
extension PathTable: Sendable where Value: Sendable {}

/// Paths, each once.
public struct PathSet: Hashable, Sendable, ExpressibleByArrayLiteral {
  private var keys: Set<PathKey>

  public init(_ paths: some Sequence<String> = []) { keys = Set(paths.map { PathKey($0) }) }

  public init(arrayLiteral elements: String...) { self.init(elements) }

  public var isEmpty: Bool { keys.isEmpty }

  public func contains(_ path: String) -> Bool { keys.contains(PathKey(path)) }

  /// - Returns: whether it was not there.
  @discardableResult
  public mutating func insert(_ path: String) -> Bool { keys.insert(PathKey(path)).inserted }

  public mutating func remove(_ path: String) { keys.remove(PathKey(path)) }
}
