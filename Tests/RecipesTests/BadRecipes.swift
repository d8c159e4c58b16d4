import Testing

/// A recipe with one thing wrong with it, and where the error must point.
struct BadRecipe: CustomTestStringConvertible {
  let name: String
  let text: String
  let code: String
  let line: Int
  let column: Int
  /// What the remedy must say.
  let remedy: String?
  /// Whether the JSON Schema refuses it too; it cannot see files, nor compare values.
  let isForSchema: Bool

  init(
    _ name: String, _ text: String, _ code: String, _ line: Int, _ column: Int,
    remedy: String? = nil, schema: Bool = true
  ) {
    self.name = name
    self.text = text
    self.code = code
    self.line = line
    self.column = column
    self.remedy = remedy
    isForSchema = schema
  }

  /// After ``minimal(_:)``, whose text has three lines.
  init(
    more name: String, _ more: String, _ code: String, _ line: Int, _ column: Int,
    remedy: String? = nil, schema: Bool = true
  ) {
    self.init(name, minimal(more), code, line, column, remedy: remedy, schema: schema)
  }

  var testDescription: String { name }

  static let all = syntax + keys + values + paths + contradictions

  static let syntax: [BadRecipe] = [
    .init("empty file", "", "K1002", 1, 1, schema: false),
    .init("byte-order mark", "\u{FEFF}recipe: 1\n", "K1003", 1, 1, schema: false),
    .init(more: "tab", "wsl:\n\tinstall: [import]\n", "K1006", 5, 1, schema: false),
    .init(more: "second document", "---\na: b\n", "K1007", 4, 1, schema: false),
    .init(more: "tag", "description: !!str x\n", "K1008", 4, 14, schema: false),
    .init(more: "anchor", "packages: &p [nano]\n", "K1009", 4, 11, schema: false),
    .init(more: "duplicate key", "name: b\n", "K1011", 4, 1, schema: false),
    .init(more: "colon", "description: a: b\n", "K1001", 4, 15, schema: false),
    .init("a list", "- recipe: 1\n", "K1105", 1, 1),
    .init("a text", "recipe\n", "K1105", 1, 1),
  ]

