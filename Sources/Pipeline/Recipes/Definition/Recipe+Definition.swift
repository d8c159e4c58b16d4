import SystemPackage
import YAML

extension Recipe {
  /// Every key of a recipe.
  static let definition = Definition<Recipe>.object(
    Recipe(
      name: "",
      base: .debian(Suite(suite: "", variant: .minbase, components: [])), directory: ""),
    refused: [
      "hostname": "WSL gives a distribution the name of the Windows machine; to change it, set "
        + "`wsl: {conf: {network: {hostname: …}}}`",
      "apt": "packages go into `packages`, further repositories into `sources`",
      "pip": "write `python: {venv: /opt/venv, requirements: […]}`",
      "icon": "write `wsl: {distribution: {shortcut: {icon: …}}}`",
      "components": "write them into the base: `base: {debian: {suite: …, components: […]}}`",
    ],
    headKeys + contentKeys + imageKeys)

  /// The version of the recipe format that this kiln reads.
  static let formatVersion = 1

  private static let headKeys: [Key<Recipe>] = [
    Key(
      "recipe", "The version of this format.", .integer(formatVersion...formatVersion),
      required: true
    ) { _, _ in },
    Key(
      "name", "Names the image and the files that are made; not taken from an extended recipe.",
      .text(
        "a name of at most 64 lower-case letters, digits, `.`, `_`, `-`",
        pattern: "[a-z0-9][a-z0-9._-]{0,63}"
      ), required: true
    ) { $0.name = $1 },
    Key(
      "description", "What the image is, in a line.", .text("one line of text"), fallback: nil
    ) { $0.description = $1 },
    Key(
      "extends",
      "Another recipe file that this one builds on, relative to this one and in its folder or "
        + "below. Mappings merge, lists append, any other value replaces.", extends
    ) { _, _ in },
    Key(
      "remove",
      "What to take away from the extended recipe before this one is added: a key path "
        + "(`python.index`, `environment.LANG`), or an item of a list by its text, `name`, `to`, "
        + "`path` or `url` (`packages[nano]`, `users[kiln]`).", removals
    ) { _, _ in },
    Key(
      "variables",
      "Texts that `${name}` stands for in any value; `--set name=value` replaces them. `$${` is a "
        + "literal `${`.", variables
    ) { _, _ in },
    Key(
      "architecture", "Debian's name of the machine that the image is for.", .choice(),
      fallback: "amd64"
    ) { $0.architecture = $1 },
    Key("base", "What the image starts from.", base, required: true) { $0.base = $1 },
  ]

  static let extends = Definition<String>.text(
    "the path of a recipe in this one's folder or below",
    pattern: #"(?!/)(?!(?:.*/)?\.\.(?:/|$))[^\u0000-\u001F\u007F]+"#)

  static let removals = Definition<[String]>.list(
    .text(
      "a key path such as `python.index` or `packages[nano]`",
      pattern: #"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:\[[^\u0000-\u001F\u007F]+\])?"#))

  static let variables = Definition<[String: String]>.map(
    keys: .init(expected: "a variable's name", pattern: Expansion.name),
    .spelling("text", pattern: Shape.Text.lines))

  private static let contentKeys: [Key<Recipe>] = [
    Key(
      "sources", "More apt repositories; the image keeps them, with their keys.", .list(source),
      fallback: []
    ) { $0.sources = $1 },
    Key(
      "preferences", "Which versions apt prefers (`apt_preferences(5)`).", .list(preference),
      fallback: []
    ) { $0.preferences = $1 },
    Key(
      "packages", "Debian packages; what they depend on comes along.", .list(package), fallback: []
    ) { $0.packages = $1 },
    Key(
      "recommends", "Whether packages that are only recommended come along too.", .boolean(),
      fallback: false
    ) { $0.recommends = $1 },
    Key(
      "debs", "Package files from elsewhere.",
      .list(
        .foreignFile(
          "A `.deb`",
          path: .recipePath(
            "a .deb file of the recipe's folder", named: #"[^\u0000-\u001F\u007F]+\.deb"#))),
      fallback: []
    ) { $0.debs = $1 },
    Key("python", "A virtual environment with wheels.", python) { $0.python = $1 },
    Key("files", "Files, folders and links to put into the image.", .list(file), fallback: []) {
      $0.files = $1
    },
    Key("users", "Users to make.", .list(user), fallback: []) { $0.users = $1 },
    Key(
      "environment",
      "Variables of every login and of every step. Values are taken as they are written: nothing "
        + "expands `$PATH` or `~` in them.", .environment, fallback: [:]
    ) { $0.environment = $1 },
    Key(
      "timezone", "An IANA time zone.",
      .text("a time zone such as `Europe/Berlin`", pattern: timezonePattern),
      computed: "Debian's, UTC"
    ) { $0.timezone = $1 },
    Key(
      "locale", "The image's `LANG`; any but `C.UTF-8` needs the package `locales`.",
      .text(
        "a UTF-8 locale such as `C.UTF-8` or `en_US.UTF-8`",
        pattern: #"(?:C|[a-z]{2,3}_[A-Z]{2})\.UTF-8(?:@[a-z]+)?"#), fallback: "C.UTF-8"
    ) { $0.locale = $1 },
  ]

  /// The areas of the IANA database and its names without one, so that a mere `Berlin` is found before
  /// the packages are.
  private static let timezonePattern =
    "(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe"
    + "|Indian|Mexico|Pacific|US)(?:/[A-Za-z0-9_+-]+)+"
    + "|(?:CET|CST6CDT|Cuba|EET|EST|EST5EDT|Egypt|Eire|GB|GB-Eire|GMT|GMT[+-]?0|Greenwich|HST"
    + "|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|MET|MST|MST7MDT|NZ|NZ-CHAT"
    + "|Navajo|PRC|PST8PDT|Poland|Portugal|ROC|ROK|Singapore|Turkey|UCT|UTC|Universal|W-SU|WET|Zulu)"

  private static let imageKeys: [Key<Recipe>] = [
    Key("wsl", "How the image behaves in WSL.", WSLSettings.definition, fallback: [:]) {
      $0.wsl = $1
    },
    Key(
      "run",
      "Commands to run in the finished root, in order; each runs again only when something "
        + "that it reads has changed.", .list(step), fallback: []
    ) { $0.run = $1 },
    Key("gpu", "What the image is to do with a GPU.", gpu) { $0.gpu = $1 },
    Key(
      "smoke-test", "What `gpu-smoke-test` does in the image when it is not told.", smokeTest
    ) { $0.smokeTest = $1 },
  ]
}
