/// Runs `body` with 0, 1 and so on below `count`, the places of mirrors in the order to try, for as
/// long as they cannot be reached or let nobody in.
func tryingMirrors<Value>(
  _ count: Int, _ body: (Int) async throws(ResolutionError) -> Value
) async throws(ResolutionError) -> Value {
  var place = 0
  while true {
    do throws(ResolutionError) { return try await body(place) } catch {
      place += 1
      guard error.isOfMirror, place < count else { throw error }
    }
  }
}

extension ResolutionError {
  /// Whether another mirror may do better.
  fileprivate var isOfMirror: Bool {
    [.unreachable, .denied, .indexUnreachable, .indexDenied].contains(code)
  }
}