  static let keys: [BadRecipe] = [
    .init(
      "version 2", "recipe: 2\nname: A\n", "K1102", 1, 9, remedy: "use a newer kiln"),
    .init("version text", "recipe: one\nname: a\nbase: {debian: {suite: a}}\n", "K1105", 1, 9),
    .init("no version", "name: a\nbase: {debian: {suite: a}}\n", "K1104", 1, 1),
    .init("no base", "recipe: 1\nname: a\n", "K1104", 1, 1),
    .init(more: "unknown key", "pakages: [nano]\n", "K1103", 4, 1, remedy: "`packages`"),
    .init(more: "case", "Packages: [nano]\n", "K1103", 4, 1, remedy: "`packages`"),
    .init(more: "underscore", "smoke_test: {}\n", "K1103", 4, 1, remedy: "`smoke-test`"),
    .init(
      more: "nested", "python: {venv: /v, requirement: []}\n", "K1103", 4, 20,
      remedy: "`requirements`"),
    .init(more: "hostname", "hostname: box\n", "K1107", 4, 1, remedy: "network"),
    .init(more: "apt", "apt: [nano]\n", "K1107", 4, 1, remedy: "`packages`"),
    .init(
      more: "URL of a file", "files: [{url: 'http://a/b', to: /a}]\n", "K1107", 4, 10,
      remedy: "archive"),
    .init(
      more: "URL of a key", "sources: [{name: a, uri: 'http://a', suite: b, key: {url: x}}]\n",
      "K1107", 4, 54, remedy: "`file`"),
    .init(
      more: "version of Python", "python: {venv: /v, version: '3.12'}\n", "K1107", 4, 20,
      remedy: "suite"),
    .init(
      more: "password", "users: [{name: a, password: b}]\n", "K1107", 4, 19, remedy: "`passwd`"),
    .init(
      more: "umask of drives", "wsl: {conf: {automount: {umask: '22'}}}\n", "K1107", 4, 26,
      remedy: "options:"),
    .init(
      more: "another tool's key", "run: [{name: a, command: b}]\n", "K1103", 4, 17,
      remedy: "`script`"),
    .init(
      more: "source of a file", "files: [{src: debs/a.deb, to: /a}]\n", "K1103", 4, 10,
      remedy: "`from`"),
    .init(
      more: "section of wsl.conf", "wsl: {boot: {systemd: true}}\n", "K1103", 4, 7,
      remedy: "`wsl.conf.boot`"),
    .init(more: "lacks key", "run: [{name: x}]\n", "K1104", 4, 7),
    .init(more: "no kind of file", "files: [{to: /a}]\n", "K1104", 4, 9),
    .init(
      more: "two kinds of file", "files: [{content: x, symlink: y, to: /a}]\n", "K1108", 4, 22),
    .init(more: "wheel without member", "files: [{wheel: a==1, to: /a}]\n", "K1104", 4, 10),
    .init(
      more: "archive without digest",
      "files: [{archive: {url: 'http://a/b.zip'}, member: b, to: /a}]\n", "K1104", 4, 20),
    .init(
      more: "wheel and archive",
      "files: [{wheel: a, archive: {path: debs/a.deb}, member: b, to: /a}]\n", "K1108", 4, 20),
    .init(
      "two bases", "recipe: 1\nname: a\nbase: {debian: {suite: a}, ubuntu: {suite: b}}\n", "K1108",
      3, 28),
    .init(
      more: "url without digest", "debs: [{url: 'https://example.org/a.deb'}]\n", "K1104", 4, 9),
    .init(
      more: "wsl.conf key", "wsl: {conf: {boot: {system: true}}}\n", "K1103", 4, 21,
      remedy: "`systemd`"),
    .init(
      more: "wsl.conf section", "wsl: {conf: {users: {default: a}}}\n", "K1103", 4, 14,
      remedy: "`user`"),
    .init(
      more: "set without a key", "sources: [{name: a, uri: 'http://a', suite: b, key: {}}]\n",
      "K1104", 4, 53),
  ]

