internal import Synchronization

/// Fetches over HTTP/1.1, HTTP/2 and from local files, many at once, over kept-alive connections.
///
/// One thread of its own runs libcurl's multi interface for all transfers of a client.
public final class TransferClient: Sendable {
  private let settings: TransferSettings
  private let loop: TransferLoop

  public init(_ settings: TransferSettings) throws(TransferError) {
    self.settings = settings
    loop = try TransferLoop.start(settings)
  }

  deinit { loop.stop() }

  /// Fetches one URL piece by piece.
  ///
  /// `begin` and `receive` run on the client's thread, in order. While one runs, no transfer of
  /// this client advances: that is the back-pressure, so they do what a disk can take and no more.
  /// Cancelling the calling task ends the transfer.
  ///
  /// - Parameters:
  ///   - failure: turns the transfer's own failures into the caller's error.
  ///   - begin: gets the server's answer before the first byte; it may refuse by throwing.
  ///   - receive: gets the bytes.
  @discardableResult
  public func transfer<Failure: Error>(
    _ request: TransferRequest, failure: (TransferError) -> Failure,
    begin: @escaping @Sendable (TransferResponse) throws(Failure) -> Void,
    receive: @escaping @Sendable (RawSpan) throws(Failure) -> Void
  ) async throws(Failure) -> TransferResponse {
    let caught = Caught<Failure>()
    let transfer = Transfer(
      request, settings,
      begin: { response in
        do throws(Failure) { try begin(response) } catch { return caught.keep(error) }
        return true
      },
      receive: { bytes in
        do throws(Failure) { try receive(bytes) } catch { return caught.keep(error) }
        return true
      })
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(transfer, continuation)
      }
    } onCancel: {
      transfer.cancel()
      loop.wake()
    }
    if let error = caught.error { throw error }
    switch outcome {
    case .success(let response): return response
    case .failure(let error): throw failure(error)
    }
  }

  /// Fetches a small document into memory.
  ///
  /// - Parameter limit: more bytes than this, unpacked, are ``TransferError/Code/tooLarge``.
  public func document(
    _ request: TransferRequest, limit: Int64
  ) async throws(TransferError) -> (response: TransferResponse, content: [UInt8]) {
    var request = request
    request.limit = limit
    request.unpacks = true
    let content = Collected()
    let response = try await transfer(request, failure: { (error: TransferError) in error }) {
      (_: TransferResponse) throws(TransferError) in
    } receive: { (bytes: RawSpan) throws(TransferError) in
      content.append(bytes)
    }
    return (response, content.bytes)
  }

  /// Fetches a small UTF-8 text into memory.
  public func text(_ url: String, limit: Int64) async throws(TransferError) -> String {
    let (_, content) = try await document(TransferRequest(url: url), limit: limit)
    guard let text = String(validating: content, as: UTF8.self) else {
      throw TransferError(.malformedReply, url: url, reason: "the text is not valid UTF-8")
    }
    return text
  }
}

/// The error that a caller's closure threw on the client's thread.
private final class Caught<Failure: Error>: Sendable {
  private let first = Mutex<Failure?>(nil)

  var error: Failure? { first.withLock { $0 } }

  func keep(_ error: Failure) -> Bool {
    first.withLock { $0 = $0 ?? error }
    return false
  }
}

private final class Collected: Sendable {
  private let content = Mutex<[UInt8]>([])

  var bytes: [UInt8] { content.withLock { $0 } }

  func append(_ span: RawSpan) {
    content.withLock { content in
      unsafe span.withUnsafeBytes { unsafe content.append(contentsOf: $0) }
    }
  }
}
