import Diagnostics
import FileSystem
import SystemPackage
import TestSupport
import Testing
import Transfers

/// Proxies, credentials and addresses.
@Suite struct EnvironmentTests {
  private func text(
    _ url: String, _ environment: [String: String],
    proxy: TransferRequest.Proxy = .environment
  ) async throws -> String {
    let client = try TransferClient(TransferSettings(environment: environment, connectTimeout: 5))
    let request = TransferRequest(url: url, proxy: proxy)
    return String(
      decoding: try await client.document(request, limit: 1000).content, as: UTF8.self)
  }

  @Test func takesTheProxyOfTheEnvironmentThatItWasGiven() async throws {
    let proxy = try LoopbackServer()
    proxy.put("http://example.org/x", Array("through the proxy".utf8))
    let url = "http://example.org/x"
    #expect(try await text(url, ["http_proxy": proxy.url]) == "through the proxy")
    #expect(try await text(url, ["ALL_PROXY": proxy.url]) == "through the proxy")
    #expect(try await text(url, [:], proxy: .through(proxy.url)) == "through the proxy")
  }

  @Test func goesPastTheProxyWhereItShould() async throws {
    let server = try LoopbackServer()
    server.put("/x", Array("direct".utf8))
    let url = server.url + "/x"
    let closed = "http://127.0.0.1:1"
    #expect(try await text(url, ["http_proxy": closed, "no_proxy": "127.0.0.1"]) == "direct")
    #expect(try await text(url, ["http_proxy": closed], proxy: .direct) == "direct")
    #expect(try await text(url, ["no_proxy": "127.0.0.1"], proxy: .through(closed)) == "direct")
    #expect(try await text(url, ["HTTP_PROXY": closed]) == "direct")
    await #expect(throws: TransferError.self) { try await text(url, ["http_proxy": closed]) }
  }

  @Test func takesCredentialsOfNetrcAndOfTheURL() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(
        "machine 127.0.0.1 login me password secret\n", to: folder.appending(".netrc"))
      let server = try LoopbackServer()
      server.put("/x", [])
      _ = try await text(server.url + "/x", ["HOME": folder.string])
      let url = "http://you:other@127.0.0.1:\(server.port)/x"
      _ = try await text(url, [:])
      // base64 of me:secret and you:other
      #expect(
        server.requests.map { $0.headers["authorization"] } == [
          "Basic bWU6c2VjcmV0", "Basic eW91Om90aGVy",
        ])
    }
  }

  @Test func aRedirectCarriesNoCredentialsAway() async throws {
    let other = try LoopbackServer()
    other.put("/x", [])
    let server = try LoopbackServer()
    server.put("/x", [], .redirect(to: "http://localhost:\(other.port)/x"))
    _ = try await text("http://you:other@127.0.0.1:\(server.port)/x", [:])
    #expect(server.requests.first?.headers["authorization"] != nil)
    #expect(other.requests.map { $0.headers["authorization"] } == [nil])
  }

  @Test func aRedirectOfTheSameServerKeepsThem() async throws {
    let server = try LoopbackServer()
    server.put("/relative", [], .redirect(to: "/x"))
    server.put("/absolute", [], .redirect(to: server.url + "/x"))
    server.put("/x", [])
    for path in ["relative", "absolute"] {
      _ = try await text("http://you:other@127.0.0.1:\(server.port)/\(path)", [:])
    }
    #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Basic eW91Om90aGVy" })
    let other = try LoopbackServer()
    other.put("/x", [])
    server.put("/away", [], .redirect(to: other.url + "/x"))
    _ = try await text("http://you:other@127.0.0.1:\(server.port)/away", [:])
    #expect(other.requests.map { $0.headers["authorization"] } == [nil])
  }

  @Test func errorsShowNoSecrets() async throws {
    let client = try TransferClient(TransferSettings(environment: [:], connectTimeout: 5))
    do {
      _ = try await client.text("http://me:secret@127.0.0.1:1/x?token=hidden", limit: 1)
      Issue.record("nobody listens there")
    } catch {
      #expect(!error.description.contains("secret") && !error.description.contains("hidden"))
      #expect(error.url == "http://127.0.0.1:1/x")
    }
  }

  @Test(arguments: [
    ("https://a:b@example.org/p?q=1#f", "https://example.org/p"),
    (
      "see http://a:b:c@d@example.org and http://example.org/?x done",
      "see http://example.org and http://example.org/ done"
    ),
    ("no URL, me@example.org", "no URL, me@example.org"),
    ("http_proxy=me:secret@example.org:3128", "example.org:3128"),
    ("'http://me:sec/ret@example.org/x'", "'http://example.org/x'"),
    ("http://example.org:80/a@b, file:3:4", "http://example.org:80/a@b, file:3:4"),
    ("http://a:b@x/http://c:d@y/z?token=1#f", "http://x/http://y/z"),
  ])
  func redacts(text: String, expected: String) {
    #expect(TransferURL.redacted(text) == expected)
  }

  @Test func resolvesLinks() {
    let base = "https://example.org/simple/numpy/"
    #expect(
      TransferURL.resolved("../../f/a%2Bb.whl#sha256=0", against: base)
        == "https://example.org/f/a%2Bb.whl")
    #expect(TransferURL.resolved("https://example.com/x", against: base) == "https://example.com/x")
    #expect(TransferURL.resolved("//example.com/x", against: base) == "https://example.com/x")
    #expect(TransferURL.resolved("x", against: "nothing") == nil)
    #expect(TransferURL.host("https://u:p@Example.org:80/x") == "example.org")
    #expect(TransferURL.scheme("HTTP://x") == "http")
  }

  @Test(arguments: [
    ("http://a%40b:p%2Fq@example.org/x%20y", "a@b", "p/q"),
    ("http://%+1:%@example.org/x%20y", "%+1", "%"),
    ("http://@example.org/x%20y", "", ""),
  ])
  func separatesCredentials(url: String, user: String, password: String) {
    let parts = TransferURL.separated(url)
    #expect(parts?.url == "http://example.org/x%20y")
    #expect(parts?.user == user && parts?.password == password)
  }

  @Test func lendsCredentialsToTheSameHostOnly() {
    let base = "https://u:p@example.org/simple/"
    #expect(
      TransferURL.carryingCredentials("https://example.org/f", of: base)
        == "https://u:p@example.org/f")
    #expect(
      TransferURL.carryingCredentials("https://example.org:443/f", of: base)
        == "https://u:p@example.org:443/f")
    for url in [
      "https://example.com/f", "http://example.org/f", "https://x:y@example.org/f",
      "https://example.org:8443/f",
    ] {
      #expect(TransferURL.carryingCredentials(url, of: base) == url)
    }
  }
}