  static let values: [BadRecipe] = [
    .init("name", "recipe: 1\nname: A b\nbase: {debian: {suite: a}}\n", "K1106", 2, 7),
    .init(
      "number as name", "recipe: 1\nname: 12\nbase: {debian: {suite: a}}\n", "K1105", 2, 7,
      remedy: "\"12\""),
    .init(more: "packages is text", "packages: nano\n", "K1105", 4, 11),
    .init(more: "packages is nothing", "packages:\n", "K1105", 4, 10),
    .init(more: "package name", "packages: [nano, Less]\n", "K1106", 4, 18),
    .init(more: "package to remove", "packages: [nano-]\n", "K1106", 4, 12),
    .init(more: "package is a mapping", "packages: [{nano: 1}]\n", "K1105", 4, 12),
    .init(more: "yes is no boolean", "recommends: yes\n", "K1105", 4, 13, remedy: "`true`"),
    .init(more: "quoted boolean", "recommends: 'true'\n", "K1105", 4, 13, remedy: "`true`"),
    .init(more: "architecture", "architecture: amd46\n", "K1106", 4, 15, remedy: "`amd64`"),
    .init(
      more: "mode as a number", "files: [{content: x, to: /a, mode: 0644}]\n", "K1105", 4, 36,
      remedy: "\"0644\""),
    .init(more: "mode", "files: [{content: x, to: /a, mode: '0698'}]\n", "K1106", 4, 36),
    .init(more: "duration", "run: [{name: a, script: b, timeout: 90}]\n", "K1105", 4, 37),
    .init(more: "duration unit", "run: [{name: a, script: b, timeout: 90 s}]\n", "K1106", 4, 37),
    .init(
      more: "duration too long", "run: [{name: a, script: b, timeout: 25h}]\n", "K1106", 4, 37,
      schema: false),
    .init(more: "uid too small", "users: [{name: a, uid: 999}]\n", "K1106", 4, 24),
    .init(more: "uid too large", "users: [{name: a, uid: 60001}]\n", "K1106", 4, 24),
    .init(more: "uid is text", "users: [{name: a, uid: me}]\n", "K1105", 4, 24),
    .init(more: "user name", "users: [{name: A}]\n", "K1106", 4, 16),
    .init(
      more: "sudo", "users: [{name: a, sudo: nopaswd}]\n", "K1106", 4, 25,
      remedy: "`nopasswd`"),
    .init(
      more: "sudo as boolean", "users: [{name: a, sudo: true}]\n", "K1105", 4, 25,
      remedy: "`nopasswd`"),
    .init(
      more: "users is text", "users: alice\n", "K1105", 4, 8,
      remedy: "`users: [{name: alice}]`"),
    .init(more: "item is text", "users: [alice]\n", "K1105", 4, 9, remedy: "`{name: alice}`"),
    .init(
      "base is text", "recipe: 1\nname: a\nbase: debian\n", "K1105", 3, 7,
      remedy: "`base: {debian: {suite: bookworm}}`"),
    .init(
      more: "run is a mapping", "run: {name: x, script: y}\n", "K1105", 4, 6,
      remedy: "`run: [{name: x, script: …}]`"),
    .init(
      more: "section is a boolean", "wsl: {conf: {boot: true}}\n", "K1105", 4, 20,
      remedy: "`boot: {systemd: …}`"),
    .init(
      more: "groups", "users: [{name: a, groups: wheel}]\n", "K1105", 4, 27,
      remedy: "`[…]`"),
    .init(
      more: "file of requirements", "python: {venv: /v, requirements: requirements.txt}\n",
      "K1105", 4, 34, remedy: "copy its lines"),
    .init(
      more: "wheel by its URL", "python: {venv: /v, wheels: ['https://a/b.whl']}\n", "K1106",
      4, 29, remedy: "download it"),
    .init(
      more: "time zone without an area", "timezone: Berlin\n", "K1106", 4, 11,
      remedy: nil),
    .init(more: "variable name", "environment: {a-b: c}\n", "K1106", 4, 15),
    .init(more: "two lines", "environment: {a: \"b\\nc\"}\n", "K1106", 4, 18),
    .init(more: "locale", "locale: en_US\n", "K1106", 4, 9),
    .init(more: "timezone", "timezone: ../etc/passwd\n", "K1106", 4, 11),
    .init(
      more: "requirement by URL", "python: {venv: /v, requirements: ['a @ https://b/c.whl']}\n",
      "K1106", 4, 35),
    .init(
      more: "requirement as option", "python: {venv: /v, requirements: [-r a.txt]}\n", "K1106",
      4, 35),
    .init(
      more: "wheel with extras", "files: [{wheel: 'a[b]', member: c, to: /a}]\n", "K1106", 4, 17),
    .init(
      more: "wheel by URL", "files: [{wheel: 'a @ http://b/c.whl', member: c, to: /a}]\n", "K1106",
      4, 17),
    .init(
      more: "excluded with a version", "python: {venv: /v, exclude: [a==1]}\n", "K1106", 4, 30),
    .init(
      more: "index with a password", "python: {venv: /v, index: 'https://a:b@c/'}\n", "K1106",
      4, 27),
    .init(more: "digest", "debs: [{url: 'http://a/b.deb', sha256: abc}]\n", "K1106", 4, 40),
    .init(
      more: "priority", "preferences: [{package: a, pin: release a=b, priority: 1.5}]\n",
      "K1105", 4, 56),
    .init(more: "pin", "preferences: [{package: a, pin: stable, priority: 1}]\n", "K1106", 4, 33),
    .init(more: "backend", "gpu: {backend: rocm}\n", "K1106", 4, 16),
    .init(
      more: "GPU architecture", "gpu: {backend: cuda, require-architectures: [86]}\n", "K1105",
      4, 46),
    .init(
      more: "install", "wsl: {install: [form-file]}\n", "K1106", 4, 17,
      remedy: "`from-file`"),
    .init(
      more: "wsl.conf boolean", "wsl: {conf: {boot: {systemd: on}}}\n", "K1105", 4, 30,
      remedy: "`true`"),
    .init(more: "wsl.conf number", "wsl: {conf: {boot: {initTimeout: 1s}}}\n", "K1105", 4, 34),
    .init(
      more: "unknown variable", "variables: {who: a}\ndescription: by ${wo}\n", "K1114", 5, 17,
      remedy: "${who}", schema: false),
    .init(
      more: "shell variable", "run:\n- name: a\n  script: |\n    set -e\n    echo ${X:-y}\n",
      "K1114", 8, 10, remedy: "$${", schema: false),
    .init(more: "NUL", "files: [{content: \"a\\0b\", to: /a}]\n", "K1106", 4, 19),
    .init(
      more: "inline key", "sources: [{name: a, uri: 'http://a', suite: b, key: {inline: x}}]\n",
      "K1106", 4, 62, schema: false),
  ]

