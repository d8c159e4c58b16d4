import Synchronization
import TestSupport
import Testing
import Transfers

@Suite struct TransferClientTests {
  private let server: LoopbackServer
  private let client: TransferClient

  init() throws {
    server = try LoopbackServer()
    client = try Self.client(stallTimeout: 300)
  }

  /// A busy machine stalls too, so only what is to stall gets little time.
  private static func client(stallTimeout: Int) throws -> TransferClient {
    try TransferClient(
      TransferSettings(
        environment: [:], connectTimeout: 60, stallTimeout: stallTimeout, stallSpeed: 50_000,
        redirectLimit: 3))
  }

  private func fetch(
    _ path: String, offset: Int64 = 0, limit: Int64? = nil, by client: TransferClient? = nil
  ) async throws(TransferError) -> (TransferResponse, [UInt8]) {
    let client = client ?? self.client
    let content = Mutex<[UInt8]>([])
    let url = path.contains("://") ? path : server.url + path
    let response = try await client.transfer(
      TransferRequest(url: url, offset: offset, limit: limit), failure: { $0 }
    ) { (_) throws(TransferError) in
    } receive: { (bytes) throws(TransferError) in
      content.withLock { content in unsafe bytes.withUnsafeBytes { content += unsafe Array($0) } }
    }
    return (response, content.withLock { $0 })
  }

  private func failure(
    _ path: String, offset: Int64 = 0, limit: Int64? = nil, by client: TransferClient? = nil
  ) async -> TransferError? {
    do throws(TransferError) {
      _ = try await fetch(path, offset: offset, limit: limit, by: client)
      return nil
    } catch {
      return error
    }
  }

  @Test func fetchesAFileWhole() async throws {
    let content = noise(3_000_000)
    server.put("/file", content, contentType: "text/x")
    let (response, bytes) = try await fetch("/file")
    #expect(bytes == content)
    #expect(response.status == 200 && response.total == 3_000_000 && response.offset == 0)
    #expect(response.contentType == "text/x")
  }

  @Test func fetchesAnEmptyFile() async throws {
    server.put("/empty", [])
    let (response, bytes) = try await fetch("/empty")
    #expect(bytes.isEmpty && response.total == 0)
  }

  @Test func goesOnFromAnOffset() async throws {
    let content = noise(1000)
    server.put("/file", content)
    let (response, bytes) = try await fetch("/file", offset: 400)
    #expect(bytes == Array(content[400...]))
    #expect(response.status == 206 && response.offset == 400 && response.total == 1000)
  }

  @Test func saysWhenTheServerBeginsAgain() async throws {
    server.put("/file", noise(1000), .ignoreRange)
    let (response, bytes) = try await fetch("/file", offset: 400)
    #expect(bytes.count == 1000 && response.offset == 0)
  }

