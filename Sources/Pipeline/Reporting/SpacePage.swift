internal import Content
internal import Digests
public import Images

/// A page that shows where the bytes of an image are: a map of rectangles to walk through, and a
/// table of the same for those who cannot see it or have no scripts. It loads nothing from anywhere.
public enum SpacePage {
  public static func html(_ manifest: Manifest) -> String {
    let folders = SpaceMap.folders(manifest)
    let title = "Where the bytes of \(manifest.image.file) are"
    let packed = "\(ByteCount(manifest.image.size))"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; script-src 'unsafe-inline'">
      <title>\(escaped(title))</title>
      <style>\(style)</style>
      </head>
      <body>
      <header>
      <h1>\(escaped(title))</h1>
      <p>\(ByteCount(folders.bytes)) in \(folders.files) files, packed into \(packed). Made by \
      \(escaped(manifest.tool)).</p>
      <div class="views" role="group" aria-label="Arrange by">
      <button type="button" data-view="folders" aria-pressed="true">by folder</button>
      <button type="button" data-view="origins" aria-pressed="false">by package, wheel and step</button>
      </div>
      </header>
      <main>
      <nav aria-label="Where you are"><ol id="way"></ol></nav>
      <div id="map" role="group" aria-label="Map of the bytes"></div>
      <ul id="legend" aria-label="Colours"></ul>
      <table>
      <caption id="caption">The largest</caption>
      <thead><tr><th scope="col">name</th><th scope="col">size</th><th scope="col">share</th>\
      <th scope="col">files</th></tr></thead>
      <tbody id="rows">\(rows(folders))</tbody>
      </table>
      </main>
      <script type="application/json" id="data">\(data(folders, .origins(manifest)))</script>
      <script>\(script)</script>
      </body>
      </html>

      """
  }

  /// What stands there before, and without, the script.
  private static func rows(_ map: SpaceMap) -> String {
    map.children.map { child in
      let share = map.bytes == 0 ? 0 : child.bytes * 1000 / map.bytes
      return "<tr><th scope=\"row\">\(escaped(child.name))</th><td>\(ByteCount(child.bytes))</td>"
        + "<td>\(share / 10).\(share % 10) %</td><td>\(child.files)</td></tr>"
    }.joined()
  }

  /// No text of an image ends the script element that holds it.
  private static func data(_ folders: SpaceMap, _ origins: SpaceMap) -> String {
    JSONText.compact(["folders": folders, "origins": origins])
      .replacing("<", with: "\\u003c")
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
