import FileSystem
public import SystemPackage

/// An archive of packages that are made of this machine's programs: a whole build of it (fetch, unpack,
/// configure, steps, image) takes a second.
public struct TinyDebian: Sendable {
  public let repository: AptRepository
  /// For the recipe, its keyring and whatever the test needs.
  public let folder: FilePath

  /// What dpkg wants to find, and what kiln's own scripts call.
  private static let programs =
    [
      "dpkg", "dpkg-deb", "dpkg-query", "dpkg-split", "dpkg-trigger", "tar", "diff", "find", "gzip",
      "date", "hostname", "whoami", "od",
    ].map { "/usr/bin/\($0)" } + [
      "/sbin/ldconfig.real", "/sbin/ldconfig", "/sbin/start-stop-daemon",
    ]

  public static let recipe = """
    recipe: 1
    name: tiny
    base:
      debian: {suite: trixie, variant: essential, keyring: key.gpg}
    packages: [demo]
    files:
      - {content: "hello\\n", to: /opt/hello}
    run:
      - {name: greet, script: cat /opt/hello > /greeting}
    wsl: {install: [import, from-file]}

    """

  /// Whether the tools that make it are here.
  public static var isAvailable: Bool { AptRepository.isAvailable && TestEnvironment.isRoot }

  /// Runs `body` with the archive published and ``recipe`` written to `tiny.yaml`.
  ///
  /// - Parameter more: further packages of the archive.
  public static func with<Value>(
    _ recipe: String = recipe, more: [TestDeb] = [], _ body: (TinyDebian) async throws -> Value
  ) async throws -> Value {
    try await AptRepository.withTemporary { repository, folder in
      let root = folder.appending("root")
      try Files.makeDirectories(root)
      try await TinyRoot.make(at: root, with: programs.filter { Files.exists(FilePath($0)) })
      let debian = TinyDebian(repository: repository, folder: folder)
      try await debian.publish(root, more)
      try Files.removeTree(root)
      try Files.copy(repository.key.keyring, to: folder.appending("key.gpg"))
      try Files.write(recipe, to: folder.appending("tiny.yaml"))
      return try await body(debian)
    }
  }

  private func publish(_ root: FilePath, _ more: [TestDeb]) async throws {
    var base = TestDeb(
      "tiny-base", architecture: "amd64", fields: ["Essential": "yes", "Priority": "required"])
    base.tree = root
    let demo = TestDeb(
      "demo", fields: ["Depends": "demo-data"],
      entries: [
        .init("etc/demo.conf", .file("colour = blue\n")),
        .init("usr/share/demo/run", .file("#!/bin/sh\n"), mode: 0o755),
      ],
      control: [
        "conffiles": "/etc/demo.conf\n", "postinst": "#!/bin/sh\nset -e\nid -u > /etc/demo.id\n",
      ])
    let data = TestDeb(
      "demo-data",
      entries: (0..<40).map {
        .init("usr/share/demo/\($0)", .file(String(repeating: "line \($0)\n", count: 2000)))
      })
    let debs = [base, TestDeb("apt"), demo, data] + more
    for (suite, debs) in [("trixie", debs), ("trixie-updates", []), ("trixie-security", [])] {
      try await repository.publish(.init(suite: suite, components: ["main": debs]))
    }
  }
}
