internal import Concurrency
internal import Content
internal import Digests
internal import Fetching
internal import Transfers

/// Sizes of wheels that the index does not tell: an index of plain HTML pages has none.
struct WheelSizes: Sendable {
  let fetcher: Fetcher
  /// Base URLs, perhaps with the credentials that the files want as well.
  let indexes: [String]

  /// Asks the server for each size.
  func sizes(of wheels: [Pylock.Wheel]) async throws(ResolutionError) -> [SHA256Digest: Int64] {
    let sizes = try await wheels.mapConcurrently(limit: 8) {
      (wheel: Pylock.Wheel) async throws(ResolutionError) -> (SHA256Digest, Int64) in
      (wheel.sha256, try await size(of: wheel))
    }
    return Dictionary(sizes, uniquingKeysWith: { first, _ in first })
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
    do throws(FetchError) { size = try await fetcher.announcedSize(of: url) } catch {
      guard error.code == .unavailable else {
        throw ResolutionError(error, TransferURL.redacted(url))
      }
      throw unknown(wheel, error.attempts.map { "\($0.url): \($0.reason)" }.joined(separator: "\n"))
    }
    if let size { return size }
    throw unknown(wheel, "the server does not tell its size")
  }

  private func unknown(_ wheel: Pylock.Wheel, _ reason: String) -> ResolutionError {
    ResolutionError(
      .sizeUnknown, wheel.name.text, reason: reason, remedy: "use another index")
  }
}
