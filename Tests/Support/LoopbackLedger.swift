import FileSystem
import Glibc
import Synchronization
import SystemPackage

/// What a ``LoopbackServer`` serves, was asked for, and has open.
///
/// Its threads hold it, not the server: one that closed its socket after the server was gone, and could
/// not say so, would leave behind the number of a descriptor, which by then is another test's socket.
final class LoopbackLedger: Sendable {
  struct Page: Sendable {
    var content: [UInt8]
    var contentType: String
    var behaviours: [LoopbackServer.Behaviour]
  }

  private struct State: Sendable {
    var pages: [String: Page] = [:]
    var folder: FilePath?
    var requests: [LoopbackServer.Request] = []
    var connections: [Int: Int32] = [:]
    var connectionCount = 0
    var isStopped = false
  }

  private let state = Mutex(State())
  private let listener: Int32

  init(listener: Int32) { self.listener = listener }

  var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Wakes every thread, which then closes its own socket.
  func stop() {
    state.withLock { state in
      state.isStopped = true
      for connection in state.connections.values { shutdown(connection, Int32(SHUT_RDWR)) }
      shutdown(listener, Int32(SHUT_RDWR))
    }
  }

  func put(_ page: Page, at path: String) { state.withLock { $0.pages[path] = page } }

  func serve(_ folder: FilePath) { state.withLock { $0.folder = folder } }

  var requests: [LoopbackServer.Request] { state.withLock { $0.requests } }

  /// - Returns: the connection's number; nil where the server has stopped.
  func register(_ connection: Int32) -> Int? {
    state.withLock { state in
      if state.isStopped { return nil }
      defer { state.connectionCount += 1 }
      state.connections[state.connectionCount] = connection
      return state.connectionCount
    }
  }

  /// To be called before its socket is closed.
  func forget(_ number: Int) { state.withLock { $0.connections[number] = nil } }

  /// The page of a request with the behaviour that it gets; nil where the server has stopped.
  func answer(
    _ request: LoopbackServer.Request
  ) -> (page: Page, behaviour: LoopbackServer.Behaviour)? {
    state.withLock { state in
      if state.isStopped { return nil }
      state.requests.append(request)
      if var page = state.pages[request.path] {
        let behaviour = page.behaviours.isEmpty ? .serve : page.behaviours.removeFirst()
        state.pages[request.path] = page
        return (page, behaviour)
      }
      let name = request.path.drop { $0 == "/" }.split(separator: "?").first.map(String.init) ?? ""
      if let folder = state.folder, !name.split(separator: "/").contains(".."),
        let content = try? Files.read(folder.appending(LoopbackConnection.unquoted(name)))
      {
        let page = Page(content: content, contentType: "application/octet-stream", behaviours: [])
        return (page, .serve)
      }
      return (Page(content: [], contentType: "text/plain", behaviours: []), .status(404))
    }
  }
}
