internal import CCurl
internal import Synchronization

/// The thread that runs libcurl's multi interface for one client.
@safe final class TransferLoop: Sendable {
  private struct Inbox {
    var started: [(Transfer, CheckedContinuation<Transfer.Outcome, Never>)] = []
    var stopped = false
  }

  /// The only call on it from other threads is `curl_multi_wakeup`, which libcurl allows.
  @safe private struct Multi: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

  // libcurl wants this once in a process, before anything else.
  private static let initialised = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  private let multi: Multi
  private let inbox = Mutex(Inbox())

  private init(_ multi: Multi) { self.multi = multi }

  static func start(_ settings: TransferSettings) throws(TransferError) -> TransferLoop {
    guard initialised == CURLE_OK, let pointer = unsafe curl_multi_init() else {
      throw TransferError(.other, url: "", reason: "libcurl cannot be initialised")
    }
    let loop = unsafe TransferLoop(Multi(pointer: pointer))
    let connections = settings.connectionsPerHost
    let code = unsafe ccurl_multi_set_number(
      pointer, CURLMOPT_MAX_HOST_CONNECTIONS, connections)
    let context = unsafe Unmanaged.passRetained(loop)
    let status =
      code == CURLM_OK
      ? unsafe ccurl_start_thread(
        { context in
          guard let context = unsafe context else { return nil }
          unsafe Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run()
          return nil
        }, context.toOpaque()) : -1
    guard status == 0 else {
      unsafe context.release()
      unsafe curl_multi_cleanup(pointer)
      throw TransferError(.other, url: "", reason: "no thread for transfers: \(status)")
    }
    return loop
  }

  func submit(
    _ transfer: Transfer, _ continuation: CheckedContinuation<Transfer.Outcome, Never>
  ) {
    inbox.withLock { $0.started.append((transfer, continuation)) }
    wake()
  }

  func wake() { _ = unsafe curl_multi_wakeup(multi.pointer) }

  /// Ends the thread. No transfer may be under way.
  func stop() {
    // Within the lock, since the thread frees the handle as soon as it sees the flag.
    inbox.withLock { inbox in
      inbox.stopped = true
      wake()
    }
  }

  private func run() {
    var active: [UInt: Transfer] = [:]
    while true {
      let (started, stopped) = inbox.withLock { inbox in
        defer { inbox.started = [] }
        return (inbox.started, inbox.stopped)
      }
      if stopped { break }
      for (transfer, continuation) in started { add(transfer, continuation, &active) }
      for (key, transfer) in active where transfer.isCancelled {
        remove(transfer)
        active[key] = nil
        _ = transfer.complete(CURLE_ABORTED_BY_CALLBACK)
      }
      var running: Int32 = 0
      let code = unsafe curl_multi_perform(multi.pointer, &running)
      collect(&active)
      if code != CURLM_OK { abandon(&active, code) }
      _ = unsafe curl_multi_poll(multi.pointer, nil, 0, 1000, nil)
    }
    unsafe curl_multi_cleanup(multi.pointer)
  }

  private func add(
    _ transfer: Transfer, _ continuation: CheckedContinuation<Transfer.Outcome, Never>,
    _ active: inout [UInt: Transfer]
  ) {
    do throws(TransferError) { try transfer.prepare(continuation) } catch {
      return transfer.finish(.failure(error))
    }
    resume(transfer, &active)
  }

  private func resume(_ transfer: Transfer, _ active: inout [UInt: Transfer]) {
    guard let handle = unsafe transfer.handle,
      unsafe curl_multi_add_handle(multi.pointer, handle) == CURLM_OK
    else {
      return transfer.finish(.failure(TransferError(.other, url: "", reason: "libcurl is full")))
    }
    active[UInt(bitPattern: handle)] = transfer
  }

  private func remove(_ transfer: Transfer) {
    guard let handle = unsafe transfer.handle else { return }
    _ = unsafe curl_multi_remove_handle(multi.pointer, handle)
  }

  private func collect(_ active: inout [UInt: Transfer]) {
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi.pointer, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE,
        let handle = unsafe message.pointee.easy_handle
      else { continue }
      // The message dies with the handle's removal.
      let code = unsafe message.pointee.data.result
      guard let transfer = active.removeValue(forKey: UInt(bitPattern: handle)) else {
        continue
      }
      remove(transfer)
      if transfer.complete(code) { resume(transfer, &active) }
    }
  }

  private func abandon(_ active: inout [UInt: Transfer], _ code: CURLMcode) {
    for transfer in active.values {
      remove(transfer)
      transfer.finish(
        .failure(TransferError(.other, url: "", reason: "libcurl: status \(code.rawValue)")))
    }
    active = [:]
  }
}
