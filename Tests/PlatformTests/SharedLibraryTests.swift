import Platform
import Testing

@Suite struct SharedLibraryTests {
  @Test func aSonameIsFoundAsTheLoaderDoes() throws {
    let library = try SharedLibrary("libm.so.6")
    #expect(library.path.hasPrefix("/"))
    let cosine = unsafe library.symbol("cos", as: (@convention(c) (Double) -> Double).self)
    #expect(cosine?(0) == 1)
    #expect(unsafe library.symbol("no_such_function", as: (@convention(c) () -> Void).self) == nil)
  }

  @Test func theLoadersExplanationIsKept() {
    #expect(throws: LoadError.self) { try SharedLibrary("libnothing.so.9") }
    do throws(LoadError) {
      _ = try SharedLibrary("libnothing.so.9")
    } catch {
      #expect(error.name == "libnothing.so.9")
      #expect(error.explanation.contains("libnothing.so.9"))
    }
  }
}
