internal import Digests
internal import Transfers

/// The pages of package indexes, each asked for once in a run however many files it has.
actor PackageIndexes {
  private typealias Answer = Result<SimplePage, AttemptFailure>

  /// The largest projects' pages have some megabytes.
  private static let limit: Int64 = 64 << 20

  private let client: TransferClient
  private var pages: [String: Task<Answer, Never>] = [:]

  init(client: TransferClient) { self.client = client }

  /// Where an index has a file.
  ///
  /// - Parameters:
  ///   - base: the index, like `https://example.org/simple`.
  ///   - path: `<normalised project>/<file name>`.
  func locate(
    _ path: String, sha256: SHA256Digest, base: String
  ) async throws(AttemptFailure) -> String {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count == 2 else { throw .index("the lock's path is not <project>/<file>") }
    // A folder of files has no server that would answer for the directory.
    let ending = TransferURL.scheme(base) == "file" ? "/index.html" : "/"
    let page = try await page("\(base)/\(parts[0])\(ending)")
    let named = page.files.filter { $0.name == parts[1] }
    guard let file = named.first else { throw .index("the index has no file \(parts[1])") }
    guard let match = named.first(where: { $0.sha256 == nil || $0.sha256 == sha256 }) else {
      throw .index("the index has the file with the digest \(file.sha256?.hex ?? "")")
    }
    return match.url
  }

  private func page(_ url: String) async throws(AttemptFailure) -> SimplePage {
    while true {
      let task = pages[url] ?? Task { [client] in await Self.load(url, client) }
      pages[url] = task
      let answer = await withTaskCancellationHandler {
        await task.value
      } onCancel: {
        task.cancel()
      }
      switch answer {
      case .success(let page): return page
      case .failure(let failure):
        // It may pass; the next try asks again.
        pages[url] = nil
        // Another waiter was cancelled, and the request with it.
        if failure.isInterruption, !Task.isCancelled { continue }
        throw failure
      }
    }
  }

  private static func load(_ url: String, _ client: TransferClient) async -> Answer {
    do throws(TransferError) {
      let request = TransferRequest(url: url, headers: [SimplePage.accept])
      let (response, content) = try await client.document(request, limit: limit)
      let page = SimplePage(content, contentType: response.contentType, url: response.url)
      return page.map { .success($0) } ?? .failure(.index("what it answers is not an index page"))
    } catch {
      return .failure(.transfer(error))
    }
  }
}
