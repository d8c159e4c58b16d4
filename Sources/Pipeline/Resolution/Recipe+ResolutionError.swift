public import Digests
public import Recipes

extension Recipe {
  /// What a lock is made from (``Recipe/resolutionDigest``), with this module's error.
  public func resolutionDigest() throws(ResolutionError) -> SHA256Digest {
    do throws(RecipeError) { return try resolutionDigest } catch {
      throw ResolutionError(error, name)
    }
  }
}
