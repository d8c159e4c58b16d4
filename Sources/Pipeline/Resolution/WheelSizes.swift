internal import Concurrency
internal import Content
internal import Digests
internal import Transfers

/// Sizes of wheels that the index does not tell: an index of plain HTML pages has none.
struct WheelSizes: Sendable {
  private let client: TransferClient

  init(environment: [String: String]) throws(ResolutionError) {
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
    case .index(let text), .url(let text): url = String(text.prefix { $0 != "#" })
    case .path(let path): throw ResolutionError(.sizeUnknown, path)
    }
    do throws(Answer) {
      try await client.transfer(
        TransferRequest(url: url), failure: { Answer.failure($0) },
        begin: { (response: TransferResponse) throws(Answer) in throw .size(response.total) },
        receive: { (_: RawSpan) throws(Answer) in })
    } catch {
      switch error {
      case .size(let size?): return size
      case .size(nil): break
      case .failure(let failure): throw ResolutionError(failure, url)
      }
    }
    throw ResolutionError(
      .sizeUnknown, wheel.name.text, reason: "the server does not tell its size",
      remedy: "use an index whose server does")
  }
}
