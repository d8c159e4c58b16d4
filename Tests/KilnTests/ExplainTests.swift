import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// `explain`, `diff` and the map of `inspect`, on a recipe that is built in seconds.
@Suite(.serialized, .needs("root", if: TestEnvironment.isRoot))
struct ExplainTests {
  @Test func aPathIsExplained() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml")
      let explain = { (path: String) in
        try await kiln.run("explain", "Images/tiny.tar.gz", path).output
      }
      let hello = try await explain("/opt/hello")
      #expect(hello.hasPrefix("/opt/hello: file, 0644, 0:0, 6 B, sha256 "))
      #expect(hello.contains("put there by the recipe's file /opt/hello"))
      #expect(try await explain("greeting").contains("the recipe's step greet"))
      #expect(try await explain("/bin/sh").contains("from the base base.tar.gz"))
      #expect(try await explain("/opt").contains("6 B in 1 file: file /opt/hello"))
      let error = try await kiln.run(
        "explain", "Images/tiny.tar.gz", "/opt/helo", accepted: [1]
      ).errors
      #expect(error.contains("error[K6702]") && error.contains("did you mean /opt/hello?"))
    }
  }

  @Test func aRecipeIsExplained() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      let first = try await kiln.run("explain", "tiny.yaml").output
      #expect(first.contains("▸ base: made: the store knows no earlier one"))
      #expect(!Files.exists(kiln.home.appending("tiny.lock.json")))
      try await kiln.run("build", "tiny.yaml")
      let same = try await kiln.run("explain", "tiny.yaml").output
      #expect(same.contains("nothing changed: the next build reuses every layer"))
      let changed = KilnProgram.tinyRecipe.replacing(
        "cat /opt/hello > /greeting", with: "echo bye > /greeting")
      try Files.write(changed, to: kiln.home.appending("tiny.yaml"))
      let third = try await kiln.run("explain", "tiny.yaml").output
      #expect(third.contains("↺ files: reused"))
      #expect(third.contains("▸ step greet: made\n      the script is another:"))
      #expect(third.contains("- cat /opt/hello > /greeting\n        + echo bye > /greeting"))
      #expect(third.contains("· clean-up: made again"))
      // Asking is no use: what is explained is built by the next build all the same.
      try await kiln.run("build", "tiny.yaml", "--locked")
      #expect(try await kiln.run("explain", "tiny.yaml").output.contains("nothing changed"))
    }
  }

  @Test(arguments: [
    ["explain", "a.yaml", "/etc"], ["explain", "a.wsl"], ["diff", "a"], ["diff"],
  ])
  func wrongUseIsSaid(arguments: [String]) async throws {
    try await KilnProgram.with { kiln in
      let result = try await kiln.command(arguments, accepted: [2]).run()
      #expect(result.errors.contains("error[K8006]"))
    }
  }

  struct Lists: Decodable {
    struct Side: Decodable { let paths: Int }

    let isSame: Bool
    let before: Side
    let after: Side
    let added: [AnyValue]
    let removed: [AnyValue]
    let changed: [AnyValue]
    let configuration: [AnyValue]
    let components: [AnyValue]
  }

  @Test func imagesAreCompared() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml", "-o", "one")
      try await kiln.run("build", "tiny.yaml", "-o", "fast", "--compression", "fast")
      let changed = KilnProgram.tinyRecipe.replacing("hello\\n", with: "good day\\n")
      try Files.write(changed, to: kiln.home.appending("tiny.yaml"))
      try await kiln.run("build", "tiny.yaml", "-o", "two")
      let (one, two, fast) = ("one/tiny.tar.gz", "two/tiny.tar.gz", "fast/tiny.tar.gz")
      #expect(try await kiln.run("diff", one, one).output.contains("the same bytes"))
      let packed = try await kiln.run("diff", one, fast, accepted: [1]).output
      #expect(packed.contains("the same tar stream, compressed in another way"))
      #expect(packed.contains("compression: balanced → fast"))
      let text = try await kiln.run("diff", one, two, accepted: [1]).output
      #expect(text.contains("other content: 4 paths (/greeting, /opt/hello, /usr/share/kiln/"))
      #expect(text.contains("/opt/hello  content +3 B  (file /opt/hello)"))
      #expect(text.contains("+3 B  step greet"))
      let manifests = try await kiln.run(
        "diff", "\(one).manifest.json", "\(two).manifest.json", "--rows", "1", accepted: [1]
      ).output
      #expect(manifests.contains("and 3 more") && !manifests.contains("/opt/hello  content"))
      // An image and its own manifest agree in every path.
      let own: Lists = try await kiln.json(["diff", one, "\(one).manifest.json", "--json"])
      #expect(own.isSame && own.before.paths == own.after.paths && own.before.paths > 50)
      #expect(own.added.isEmpty && own.removed.isEmpty && own.changed.isEmpty)
      #expect(own.configuration.isEmpty && own.components.isEmpty)
      // Without its manifest an image says less, and the same.
      try Files.removeFile(kiln.home.appending("\(one).manifest.json"))
      let bare = try await kiln.run("diff", one, two, accepted: [1]).output
      #expect(bare.contains("other content: 4 paths"))
      let missing = try await kiln.run("diff", one, "none.wsl", accepted: [1]).errors
      #expect(missing.contains("error[K6701]") && missing.contains("none.wsl"))
    }
  }

  private static let browser = ["chromium", "chromium-browser", "google-chrome"].map {
    "/usr/bin/\($0)"
  }.first { Files.exists(FilePath($0)) }

  /// Clicks as a reader would, and writes what there is to see into the page's title.
  private static let clicks = """
    <script>
    const seen = [document.querySelectorAll("#map button").length > 1];
    seen.push(document.querySelectorAll("#rows tr").length > 1);
    document.querySelector("#map button").click();
    seen.push(document.querySelectorAll("#way li").length === 2);
    document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));
    seen.push(document.querySelectorAll("#way li").length === 1);
    document.querySelector("[data-view=origins]").click();
    seen.push(document.querySelector("#way").textContent === "everything");
    seen.push([...document.querySelectorAll("#map button")].every(b => b.ariaLabel && b.title));
    document.title = "seen " + seen.join(" ");
    </script>
    """

  @Test(.needs("chromium", if: browser != nil))
  func aBrowserShowsTheMap() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml")
      let summary = try await kiln.run("inspect", "Images/tiny.tar.gz", "--html", "map.html").output
      #expect(summary.contains("by origin:"))
      let page = try Files.readText(kiln.home.appending("map.html"))
      try Files.write(
        page.replacing("</body>", with: Self.clicks + "</body>"),
        to: kiln.home.appending("clicked.html"))
      let result = try await Command(
        try #require(Self.browser),
        [
          "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
          "--user-data-dir=\(kiln.home)/profile", "--virtual-time-budget=5000", "--dump-dom",
          "file://\(kiln.home)/clicked.html",
        ], environment: ["PATH": TestEnvironment.path, "HOME": kiln.home.string], timeout: 60
      ).run()
      #expect(result.output.contains("<title>seen true true true true true true</title>"))
      #expect(!result.errors.contains("CONSOLE"), "\(result.errors)")
    }
  }
}