  static let paths: [BadRecipe] = [
    .init(
      more: "missing file", "files: [{from: files/a.text, to: /a}]\n", "K1111", 4, 16,
      remedy: "`a.txt`", schema: false),
    .init(more: "up", "files: [{from: ../outside/secret, to: /a}]\n", "K1110", 4, 16),
    .init(
      more: "up in the middle", "files: [{from: files/../../outside/secret, to: /a}]\n",
      "K1110", 4, 16),
    .init(more: "absolute", "files: [{from: /etc/passwd, to: /a}]\n", "K1110", 4, 16),
    .init(
      more: "out by a link", "files: [{from: files/out, to: /a}]\n", "K1110", 4, 16,
      schema: false),
    .init(
      more: "out by a folder's link", "files: [{from: outfolder/secret, to: /a}]\n", "K1110",
      4, 16, schema: false),
    .init(
      more: "out by an absolute link", "files: [{from: files/absolute, to: /a}]\n", "K1110", 4,
      16, schema: false),
    .init(
      more: "link loop", "files: [{from: files/loop, to: /a}]\n", "K1110", 4, 16,
      schema: false),
    .init(
      more: "file as folder", "files: [{from: files/a.txt/b, to: /a}]\n", "K1111", 4, 16,
      schema: false),
    .init(more: "folder as file", "debs: [{path: tree}]\n", "K1106", 4, 15),
    .init(more: "relative target", "files: [{content: x, to: etc/a}]\n", "K1106", 4, 26),
    .init(more: "target with ..", "files: [{content: x, to: /etc/../a}]\n", "K1106", 4, 26),
    .init(more: "target with //", "files: [{content: x, to: /etc//a}]\n", "K1106", 4, 26),
    .init(more: "target root", "files: [{content: x, to: /}]\n", "K1106", 4, 26),
    .init(
      more: "member from above", "files: [{wheel: a, member: b/../c, to: /a}]\n", "K1106", 4, 28),
    .init(
      more: "member from the root", "files: [{wheel: a, member: /b, to: /a}]\n", "K1106", 4, 28),
    .init(
      more: "step input", "run: [{name: a, script: b, inputs: [../outside]}]\n", "K1110", 4,
      37),
    .init(
      more: "key file", "sources: [{name: a, uri: 'http://a', suite: b, key: {file: k}}]\n",
      "K1111", 4, 60, schema: false),
    .init(more: "wheel's name", "python: {venv: /v, wheels: [files/a.txt]}\n", "K1106", 4, 29),
    .init(more: "venv", "python: {venv: opt/ml}\n", "K1106", 4, 16),
    .init(
      more: "icon", "wsl: {distribution: {shortcut: {icon: tree}}}\n", "K1112", 4, 39,
      schema: false),
    .init(more: "keyring is a folder", "debs: [{path: debs/a.deb, sha256: 1}]\n", "K1105", 4, 35),
  ]

