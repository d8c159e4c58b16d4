import FileSystem
import SystemPackage
import YAML

// Where an image's software comes from.

extension Recipe {
  private struct BaseDraft: Sendable { var base: Base? }

  static let base = Definition<BaseDraft>.object(
    BaseDraft(), example: "{debian: {suite: bookworm}}",
    exactlyOne: [["debian", "ubuntu", "tarball"]],
    [
      Key("debian", "Debian.", suite("bookworm", components: ["main"])) { $0.base = .debian($1) },
      Key("ubuntu", "Ubuntu.", suite("noble", components: ["main", "universe"])) {
        $0.base = .ubuntu($1)
      },
      Key(
        "tarball", "A root file system to start from, as a tarball or `.wsl`.",
        .foreignFile("The tarball", path: .recipePath("a file of the recipe's folder"))
      ) { $0.base = .tarball($1) },
    ]
  ).then { draft, _, _ in draft.base }

  private static func suite(_ example: String, components: JSONValue) -> Definition<Suite> {
    .object(
      Suite(suite: "", variant: .minbase, components: []), example: "{suite: \(example)}",
      [
        Key(
          "suite", "The release's code name; its updates and security suites come along.",
          .text("a release's code name such as `trixie`", pattern: "[a-z][a-z0-9-]*"),
          required: true
        ) { $0.suite = $1 },
        Key(
          "variant", "`essential`: only what dpkg cannot do without. `minbase`: apt too.",
          .choice(), fallback: "minbase"
        ) { $0.variant = $1 },
        Key(
          "components", "Parts of the archive.", .list(component), fallback: components
        ) { $0.components = $1 },
        Key(
          "keyring",
          "An OpenPGP keyring of the recipe's folder, in place of the distribution's own.",
          .recipePath("a file of the recipe's folder")
        ) { $0.keyring = $1 },
      ])
  }

  private static let component = Definition<String>.text(
    "a component such as `main`", pattern: "[a-z][a-z0-9./-]*")

  private struct KeyDraft: Sendable { var key: AptSource.SigningKey? }

  private static let signingKey = Definition<KeyDraft>.object(
    KeyDraft(), example: "{file: …}", exactlyOne: [["file", "inline"]],
    refused: ["url": "download the key beside the recipe, check it, and name it with `file`"],
    [
      Key(
        "file", "A key or keyring of the recipe's folder, armoured or binary.",
        .recipePath("a file of the recipe's folder")
      ) { $0.key = .file($1) },
      Key("inline", "The armoured public key block itself.", .lines("a public key block")) {
        $0.key = .inline($1)
      },
    ]
  ).then { draft, node, decoding -> AptSource.SigningKey? in
    if case .inline(let text)? = draft.key,
      !text.contains("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    {
      decoding.report(
        .badValue, at: node["inline"]?.place, "`\(decoding.path).inline` has no public key block",
        remedy: "it begins with -----BEGIN PGP PUBLIC KEY BLOCK-----")
      return nil
    }
    return draft.key
  }

  private struct SourceDraft: Sendable {
    var name = ""
    var uri = ""
    var suite = ""
    var components: [String] = []
    var key: AptSource.SigningKey?
  }

