public import Compression
public import Content
public import Diagnostics
public import FileSystem
internal import SystemPackage

/// An image that could not be written, or a manifest that could not be read.
public struct ImageError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// The file system refused; ``cause`` says what.
    case file = "K5001"
    /// A layer holds what only the kernel's overlay understands.
    case unsupportedLayer = "K5003"
    /// A file of a layer is not what it was made as.
    case changed = "K5004"
    case noSpace = "K5005"
    case compression = "K5006"
    /// The target's name says no known format.
    case unknownFormat = "K5007"
    /// Two images of one run would be the same file, or the target is a folder.
    case badTarget = "K5008"
    case badManifest = "K5009"
    case interrupted = "K5010"
    /// What was compressed for an earlier image is damaged in the store.
    case damagedSegment = "K5011"
    /// A warning: the image's compression cannot be read by every WSL.
    case limitedReaders = "K5020"
  }

  public enum Cause: Hashable, Sendable {
    case file(FileError)
    case compression(CompressionError)
  }

  public let code: Code
  /// The path inside the image, the layer's folder or the target that it is about.
  public let subject: String
  /// Who put that path into the image.
  public let origin: Origin?
  public let reason: String?
  public let cause: Cause?

  public init(
    _ code: Code, _ subject: String, origin: Origin? = nil, reason: String? = nil,
    cause: Cause? = nil
  ) {
    self.code = code
    self.subject = subject
    self.origin = origin
    self.reason = reason
    self.cause = cause
  }

  init(_ failure: FileError, origin: Origin? = nil) {
    self.init(.file, failure.path.string, origin: origin, cause: .file(failure))
  }

  init(_ failure: CompressionError, _ subject: String) {
    self.init(.compression, subject, cause: .compression(failure))
  }

  /// Refuses early what would surely run out of space.
  static func requireSpace(_ needed: Int64, at folder: FilePath) throws(ImageError) {
    let free: Int64?
    do throws(FileError) { free = try Files.shortage(of: needed, at: folder) } catch {
      throw ImageError(error)
    }
    guard let free else { return }
    throw ImageError(
      .noSpace, folder.string,
      reason: "about \(ByteCount(needed)) are needed, \(ByteCount(free)) are free")
  }

  public var diagnostics: [Diagnostic] {
    let own = Diagnostic(
      code: code.rawValue, message: message, place: .init(file: subject),
      reason: [reason, cause.map(\.text), origin.map { "it comes from \($0.described)" }]
        .compactMap(\.self).joined(separator: "\n").nonEmpty,
      remedy: remedy)
    switch cause {
    case .file(let failure) where code == .file: return failure.diagnostics
    case .compression(let failure): return [own] + failure.diagnostics
    default: return [own]
    }
  }

  private var message: String {
    switch code {
    case .file: "cannot read or write a file of the image"
    case .unsupportedLayer: "a layer cannot be read"
    case .changed: "a file of the image changed in kiln's store"
    case .noSpace: "there is not enough free space for the image"
    case .compression: "the image could not be compressed"
    case .unknownFormat: "the image's name does not say its format"
    case .badTarget: "the image cannot be written there"
    case .badManifest: "this is not a manifest that kiln can read"
    case .interrupted: "writing the image was interrupted"
    case .damagedSegment: "a compressed part of the image is damaged in the store"
    case .limitedReaders: "the image cannot be read everywhere"
    }
  }

  private var remedy: String? {
    switch code {
    case .unsupportedLayer: "mount overlays with redirect_dir=off,metacopy=off"
    case .changed: "run `kiln store verify --repair`, and build again"
    case .noSpace: "free space there, or choose another folder with --output"
    case .unknownFormat: "end the name in .wsl, .tar.gz, .tar, .tar.xz or .tar.zst"
    case .badTarget: "choose another name with --output"
    case .badManifest: "build the image again; the manifest stands beside it"
    case .damagedSegment: "run `kiln store verify --repair`, and build again"
    case .limitedReaders: "use .wsl or .tar.gz for an image that every WSL reads"
    case .file, .compression, .interrupted: nil
    }
  }
}

extension ImageError.Cause {
  fileprivate var text: String {
    switch self {
    case .file(let failure): failure.diagnostics.compactMap(\.reason).joined(separator: "\n")
    case .compression(let failure): failure.diagnostics.map(\.message).joined(separator: "\n")
    }
  }
}

extension Origin {
  /// As a reader would say it: `package bash 5.2-1`, `configuration`.
  var described: String {
    [kind.rawValue, name, version].filter { !$0.isEmpty }.joined(separator: " ")
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
