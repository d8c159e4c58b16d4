import Glibc

/// One connection of a ``LoopbackServer``, on its own thread.
struct LoopbackConnection {
  private let socket: Int32
  private let number: Int
  private var pending: [UInt8] = []

  init(_ socket: Int32, _ number: Int) {
    self.socket = socket
    self.number = number
  }

  /// Answers requests until one side ends the connection.
  func run(_ ledger: LoopbackLedger) {
    var connection = self
    defer {
      ledger.forget(number)
      close(socket)
    }
    while let request = connection.readRequest() {
      guard let (page, behaviour) = ledger.answer(request),
        connection.respond(request, page, behaviour)
      else { return }
    }
  }

  private mutating func readRequest() -> LoopbackServer.Request? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let range = pending.firstRange(of: end) {
        let head = String(decoding: pending[..<range.lowerBound], as: UTF8.self)
        pending.removeSubrange(..<range.upperBound)
        return parsed(head)
      }
      var buffer = [UInt8](repeating: 0, count: 16_384)
      let count = unsafe recv(socket, &buffer, buffer.count, 0)
      if count <= 0 { return nil }
      pending += buffer[..<count]
    }
  }

  private func parsed(_ head: String) -> LoopbackServer.Request? {
    let lines = head.split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    return LoopbackServer.Request(
      method: String(words[0]), path: String(words[1]), headers: headers, connection: number)
  }

  /// - Returns: whether the connection goes on.
  private func respond(
    _ request: LoopbackServer.Request, _ page: LoopbackLedger.Page,
    _ behaviour: LoopbackServer.Behaviour
  ) -> Bool {
    switch behaviour {
    case .garbage:
      _ = send(Array("this is no HTTP\r\n\r\n".utf8))
      return false
    case .status(let status, let retryAfter):
      let body = Array("status \(status)\n".utf8)
      let wait = retryAfter.map { ["Retry-After: \($0)"] } ?? []
      return send(head(status, length: body.count, wait) + body)
    case .redirect(let target): return send(head(302, length: 0, ["Location: \(target)"]))
    default: return respond(body(request, page, behaviour), page.contentType, behaviour)
    }
  }

  private typealias Body = (bytes: [UInt8], start: Int?, total: Int)

  private func body(
    _ request: LoopbackServer.Request, _ page: LoopbackLedger.Page,
    _ behaviour: LoopbackServer.Behaviour
  ) -> Body {
    var content = page.content
    if case .flip(let index) = behaviour { content[index] = ~content[index] }
    // bytes=100-
    let start = request.headers["range"]?.split(separator: "=").last?.split(separator: "-").first
    guard behaviour != .ignoreRange, let start = start.flatMap({ Int($0) }) else {
      return (content, nil, content.count)
    }
    return (Array(content.dropFirst(start)), start, content.count)
  }

  private func respond(
    _ body: Body, _ contentType: String, _ behaviour: LoopbackServer.Behaviour
  ) -> Bool {
    if let start = body.start, start >= body.total {
      return send(head(416, length: 0, ["Content-Range: bytes */\(body.total)"]))
    }
    var extra = ["Content-Type: \(contentType)", "Accept-Ranges: bytes"]
    if case .labelled(let line) = behaviour { extra.append(line) }
    if let start = body.start {
      extra.append("Content-Range: bytes \(start)-\(body.total - 1)/\(body.total)")
    }
    let status = body.start == nil ? 200 : 206
    let head = { (length: Int?) in self.head(status, length: length, extra) }
    switch behaviour {
    case .lieAboutLength(let difference):
      _ = send(head(body.bytes.count + difference) + body.bytes)
      return false
    case .append(let count):
      _ = send(head(nil) + body.bytes + [UInt8](repeating: 0, count: count))
      return false
    case .cut(let count):
      _ = send(head(body.bytes.count) + body.bytes.prefix(count))
      return false
    case .stall(let count):
      _ = send(head(body.bytes.count) + body.bytes.prefix(count))
      // Until the client gives up, or the server stops.
      var byte: UInt8 = 0
      return unsafe recv(socket, &byte, 1, 0) > 0
    case .slowly(let size, let milliseconds):
      guard send(head(body.bytes.count)) else { return false }
      for start in stride(from: 0, to: body.bytes.count, by: size) {
        usleep(UInt32(milliseconds) * 1000)
        guard send(Array(body.bytes[start..<min(start + size, body.bytes.count)])) else {
          return false
        }
      }
      return true
    default: return send(head(body.bytes.count) + body.bytes)
    }
  }

  private func head(_ status: Int, length: Int?, _ extra: [String]) -> [UInt8] {
    let lines =
      ["HTTP/1.1 \(status) Status"] + extra
      + (length.map { ["Content-Length: \($0)"] } ?? ["Connection: close"])
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  private func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// The path with `%2b` and its like resolved.
  static func unquoted(_ path: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(path.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"),
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        rest = rest.dropFirst(2)
        bytes.append(value)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
