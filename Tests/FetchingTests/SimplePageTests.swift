import Digests
import Testing

@testable import Fetching

@Suite struct SimplePageTests {
  private let base = "https://example.org/simple/pkg/"
  private let digest = SHA256Digest(ofText: "wheel")

  @Test func readsJSON() throws {
    let text = """
      {"meta": {"api-version": "1.1"}, "name": "pkg", "extra": [1], "files": [
       {"filename": "pkg-1-py3-none-any.whl", "url": "../../f/pkg-1-py3-none-any.whl",
        "hashes": {"sha256": "\(digest)", "md5": "x"}, "size": 3},
       {"filename": "pkg-2.tar.gz", "url": "https://example.com/pkg-2.tar.gz", "hashes": {}}]}
      """
    let page = try #require(
      SimplePage(
        Array(text.utf8), contentType: "application/vnd.pypi.simple.v1+json", url: base))
    #expect(
      page.files == [
        .init(
          name: "pkg-1-py3-none-any.whl", url: "https://example.org/f/pkg-1-py3-none-any.whl",
          sha256: digest),
        .init(name: "pkg-2.tar.gz", url: "https://example.com/pkg-2.tar.gz", sha256: nil),
      ])
  }

  @Test func readsHTML() throws {
    let text = """
      <!DOCTYPE html><html><head><title>Links</title></head><body><h1>Links for pkg</h1>
      <a href="../../f/pkg-1%2Bcu12-py3-none-any.whl#sha256=\(digest)" data-requires-python="&gt;=3.9"
        >pkg-1+cu12-py3-none-any.whl</a><br />
      <a  class=x href='https://example.com/pkg-2.tar.gz?b=1&amp;c=2'>
        pkg-2.tar.gz
      </a><a name="no link">x</a>
      """
    let page = try #require(SimplePage(Array(text.utf8), contentType: "text/html", url: base))
    #expect(
      page.files == [
        .init(
          name: "pkg-1+cu12-py3-none-any.whl",
          url: "https://example.org/f/pkg-1%2Bcu12-py3-none-any.whl", sha256: digest),
        .init(name: "pkg-2.tar.gz", url: "https://example.com/pkg-2.tar.gz?b=1&c=2", sha256: nil),
      ])
  }

  /// What web servers, generators and people write, and pip and uv take.
  @Test(arguments: [
    "<a href=\"LINK\">pkg-1-py3-no..&gt;</a>",
    "<a data-requires-python=\">=3.8\" href=\"LINK\">x</a>",
    "<a\n  href=\"LINK\"\n>x</a>", "<A HREF=\"LINK\">x</A>", "<a\thref = 'LINK'>x</a>",
    "<a href=LINK>x</a>", "<!-- <a href=\"old\">old</a> --><a href=\"LINK\">x</a>",
    "<a title='a > b' data-x href=\"LINK\"/>", "<base href=\"/f/\"><a href=\"NAME\">x</a>",
    "<a href=\"LINK\" href=\"other\">x</a>", "<a href=\"&#x2F;f&#47;NAME\">x</a>",
  ])
  func readsLinksAsABrowserDoes(text: String) throws {
    let name = "pkg-1%2Bcu12-py3-none-any.whl#sha256=\(digest)"
    let html = text.replacing("LINK", with: "/f/\(name)").replacing("NAME", with: name)
    let page = try #require(SimplePage(Array(html.utf8), contentType: "text/html", url: base))
    #expect(
      page.files == [
        .init(
          name: "pkg-1+cu12-py3-none-any.whl",
          url: "https://example.org/f/pkg-1%2Bcu12-py3-none-any.whl", sha256: digest)
      ])
  }

  @Test(arguments: [
    "<", "<a", "<a ", "<a href", "<a href=", "<a href='", "<a href='x", "<!--", "<a =",
  ])
  func endsWhereAPageIsCutShort(text: String) throws {
    let page = try #require(SimplePage(Array(text.utf8), contentType: "text/html", url: base))
    #expect(page.files.count == (text.hasSuffix("x") ? 1 : 0))
  }

  @Test func refusesWhatIsNoPage() {
    #expect(SimplePage(Array("{\"files\": 1}".utf8), contentType: "x/json", url: base) == nil)
    #expect(SimplePage([0xFF], contentType: "text/html", url: base) == nil)
    #expect(SimplePage([], contentType: nil, url: base)?.files == [])
  }

  /// Looking for either case of the tag from each link on read the whole page once a link.
  @Test func readsAPageOfManyLinksInOneGo() throws {
    let text = String(
      repeating: "<A href='a-1-py3-none-any.whl'>a-1-py3-none-any.whl</A>\n", count: 50_000)
    let page = try #require(SimplePage(Array(text.utf8), contentType: "text/html", url: base))
    #expect(page.files.count == 50_000)
  }
}
