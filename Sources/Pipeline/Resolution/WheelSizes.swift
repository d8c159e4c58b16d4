internal import Concurrency
internal import Content
internal import Digests
internal import Transfers

/// Sizes of wheels that the index does not tell: an index of plain HTML pages has none.
struct WheelSizes: Sendable {
  /// How often a server that fails for the moment is asked, and the milliseconds of the first pause.
  private static let attempts = 4
  private static let pause = 500

  private let client: TransferClient
  /// Base URLs, perhaps with the credentials that the files want as well.
  private let indexes: [String]

  init(indexes: [String], environment: [String: String]) throws(ResolutionError) {
    self.indexes = indexes
    do throws(TransferError) {
      client = try TransferClient(TransferSettings(environment: environment))
    } catch {
      throw ResolutionError(error, "libcurl")
    }
  }

  /// The server's word for each size: what it answers before the first byte, which is not read.
  func sizes(of wheels: [Pylock.Wheel]) async throws(ResolutionError) -> [SHA256Digest: Int64] {
    let sizes = try await wheels.mapConcurrently(limit: 8) {
      (wheel: Pylock.Wheel) async throws(ResolutionError) -> (SHA256Digest, Int64) in
      (wheel.sha256, try await size(of: wheel))
    }
    return Dictionary(sizes, uniquingKeysWith: { first, _ in first })
  }

  /// How a transfer ends whose size is all that is wanted.
  private enum Answer: Error {
    case size(Int64?)
    case failure(TransferError)
  }

  private func size(of wheel: Pylock.Wheel) async throws(ResolutionError) -> Int64 {
    let url: String
    switch wheel.location {
    case .index(let text):
      url = indexes.reduce(String(text.prefix { $0 != "#" })) {
        TransferURL.carryingCredentials($0, of: $1)
      }
    case .url(let text): url = String(text.prefix { $0 != "#" })
    case .path(let path): throw ResolutionError(.sizeUnknown, path)
    }
    let size: Int64?
    do throws(TransferError) { size = try await announced(by: url) } catch {
      throw ResolutionError(error, url)
    }
    if let size { return size }
    throw ResolutionError(
      .sizeUnknown, wheel.name.text, reason: "the server does not tell its size",
      remedy: "use an index whose server does")
  }

  private func announced(by url: String) async throws(TransferError) -> Int64? {
    var attempt = 0
    while true {
      switch await answer(url) {
      case .size(let size): return size
      case .failure(let error):
        attempt += 1
        guard error.isTemporary, attempt < Self.attempts else { throw error }
        let pause = max(Self.pause << (attempt - 1), min(error.retryAfter ?? 0, 30) * 1000)
        // Where it is interrupted the next attempt says so.
        try? await Task.sleep(for: .milliseconds(pause))
      }
    }
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
