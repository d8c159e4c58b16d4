extension Sequence where Self: Sendable, Element: Sendable {
  /// Transforms every element with at most `limit` transformations under way; results keep the
  /// order of the input.
  ///
  /// - Throws: the error of the element that failed first; the others are cancelled and awaited.
  public func mapConcurrently<Result: Sendable, Failure: Error>(
    limit: Int, _ transform: @escaping @Sendable (Element) async throws(Failure) -> Result
  ) async throws(Failure) -> [Result] {
    typealias Outcome = (index: Int, result: Swift.Result<Result, Failure>)
    let outcome = await withTaskGroup(of: Outcome.self) {
      group -> Swift.Result<[Result], Failure> in
      var results: [Int: Result] = [:]
      var pending = enumerated().makeIterator()
      let start = { (group: inout TaskGroup<Outcome>) in
        guard let (index, element) = pending.next() else { return }
        group.addTask {
          do throws(Failure) {
            return (index, .success(try await transform(element)))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      for _ in 0..<Swift.max(1, limit) { start(&group) }
      while let (index, result) = await group.next() {
        switch result {
        case .success(let value):
          results[index] = value
          start(&group)
        case .failure(let failure):
          group.cancelAll()
          return .failure(failure)
        }
      }
      return .success(results.sorted { $0.key < $1.key }.map(\.value))
    }
    return try outcome.get()
  }
}
