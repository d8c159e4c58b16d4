internal import Transfers

extension Fetcher {
  /// The server's word for the size of a file: what it answers before the first byte, which is not
  /// read. Nil where it tells none.
  ///
  /// - Parameter url: it may carry credentials.
  public func announcedSize(of url: String) async throws(FetchError) -> Int64? {
    try await trying([.mirror(url)], for: TransferURL.redacted(url), position: { 0 }) {
      (origin, _) async throws(AttemptFailure) -> Int64? in
      switch await answer(origin.url) {
      case .size(let size): return size
      case .failure(let error): throw .transfer(error)
      }
    }
  }

  /// How a transfer ends whose size is all that is wanted.
  private enum Answer: Error {
    case size(Int64?)
    case failure(TransferError)
  }

  private func answer(_ url: String) async -> Answer {
    do throws(Answer) {
      try await client.transfer(
        TransferRequest(url: url), failure: { Answer.failure($0) },
        begin: { (response: TransferResponse) throws(Answer) in throw .size(response.total) },
        receive: { (_: RawSpan) throws(Answer) in })
      return .size(nil)
    } catch {
      return error
    }
  }
}
