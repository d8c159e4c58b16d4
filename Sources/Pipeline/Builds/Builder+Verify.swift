public import Diagnostics
internal import Images
internal import Recipes
internal import Store
public import SystemPackage
public import Verification

extension Builder {
  /// Judges an image from its bytes, as WSL would meet it.
  ///
  /// - Parameters:
  ///   - boot: whether to boot it too, which needs root of the machine and systemd-nspawn.
  ///   - key: a public key whose owner must have signed the image; where he did not, nothing of the
  ///     image is extracted or run.
  public func verify(
    _ image: FilePath, boot: Bool, key: FilePath? = nil
  ) async throws(BuildError) -> VerificationReport {
    try await store.withScratch(failure: { BuildError($0, in: image.string) }) {
      (scratch) async throws(BuildError) in
      if let key { try await checkSignature(of: image, key, scratch) }
      let verifier = ImageVerifier(
        environment: settings.environment, scratch: scratch,
        selfCheck: SelfCheck(sandbox: try sandbox()), progress: settings.progress)
      var report = try await staged(image.string) { () async throws(VerificationError) in
        try await verifier.verify(
          image, boot: boot ? BootTest(environment: settings.environment) : nil)
      }
      if key != nil { report.add(.init(name: "signature", passed: true)) }
      return report
    }
  }

  /// What the rules say without executing anything: of a recipe, or of an image.
  public static func lint(
    _ path: FilePath, variables: [String: String], environment: [String: String]
  ) throws(BuildError) -> [Diagnostic] {
    guard ImageFormat(fileName: path.lastComponent?.string ?? "") == nil else {
      do throws(VerificationError) {
        return try ImageVerifier(environment: environment, scratch: "/tmp").judge(path)
          .findings
      } catch {
        throw BuildError(error, in: path.string)
      }
    }
    return try findings(in: recipe(path, variables: variables), path)
  }
}
