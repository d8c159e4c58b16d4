public import Recipes

extension Recipe {
  /// What a lock is made from (``Recipe/resolutionDigests``), with this module's error.
  public func resolutionDigests() throws(ResolutionError) -> ResolutionDigests {
    do throws(RecipeError) { return try resolutionDigests } catch {
      throw ResolutionError(error, name)
    }
  }
}