  static let contradictions: [BadRecipe] = [
    .init(
      more: "hidden file", "files: [{content: x, to: /proc/x}]\n", "K1116", 4, 26, schema: false),
    .init(
      more: "vanishing file", "files: [{content: x, to: /tmp/x}]\n", "K1116", 4, 26,
      remedy: "`inputs`", schema: false),
    .init(
      more: "vanishing tree", "files: [{from: tree, to: /run}]\n", "K1116", 4, 26, schema: false),
    .init(
      more: "file in a home that is made later",
      "files: [{content: x, to: /home/kiln/.config/x, owner: kiln}]\nusers: [{name: kiln}]\n",
      "K1116", 4, 26, remedy: "/etc/skel", schema: false),
    .init(
      more: "package twice", "packages: [nano, less, 'nano=1']\n", "K1109", 4, 24,
      schema: false),
    .init(
      more: "package twice, once by its architecture", "packages: [nano, 'nano:amd64']\n", "K1109",
      4, 18, schema: false),
    .init(
      more: "user twice", "users:\n- {name: a, uid: 1000}\n- {name: a, uid: 1001}\n", "K1109",
      6, 10, schema: false),
    .init(
      more: "uid twice", "users:\n- {name: a, uid: 1001}\n- {name: b, uid: 1001}\n", "K1109",
      6, 18, schema: false),
    .init(
      more: "uid twice by default", "users:\n- {name: a}\n- {name: b}\n", "K1109", 6, 3,
      schema: false),
    .init(
      more: "step twice", "run: [{name: a, script: b}, {name: a, script: c}]\n", "K1109", 4,
      36, schema: false),
    .init(
      more: "target twice", "files: [{content: a, to: /a}, {symlink: b, to: /a}]\n", "K1109",
      4, 48, schema: false),
    .init(
      more: "own source's name",
      "sources: [{name: debian, uri: 'http://a', suite: b, key: {file: keys/vendor.asc}}]\n",
      "K1116", 4, 18, schema: false),
    .init(
      more: "name of the recipe's index",
      "sources: [{name: python-index, uri: 'http://a', suite: b, key: {file: keys/vendor.asc}}]\n",
      "K1116", 4, 18, schema: false),
    .init(
      more: "flat with components",
      "sources:\n- {name: a, uri: 'http://a', suite: ./, "
        + "components: [main], key: {file: keys/vendor.asc}}\n", "K1116", 5, 53, schema: false),
    .init(more: "root", "users: [{name: root}]\n", "K1116", 4, 16, schema: false),
    .init(
      more: "default user", "users: [{name: kiln}]\nwsl: {conf: {user: {default: klin}}}\n",
      "K1116", 5, 30, remedy: "`kiln`", schema: false),
    .init(
      more: "locale without locales", "locale: en_US.UTF-8\n", "K1116", 4, 9,
      remedy: "`locales`", schema: false),
    .init(
      more: "link with a mode", "files: [{symlink: a, to: /b, mode: '0644'}]\n", "K1116", 4,
      36, schema: false),
    .init(
      more: "member of nothing", "files: [{content: a, member: b, to: /c}]\n", "K1116", 4, 30,
      schema: false),
    .init(
      more: "two versions",
      "files:\n- {wheel: a_b==1, member: c, to: /c}\n- {wheel: A.B==2, member: d, to: /d}\n",
      "K1116", 6, 11, remedy: "the same", schema: false),
    .init(
      more: "excluded and required",
      "python: {venv: /v, requirements: ['a_b>=1'], exclude: [c, A-B]}\n", "K1116", 4, 59,
      schema: false),
    .init(
      more: "one uid twice", "users: [{name: a}, {name: b}]\n", "K1109", 4, 20,
      remedy: "`b` another `uid`", schema: false),
    .init(more: "no file to make", "wsl: {install: []}\n", "K1116", 4, 16, schema: false),
    .init(more: "remove without extends", "remove: [packages]\n", "K1115", 4, 9, schema: false),
  ]
}