  static let source = Definition<SourceDraft>.object(
    SourceDraft(), example: "{name: x, uri: https://…, suite: …, key: {file: …}}",
    otherNames: ["url": "uri"],
    [
      Key(
        "name", "What the lock and mirrors call it.",
        .text("a name of lower-case letters, digits and `-`", pattern: "[a-z0-9][a-z0-9-]*"),
        required: true
      ) { $0.name = $1 },
      Key("uri", "Where it is.", .url("an apt repository's URL"), required: true) { $0.uri = $1 },
      Key(
        "suite", "Its suite; one that ends in `/` is a flat repository without components.",
        .text("a suite", pattern: #"[A-Za-z0-9./][A-Za-z0-9._/-]*"#), required: true
      ) { $0.suite = $1 },
      Key("components", "Its components.", .list(component), fallback: ["main"]) {
        $0.components = $1
      },
      Key("key", "Who signs it.", signingKey, required: true) { $0.key = $1 },
    ]
  ).then { draft, node, decoding -> AptSource? in
    let isFlat = draft.suite.endsWithSlash
    if isFlat, let components = node["components"], !draft.components.isEmpty {
      decoding.report(
        .contradiction, at: components.place, "a flat repository has no components",
        remedy: "remove `components`, or the `/` that the suite ends with")
    }
    return draft.key.map {
      AptSource(
        name: draft.name, uri: draft.uri, suite: draft.suite,
        components: isFlat ? [] : draft.components, key: $0)
    }
  }

  static let preference = Definition<AptPreference>.object(
    AptPreference(package: "", pin: "", priority: 0),
    example: "{package: x, pin: version 5.*, priority: 990}",
    [
      Key("package", "Package names or patterns.", .text("package names"), required: true) {
        $0.package = $1
      },
      Key(
        "pin", "The versions that are meant, such as `release a=stable` or `version 5.*`.",
        .text(
          "`release …`, `version …` or `origin …`", pattern: "(?:release|version|origin) .+"),
        required: true
      ) { $0.pin = $1 },
      Key(
        "priority", "Priority; with a negative one the version is never installed.",
        .integer(-32768...32767),
        required: true
      ) { $0.priority = $1 },
    ])

  // A `-` at the end would tell apt to remove the package.
  static let package = Definition<String>.text(
    "a package's name, with `:architecture`, `=version` or `/suite` where needed",
    pattern: "[a-z0-9][a-z0-9+.-]*[a-z0-9+.](?::[a-z0-9-]*[a-z0-9])?"
      + "(?:[=/][A-Za-z0-9.+:~-]*[A-Za-z0-9.+:~])?")

  static let python = Definition<Python>.object(
    Python(venv: "", requirements: [], wheels: []),
    example: "{venv: /opt/venv, requirements: [numpy]}",
    refused: [
      "version": "it is that of the suite: `bookworm` has Python 3.11, `trixie` 3.13"
    ],
    otherNames: ["packages": "requirements"],
    [
      Key(
        "venv", "Where it is in the image.", .imagePath("the environment's folder"), required: true
      ) {
        $0.venv = $1
      },
      Key(
        "requirements", "What to install, from wheels only.",
        .list(
          .text(
            "a requirement such as `numpy>=2,<3` (a wheel of your own goes into `wheels`)",
            pattern: projectName + #"(?: *\[[A-Za-z0-9._, -]*\])?"#
              + #"(?: *[(<>=!~;][^\u0000-\u001F\u007F]*)?"#,
            slips: [
              #"-r *.*|.*\.txt"#: "a file cannot be named yet; copy its lines",
              #"[^@]+@ *https?://.*|https?://.*"#:
                "download the wheel into the recipe's folder, and name it in `wheels`",
            ])), fallback: []
      ) { $0.requirements = $1 },
      Key(
        "wheels", "Wheel files to install.",
        .list(
          .recipePath(
            "a wheel of the recipe's folder",
            named:
              #"(?:[^\u0000-\u001F\u007F]*/)?[^-/]+-[^-/]+(?:-[0-9][^-/]*)?(?:-[^-/]+){3}\.whl"#
          )), fallback: []
      ) { $0.wheels = $1 },
      Key(
        "index", "A package index in place of the building machine's own.",
        .url("a package index's URL")
      ) { $0.index = $1 },
      Key(
        "exclude", "Projects to leave out although others ask for them: the image must do without.",
        .list(.text("a project's name such as `triton`", pattern: projectName)), fallback: []
      ) { $0.exclude = $1 },
      Key(
        "byte-code",
        "Whether modules are compiled (`.pyc`): without, the image is smaller and made sooner, and "
          + "imports are slower.", .boolean(), fallback: true
      ) { $0.byteCode = $1 },
    ])

  /// The pattern of a Python project's name (PEP 508).
  static let projectName = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
}
