public import Archives
internal import Content
public import Diagnostics
public import FileSystem
public import Store
public import SystemPackage

/// A bundle that cannot be written, or cannot be taken into the store.
public struct BundleError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case notABundle = "K3301"
    /// The index is of another format, or makes no sense.
    case badIndex = "K3302"
    case damaged = "K3303"
    case incomplete = "K3304"
    case noSpace = "K3305"
    case interrupted = "K3306"
    /// The file system, an archive or the store, whose own diagnostics are told.
    case file = "K3307"
    case store = "K3308"
  }

  public enum Cause: Hashable, Sendable {
    case archive(ArchiveError)
    case file(FileError)
    case store(StoreError)
    case space(needed: Int64, free: Int64)
  }

  public let code: Code
  public let path: FilePath
  /// The artifact or the entry that is meant.
  public let subject: String?
  public let cause: Cause?

  init(_ code: Code, _ path: FilePath, subject: String? = nil, cause: Cause? = nil) {
    self.code = code
    self.path = path
    self.subject = subject
    self.cause = cause
  }

  public var diagnostics: [Diagnostic] {
    switch (code, cause) {
    case (.file, .file(let error)): error.diagnostics
    case (.file, .archive(let error)): error.diagnostics
    case (.store, .store(let error)): error.diagnostics
    default:
      [
        Diagnostic(
          code: code.rawValue, message: message, place: .init(file: path.string), reason: reason,
          remedy: remedy)
      ]
    }
  }

  private var message: String {
    switch code {
    case .notABundle: "the file is not a bundle of artifacts"
    case .badIndex: "the bundle's index cannot be used"
    case .damaged: "the bundle is damaged" + (subject.map { " at \($0)" } ?? "")
    case .incomplete: "the bundle is cut off: \(subject ?? "some") artifacts are missing"
    case .noSpace: "there is not enough space for the bundle's artifacts"
    case .interrupted: "the import was interrupted"
    case .file: "the bundle cannot be read or written"
    case .store: "the store failed"
    }
  }

  private var reason: String? {
    switch cause {
    case .archive(let error): error.diagnostics.first.map { $0.reason ?? $0.message }
    case .space(let needed, let free):
      "\(ByteCount(needed)) are missing in the store, its file system has \(ByteCount(free)) free"
    case .file, .store, nil: nil
    }
  }

  private var remedy: String? {
    switch code {
    case .notABundle: "name a file that `kiln store export` wrote"
    case .badIndex: "write it anew with `kiln store export` of the same kiln"
    case .damaged, .incomplete:
      "copy it once more, or write it anew with `kiln store export`; nothing of it was taken"
    case .noSpace: "`kiln store gc --days 7` makes room; --store or KILN_STORE name another folder"
    case .interrupted, .file, .store: nil
    }
  }
}
