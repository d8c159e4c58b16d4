internal import Commands
internal import Content
internal import Digests
internal import FileSystem
public import SystemPackage

/// Signs an image's digest with the user's own key, and checks such a signature.
///
/// What is signed are the bytes of `<image>.sha256`, so that everybody can check it with
/// `sha256sum -c` and the tool that made the key, without kiln.
public struct ImageSignature: Sendable {
  private let environment: [String: String]

  /// - Parameter environment: for the tools; `PATH` is looked at.
  public init(environment: [String: String]) { self.environment = environment }

  /// Says early what would stop ``sign(_:with:scratch:)``: signs something of no meaning.
  ///
  /// - Parameter scratch: an existing folder.
  public func prepare(with key: FilePath, scratch: FilePath) async throws(SignatureError) {
    let form = try KeyForm.of(key, .secret)
    let probe = scratch.appending("probe")
    do throws(FileError) { try Files.write("a probe of the key\n", to: probe) } catch {
      throw SignatureError(error)
    }
    _ = try await signature(of: probe, form, key, scratch, subject: key)
  }

  /// Writes the signature beside an image whose `.sha256` stands there.
  ///
  /// - Returns: the signature's path.
  @discardableResult
  public func sign(
    _ image: FilePath, with key: FilePath, scratch: FilePath
  ) async throws(SignatureError) -> FilePath {
    let form = try KeyForm.of(key, .secret)
    let made = try await signature(
      of: Self.statement(of: image), form, key, scratch, subject: image)
    let target = FilePath(image.string + form.ending)
    do throws(FileError) {
      var file = try AtomicFile.create(target)
      try file.write(try Files.read(made))
      try file.publish()
    } catch {
      throw SignatureError(error)
    }
    return target
  }

  /// - Parameter subject: what an error is about.
  /// - Returns: the file of the signature, in the scratch folder.
  private func signature(
    of message: FilePath, _ form: KeyForm, _ key: FilePath, _ scratch: FilePath, subject: FilePath
  ) async throws(SignatureError) -> FilePath {
    let made = scratch.appending("signature")
    let name = message.lastComponent?.string ?? ""
    let arguments: [String] =
      switch form {
      case .openssl:
        [
          "pkeyutl", "-sign", "-rawin", "-inkey", key.string, "-in", message.string, "-out",
          made.string,
        ]
      case .minisign:
        // Its own comments hold the time.
        [
          "-S", "-s", key.string, "-m", message.string, "-x", made.string, "-c", "kiln", "-t", name,
        ]
      }
    do throws(CommandError) {
      try await Command(form.rawValue, arguments, environment: environment).run()
    } catch {
      throw SignatureError(error, .notSigned, subject.string, form)
    }
    return made
  }

  /// Checks that the owner of `key` signed this very image.
  ///
  /// - Parameter scratch: an existing folder.
  /// - Returns: the form of the key.
  @discardableResult
  public func check(
    _ image: FilePath, with key: FilePath, scratch: FilePath
  ) async throws(SignatureError) -> KeyForm {
    let form = try KeyForm.of(key, .public)
    let signature = FilePath(image.string + form.ending)
    guard Files.exists(signature) else {
      throw SignatureError(.missing, signature.string)
    }
    let message = try statement(of: image, scratch)
    let arguments: [String] =
      switch form {
      case .openssl:
        [
          "pkeyutl", "-verify", "-pubin", "-rawin", "-inkey", key.string, "-in", message.string,
          "-sigfile", signature.string,
        ]
      case .minisign:
        ["-V", "-q", "-p", key.string, "-m", message.string, "-x", signature.string]
      }
    do throws(CommandError) {
      try await Command(form.rawValue, arguments, environment: environment).run()
    } catch {
      throw SignatureError(error, .wrong, image.string, form)
    }
    return form
  }

  static func statement(of image: FilePath) -> FilePath { FilePath(image.string + ".sha256") }

  /// The signed file: the one beside the image if it states the image's digest; where there is none,
  /// one as kiln writes it.
  func statement(
    of image: FilePath, _ scratch: FilePath
  ) throws(SignatureError) -> FilePath {
    let path = Self.statement(of: image)
    let reason: String
    do throws(FileError) {
      let digest = try FileDigest(of: image).sha256
      guard Files.exists(path) else {
        let made = scratch.appending("sha256")
        try Files.write("\(digest.hex)  \(image.lastComponent?.string ?? "")\n", to: made)
        return made
      }
      let text = try Files.readText(path, limit: 64 << 10)
      let stated = CheckSums(text).digest(of: image.lastComponent?.string ?? "")
      if stated == digest { return path }
      reason = "\(path) states \(stated?.hex ?? "nothing of it"), and the image is \(digest.hex)"
    } catch {
      throw SignatureError(error)
    }
    throw SignatureError(.wrong, image.string, reason: reason)
  }
}
