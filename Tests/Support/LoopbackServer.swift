import FileSystem
import Glibc
public import SystemPackage

/// An HTTP/1.1 server on 127.0.0.1 that serves what a test gives it, well or as badly as it says.
///
/// It stops when the value goes. Each connection has a thread; they are kept alive between requests.
@safe public final class LoopbackServer: Sendable {
  /// How one request is answered; see ``put(_:_:contentType:_:)``.
  public enum Behaviour: Hashable, Sendable {
    /// Whole, or the range asked for.
    case serve
    /// Whole, even where a range is asked for.
    case ignoreRange
    /// So many bytes, and then nothing more on an open connection.
    case stall(after: Int)
    /// So many bytes, and then the connection ends.
    case cut(after: Int)
    /// A `Content-Length` that is so much larger (or smaller) than the body.
    case lieAboutLength(by: Int)
    /// The bit pattern of one byte turned around.
    case flip(at: Int)
    /// More bytes than there are, without a `Content-Length`.
    case append(Int)
    /// An error, with the seconds of `Retry-After` where given.
    case status(Int, retryAfter: Int? = nil)
    /// Whole, with one more line of the header.
    case labelled(String)
    /// A redirect, to a path of this server or to a URL.
    case redirect(to: String)
    /// In pieces of so many bytes, with a pause of so many milliseconds before each.
    case slowly(bytes: Int, milliseconds: Int)
    /// No HTTP at all.
    case garbage
  }

  /// What a client asked for.
  public struct Request: Hashable, Sendable {
    public let method: String
    public let path: String
    /// By lower-case name.
    public let headers: [String: String]
    /// Which connection it came on, counted from 0.
    public let connection: Int
  }

  public let port: UInt16
  /// What the threads share with it; they may live a little longer.
  private let ledger: LoopbackLedger

  public init() throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw Errno(rawValue: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        if unsafe bind(socket, address, length) != 0 || listen(socket, 64) != 0 {
          return -1 as Int32
        }
        return unsafe getsockname(socket, address, &length)
      }
    }
    guard status == 0 else {
      close(socket)
      throw Errno(rawValue: errno)
    }
    port = UInt16(bigEndian: address.sin_port)
    ledger = LoopbackLedger(listener: socket)
    detach { [ledger] in
      while !ledger.isStopped {
        let connection = accept(socket, nil, nil)
        // Also when it stops; what else fails is the client's doing, or passes.
        guard connection >= 0 else { continue }
        guard let number = ledger.register(connection) else {
          close(connection)
          continue
        }
        detach { LoopbackConnection(connection, number).run(ledger) }
      }
      close(socket)
    }
  }

  deinit { ledger.stop() }

  /// Like `http://127.0.0.1:40000`, without trailing slash.
  public var url: String { "http://127.0.0.1:\(port)" }

  /// Serves `content` at `path`, which begins with a slash.
  ///
  /// - Parameter behaviours: of the first requests, one each; later ones are served well.
  public func put(
    _ path: String, _ content: [UInt8], contentType: String = "application/octet-stream",
    _ behaviours: [Behaviour]
  ) {
    ledger.put(.init(content: content, contentType: contentType, behaviours: behaviours), at: path)
  }

  public func put(
    _ path: String, _ content: [UInt8], contentType: String = "application/octet-stream",
    _ behaviours: Behaviour...
  ) {
    put(path, content, contentType: contentType, behaviours)
  }

  /// Serves the files of a folder, wherever ``put(_:_:contentType:_:)`` has nothing else.
  public func serve(folder: FilePath) { ledger.serve(folder) }

  /// What was asked for so far, in order.
  public var requests: [Request] { ledger.requests }

  /// How often a path was asked for.
  public func count(_ path: String) -> Int { requests.count { $0.path == path } }
}

/// Runs `body` on a new thread that nobody waits for.
private func detach(_ body: @escaping @Sendable () -> Void) {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = unsafe Unmanaged.passRetained(Box(body)).toOpaque()
  var thread = pthread_t()
  let status = unsafe pthread_create(
    &thread, nil,
    { box in
      guard let box = unsafe box else { return nil }
      unsafe Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body()
      return nil
    }, box)
  if status == 0 { pthread_detach(thread) }
}
