internal import Content
internal import Diagnostics
internal import FileSystem

/// What a root file system has for GPUs.
public struct GPUFacts: Hashable, Codable, Sendable {
  /// One library in several places.
  public struct Duplicate: Hashable, Codable, Sendable {
    public let soname: String
    /// In byte order.
    public let paths: [String]
    /// Bytes of all but the largest.
    public let wasted: Int64
  }

  /// A library that does not run on a GPU.
  public struct Gap: Hashable, Sendable {
    public let architecture: GPUArchitecture
    public let library: GPULibrary
  }

  /// The GPUs that every one of ``libraries`` runs on, of those that one of them is built for.
  public let architectures: [GPUArchitecture]
  /// What CUDA's own libraries need; nil where there are none, or of a version that is not known.
  public let driver: DriverRequirement?
  /// Libraries with code for GPUs, in byte order of their paths.
  public let libraries: [GPULibrary]
  public let duplicates: [Duplicate]

  /// - Parameter files: ELF files, those without code too.
  public init(_ files: [GPULibrary]) {
    let files = files.sorted { precedes($0.path, $1.path) }
    let libraries = files.filter { !$0.code.isEmpty }
    let built = libraries.reduce(into: Set<GPUArchitecture>()) { built, library in
      for architecture in library.code.machine { built.insert(.init(architecture.number)) }
    }
    self.libraries = libraries
    architectures = built.sorted().filter { device in
      libraries.allSatisfy { $0.code.coverage(of: device) != nil }
    }
    driver = DriverRequirement(
      Set(files.compactMap { $0.soname.flatMap(DriverRequirement.cuda(ofLibrary:)) }))
    duplicates = Self.duplicates(files)
  }

  /// Of libraries for GPUs only: that a program brings its own copy of others is no waste to speak of.
  private static func duplicates(_ files: [GPULibrary]) -> [Duplicate] {
    var places: [String: [GPULibrary]] = [:]
    for file in files {
      guard let soname = file.soname else { continue }
      guard !file.code.isEmpty || DriverRequirement.cuda(ofLibrary: soname) != nil else { continue }
      places[soname, default: []].append(file)
    }
    return places.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { soname, files in
      let sizes = files.map(\.size)
      return Duplicate(
        soname: soname, paths: files.map(\.path), wasted: sizes.reduce(0, +) - (sizes.max() ?? 0))
    }
  }

  /// The libraries that do not run on a GPU of `required`, by architecture and path.
  public func gaps(_ required: [GPUArchitecture]) -> [Gap] {
    required.flatMap { architecture in
      libraries.filter { $0.code.coverage(of: architecture) == nil }.map {
        Gap(architecture: architecture, library: $0)
      }
    }
  }

  /// Fails where a library does not run on a GPU that is required.
  ///
  /// - Parameter image: for the message.
  public func require(
    _ required: [GPUArchitecture], of image: String
  ) throws(GPUCodeError) {
    let gaps = gaps(required)
    guard !gaps.isEmpty else { return }
    var missing: PathTable<[GPUArchitecture]> = [:]
    for gap in gaps { missing[gap.library.path, default: []].append(gap.architecture) }
    let lines = libraries.compactMap { library in
      missing[library.path].map { architectures in
        "\(library.path): nothing for \(architectures.map(\.description).joined(separator: " ")); "
          + "it has \(library.code)"
      }
    }
    throw GPUCodeError(.missingArchitecture, image, reason: lines.joined(separator: "\n"))
  }
}

extension GPUFacts {
  private enum CodingKeys: String, CodingKey {
    case architectures, driver, libraries, duplicates
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    architectures = try container.decode([GPUArchitecture].self, forKey: .architectures)
    driver = try container.decodeIfPresent(DriverRequirement.self, forKey: .driver)
    libraries = try container.decode([GPULibrary].self, forKey: .libraries)
    duplicates = try container.decode([Duplicate].self, forKey: .duplicates)
  }
}
