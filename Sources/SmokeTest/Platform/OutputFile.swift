import CPlatform

/// A file that appears under its name when it is complete.
@safe
public final class OutputFile {
  private let path: String
  /// What is written; nothing when `path` is written itself, being no regular file.
  private let partial: String?
  private let descriptor: Int32

  /// Opens it, so that whoever wants it learns early that it cannot be had.
  public init(_ path: String) throws(FileError) {
    self.path = path
    let kind = Machine(environment: [:]).status(path)?.kind
    partial = kind == nil || kind == .file ? path + ".partial" : nil
    descriptor = unsafe platform_open(partial ?? path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path) }
  }

  deinit { close(descriptor) }

  /// Writes all of `text` and gives the file its name.
  public func finish(_ text: String) throws(FileError) {
    guard writeAll(text.bytes, to: descriptor) else { throw FileError(path: path) }
    if let partial, unsafe rename(partial, path) != 0 { throw FileError(path: path) }
  }
}
