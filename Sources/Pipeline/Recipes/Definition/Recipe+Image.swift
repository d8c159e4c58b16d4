// What is put into an image beside its software, and how it is used.
import YAML

extension Recipe {
  private struct FileDraft: Sendable {
    var source: FileEntry.Source?
    var archive: Archive?
    var member: String?
    var to = ""
    var mode: UInt16?
    var owner = ""
    var group = ""
  }

  static let file = Definition<FileDraft>.object(
    FileDraft(), example: "{from: …, to: /…}",
    exactlyOne: [["from", "content", "symlink", "wheel", "archive"]],
    requires: ["wheel": "member", "archive": "member"],
    refused: [
      "url": "download the file beside the recipe and name it with `from`, or take it out of an "
        + "`archive: {url: …, sha256: …}` with `member`"
    ],
    otherNames: [
      "src": "from", "source": "from", "dest": "to", "destination": "to", "target": "to",
    ],
    [
      Key(
        "from", "A file or a folder of the recipe's folder.",
        .recipePath("a file or folder of the recipe's folder", .either)
      ) { $0.source = .path($1) },
      Key("content", "The file's text itself.", .lines("text")) { $0.source = .content($1) },
      Key("symlink", "The target of a symbolic link.", .text("a link's target")) {
        $0.source = .symlink($1)
      },
      Key(
        "wheel",
        "A wheel of the package index to take the file out of; it is locked and fetched, without "
          + "what it depends on, and not installed.",
        .text(
          "one project with its version, such as `torch-directml==0.2.5`",
          pattern: projectName + #"(?: *[<>=!~][^;@\u0000-\u001F\u007F]*)?"#)
      ) { $0.archive = .wheel($1) },
      Key(
        "archive", "A zip, a tarball or a `.deb` to take the file out of.",
        .foreignFile("The archive", path: .recipePath("a file of the recipe's folder"))
      ) { $0.archive = .file($1) },
      Key(
        "member", "The file's path in the `wheel` or `archive`.",
        .text(
          "a path in the archive, relative and without `.`, `..` and `//`",
          pattern: #"(?!\.\.?(?:/|$))[^/\u0000-\u001F\u007F]+"#
            + #"(?:/(?!\.\.?(?:/|$))[^/\u0000-\u001F\u007F]+)*"#)
      ) { $0.member = $1 },
      Key(
        "to",
        "Where it goes: not into `/dev`, `/proc`, `/run`, `/sys` or `/tmp`, which images have empty, "
          + "nor into a home that the first launch makes, which `/etc/skel` fills.",
        .imagePath("a place in the image"), required: true
      ) { $0.to = $1 },
      Key(
        "mode", "Its mode.", .mode,
        computed: "`\"0755\"` where the source is executable, else `\"0644\"`"
      ) { $0.mode = $1 },
      Key("owner", "Its owner.", .owner("a user's name"), fallback: "root") { $0.owner = $1 },
      Key("group", "Its group.", .owner("a group's name"), fallback: "root") { $0.group = $1 },
    ]
  ).then { draft, node, decoding in
    if case .symlink? = draft.source, let mode = node["mode"] {
      decoding.report(
        .contradiction, at: mode.place, "a symbolic link has no mode", remedy: "remove `mode`")
    }
    if draft.archive == nil, let member = node["member"] {
      decoding.report(
        .contradiction, at: member.place, "`member` is a path in a `wheel` or an `archive`",
        remedy: "name the one that it is in, or remove `member`")
    }
    let member = draft.archive.flatMap { archive in
      draft.member.map { FileEntry.Source.member($0, of: archive) }
    }
    return (draft.source ?? member).map {
      FileEntry(
        source: $0, to: draft.to, mode: draft.mode, owner: draft.owner, group: draft.group)
    }
  }

  static let user = Definition<User>.object(
    User(name: "", uid: 0, groups: [], sudo: .none, shell: ""), example: "{name: alice}",
    refused: [
      "password":
        "no image has passwords: a `.wsl` asks for one at its first start, unless the user "
        + "has `sudo: nopasswd`; elsewhere root sets it with `passwd`",
      "home": "it is `/home/` and the name, with what is in `/etc/skel`",
    ],
    [
      Key("name", "The user's name.", .userName, required: true) { $0.name = $1 },
      // Debian's range for ordinary users (UID_MIN and UID_MAX of login.defs).
      Key("uid", "The user's number.", .integer(1000...60000), fallback: 1000) {
        $0.uid = UInt32($1)
      },
      Key(
        "groups", "More groups to be in; made where they do not exist.", .list(.groupName),
        fallback: []
      ) { $0.groups = $1 },
      Key(
        "sudo", "Whether the user may become root by `sudo`: not, with a password, or without.",
        .choice(), fallback: "none"
      ) { $0.sudo = $1 },
      Key("shell", "The login shell.", .imagePath("a program"), fallback: "/bin/bash") {
        $0.shell = $1
      },
    ])

  static let step = Definition<Step>.object(
    Step(
      name: "", script: "", user: "", network: false, environment: [:], timeout: 0, inputs: []),
    example: "{name: x, script: …}", otherNames: ["command": "script", "cmd": "script"],
    [
      Key(
        "name", "Names the step in progress and errors.",
        .text(
          "a name of at most 64 letters from A to Z, digits, blanks, `.`, `_`, `-`",
          pattern: "[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9._-])?"),
        required: true
      ) { $0.name = $1 },
      Key(
        "script", "Runs in `/`, by `/bin/sh -e` unless it begins with `#!`.", .lines("a script"),
        required: true
      ) { $0.script = $1 },
      Key("user", "The user of the image who runs it.", .userName, fallback: "root") {
        $0.user = $1
      },
      Key("network", "Whether it may use the network.", .boolean(), fallback: false) {
        $0.network = $1
      },
      Key("environment", "Variables for the script.", .environment, fallback: [:]) {
        $0.environment = $1
      },
      Key("timeout", "How long it may take.", .duration, fallback: "10m") { $0.timeout = $1 },
      Key(
        "inputs", "Files and folders of the recipe's folder that it sees in `/kiln/inputs`.",
        .list(.recipeInput("a file or folder of the recipe's folder")), fallback: []
      ) { $0.inputs = $1 },
    ])

  static let gpu = Definition<GPU>.object(
    GPU(backend: .cpu, requireArchitectures: []), example: "{backend: cuda}",
    [
      Key("backend", "How programs in the image reach the GPU.", .choice(), required: true) {
        $0.backend = $1
      },
      Key(
        "require-architectures", "GPU generations that the image's libraries must have code for.",
        .list(.text("a GPU architecture such as `sm_86`", pattern: "sm_[0-9]{2,3}[af]?")),
        fallback: []
      ) { $0.requireArchitectures = $1 },
    ])

  static let smokeTest = Definition<SmokeTest>.object(
    SmokeTest(backend: .cpu, level: .quick), example: "{backend: cuda}",
    [
      Key("backend", "What it tests.", .choice(), required: true) { $0.backend = $1 },
      Key("level", "How much it tests.", .choice(), fallback: "quick") { $0.level = $1 },
    ])
}