  @Test func refusesAnOffsetBeyondTheEnd() async {
    server.put("/file", noise(10))
    await #expect(throws: TransferError(.rangeRefused, url: server.url + "/file", status: 416)) {
      try await fetch("/file", offset: 10)
    }
  }

  @Test(arguments: [
    (404, TransferError.Code.notFound), (410, .notFound), (403, .denied), (429, .throttled),
    (500, .serverFailed), (503, .serverFailed), (418, .refused),
  ])
  func mapsStatuses(status: Int, code: TransferError.Code) async {
    server.put("/file", [], .status(status, retryAfter: 7))
    let failure = await failure("/file")
    #expect(failure?.code == code && failure?.status == status && failure?.retryAfter == 7)
  }

  @Test func followsRedirectsAndSaysWhereItArrived() async throws {
    server.put("/a/start", [], .redirect(to: "../b/end"))
    server.put("/b/end", noise(10))
    let (response, bytes) = try await fetch("/a/start")
    #expect(bytes.count == 10 && response.url == server.url + "/b/end")
  }

  @Test func boundsRedirects() async {
    server.put(
      "/loop", [], .redirect(to: "/loop"), .redirect(to: "/loop"), .redirect(to: "/loop"),
      .redirect(to: "/loop"), .redirect(to: "/loop"))
    #expect(await failure("/loop")?.code == .redirectedTooOften)
    #expect(server.count("/loop") == 4)
  }

  @Test(arguments: ["file:///etc/passwd", "ftp://example.org/x"])
  func noServerLeadsAwayFromHTTP(target: String) async {
    server.put("/away", [], .redirect(to: target))
    #expect(await failure("/away")?.code == .badAddress)
  }

  @Test func givesUpOnAStall() async throws {
    server.put("/stall", noise(100_000), .stall(after: 1000))
    #expect(await failure("/stall", by: try Self.client(stallTimeout: 2))?.code == .stalled)
  }

  @Test func noticesACut() async {
    server.put("/cut", noise(100_000), .cut(after: 1000))
    server.put("/lie", noise(100), .lieAboutLength(by: 5))
    #expect(await failure("/cut")?.code == .cut)
    #expect(await failure("/lie")?.code == .cut)
  }

  /// What is there already and the rest were more together than a number holds.
  @Test func aServerSaysWhatItLikesOfTheLength() async {
    server.put("/lie", noise(100), .lieAboutLength(by: .max - 60))
    #expect(await failure("/lie", offset: 50, limit: 1000)?.code == .tooLarge)
  }

  @Test func noticesWhatIsNoHTTP() async {
    server.put("/garbage", [], .garbage)
    #expect(await failure("/garbage")?.code == .malformedReply)
  }

  @Test func takesNoMoreThanTheLimit() async {
    server.put("/declared", noise(100))
    server.put("/undeclared", noise(100), .append(100))
    #expect(await failure("/declared", limit: 99)?.code == .tooLarge)
    #expect(await failure("/undeclared", limit: 150)?.code == .tooLarge)
  }

  @Test(arguments: ["ftp://example.org/x", "nothing", "", "javascript:alert(1)"])
  func refusesOtherAddresses(url: String) async {
    await #expect(throws: TransferError.self) { try await client.text(url, limit: 10) }
  }

  @Test func saysWhenNobodyListens() async throws {
    let port = try LoopbackServer().port
    let failure = await failure("http://127.0.0.1:\(port)/x")
    #expect(failure?.code == .unreachable)
    // The same words, however long it took.
    #expect(failure?.reason?.contains(#/ [0-9]+ ms/#) == false)
  }

  @Test func readsLocalFiles() async throws {
    try await withTemporaryFolder { folder in
      try await python("open('f','wb').write(b'0123456789')", in: folder)
      let (response, bytes) = try await fetch("file://\(folder)/f", offset: 4)
      #expect(String(decoding: bytes, as: UTF8.self) == "456789")
      #expect(response.offset == 4 && response.total == 10)
      #expect(await failure("file://\(folder)/none")?.code == .notFound)
    }
  }

  @Test func endsWhenTheTaskIsCancelled() async throws {
    server.put("/slow", noise(1_000_000), .slowly(bytes: 100, milliseconds: 20))
    let task = Task { await failure("/slow") }
    while server.count("/slow") == 0 { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    #expect(await task.value?.code == .interrupted)
    let late = Task { () -> TransferError? in
      try? await Task.sleep(for: .seconds(60))
      return await failure("/slow")
    }
    late.cancel()
    #expect(await late.value?.code == .interrupted)
  }

  @Test func aReceiverStopsTheTransferByThrowing() async {
    struct Enough: Error, Equatable {}
    server.put("/file", noise(1_000_000))
    await #expect(throws: Enough()) {
      try await client.transfer(
        TransferRequest(url: server.url + "/file"), failure: { (_: TransferError) in Enough() }
      ) { (_) throws(Enough) in
      } receive: { (_) throws(Enough) in
        throw Enough()
      }
    }
  }

  @Test func transfersManyAtOnce() async throws {
    for index in 0..<40 { server.put("/\(index)", [UInt8(index)]) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<40 {
        group.addTask {
          let (_, bytes) = try await fetch("/\(index)")
          #expect(bytes == [UInt8(index)])
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func usesAConnectionAgain() async throws {
    for index in 0..<10 {
      server.put("/\(index)", [UInt8(index)])
      _ = try await fetch("/\(index)")
    }
    #expect(Set(server.requests.map(\.connection)).count == 1)
  }

  @Test func hasEightConnectionsToAServerAtMost() async throws {
    for index in 0..<20 { server.put("/\(index)", [1, 2], .stall(after: 1)) }
    let task = Task {
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<20 { group.addTask { _ = await failure("/\(index)") } }
      }
    }
    while server.requests.count < 8 { try await Task.sleep(for: .milliseconds(5)) }
    // None of the eight ends, so a ninth would come soon; if it came late, this would not see it.
    try await Task.sleep(for: .milliseconds(100))
    #expect(server.requests.count == 8)
    task.cancel()
    await task.value
  }

  @Test func readsTexts() async throws {
    server.put("/text", Array("Grüße".utf8))
    server.put("/binary", [0xFF, 0xFE])
    #expect(try await client.text(server.url + "/text", limit: 100) == "Grüße")
    await #expect(throws: TransferError.self) {
      try await client.text(server.url + "/binary", limit: 100)
    }
  }
}

/// Bytes that look random and are the same each time.
func noise(_ count: Int) -> [UInt8] {
  var state: UInt32 = 1
  let block = (0..<4093).map { _ in
    state = state &* 1_664_525 &+ 1_013_904_223
    return UInt8(truncatingIfNeeded: state >> 24)
  }
  var bytes: [UInt8] = []
  while bytes.count < count { bytes += block }
  return Array(bytes.prefix(count))
}
