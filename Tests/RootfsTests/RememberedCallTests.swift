import Commands
import Content
import Digests
import FileSystem
import Locks
import SystemPackage
import TestSupport
import Testing

@testable import Rootfs

/// Calls of maintainer scripts whose result an earlier configuration left.
@Suite("Remembered calls") struct RememberedCallTests {
  private static let context = SHA256Digest(ofText: "context")
  private static let call = "/kiln/call \(context)"

  @Test(
    "are found as Debian's scripts write them",
    arguments: [
      ("\tpy3compile -p python3-pip ", "\t\(call) py3compile py3compile -p python3-pip "),
      (
        "  /usr/bin/python3.11 -E -S /usr/lib/python3.11/py_compile.py $files",
        "  \(call) python /usr/bin/python3.11 -E -S /usr/lib/python3.11/py_compile.py $files"
      ),
      (
        "/usr/bin/$python -E -S /usr/lib/$python/py_compile.py $files",
        "\(call) python /usr/bin/$python -E -S /usr/lib/$python/py_compile.py $files"
      ),
      ("    update-ca-certificates", "    \(call) certificates update-ca-certificates"),
      (
        "\tupdate-ca-certificates --hooksdir \"\"",
        "\t\(call) certificates update-ca-certificates --hooksdir \"\""
      ),
      (
        "runuser -u man -- /usr/bin/mandb \"$@\" || true",
        "runuser -u man -- \(call) mandb /usr/bin/mandb \"$@\" || true"
      ),
    ])
  func found(line: String, edited: String) {
    let text = RememberedCalls.edited("#!/bin/sh\nset -e\n\(line)\nexit 0\n", Self.context)
    #expect(text == "#!/bin/sh\nset -e\n\(edited)\nexit 0\n")
  }

  @Test(
    "are nothing else",
    arguments: [
      "#!/bin/sh\nif command -v py3compile; then :; fi\n",
      "#!/bin/sh\ncase $1 in\n  update-ca-certificates)\n  ;;\nesac\n",
      "#!/bin/sh\ndpkg-trigger --no-await update-ca-certificates\n",
      "#!/bin/sh\npy3compile /usr/share/x\n", "#!/bin/sh\nchmod 755 /usr/bin/mandb\n",
      "#!/bin/sh\n/usr/bin/python3.11 -E -S -O /usr/lib/python3.11/py_compile.py $files\n",
      "#!/usr/bin/perl\n    update-ca-certificates\n",
    ])
  func untouched(script: String) {
    #expect(RememberedCalls.edited(script, Self.context) == nil)
  }

  @Test(
    "are for the distribution's own packages only",
    arguments: [("debian", true), ("debian-security", true), ("vendor", false), ("recipe", false)])
  func own(source: String, isOwn: Bool) {
    let artifacts = ["debian", source].map {
      Artifact(
        kind: .package, name: "a", version: "1", architecture: .amd64, size: 1,
        sha256: Self.context, source: $0, path: "a.deb")
    }
    #expect(RememberedCalls.areOf("debian", artifacts) == isOwn)
  }

  /// The stand-in on the host, with a folder in the place of man-db's.
  private struct Kitchen {
    let folder: FilePath
    var index: FilePath { folder.appending("cache") }
    var made: FilePath { folder.appending("made") }

    init(_ folder: FilePath) throws {
      self.folder = folder
      for name in ["cache", "known", "made"] { try Files.makeDirectory(folder.appending(name)) }
      var text = RememberedCalls.standIn
      for (path, name) in [
        ("/kiln/known", "known"), ("/kiln/made", "made"), ("/var/cache/man", "cache"),
        ("/usr/share/man", "pages"), ("/usr/local/share/man", "none"), ("/opt", "none"),
      ] { text.replace(path, with: folder.appending(name).string) }
      try Files.write(text, to: folder.appending("call"))
      try Files.write("page", to: folder.appending("pages"))
      try program("mkdir -p de; echo index > de/index; ln -s de/index link")
    }

    func program(_ script: String) throws {
      let path = folder.appending("mandb")
      try Files.write("#!/bin/sh\ncd \(index)\n\(script)\n", to: path)
      try Files.setPermissions(0o755, of: path)
    }

    /// - Returns: the status.
    func call(_ context: String = "context") async throws -> Int32 {
      var command = Command(
        "sh",
        [folder.appending("call").string, context, "mandb", folder.appending("mandb").string],
        environment: ["PATH": TestEnvironment.path])
      command.accepted = [0, 9]
      return try await command.run().status
    }

    /// Does what ``RememberedCalls/keep(in:)`` does.
    static func keep(_ folder: FilePath) throws {
      let made = folder.appending("made")
      for name in try Files.entries(made) where name.hasSuffix(".tar") {
        let place = folder.appending("known/\(name.prefix(2))/\(name.dropFirst(2).prefix(62))")
        try Files.makeDirectories(place)
        try Files.rename(made.appending(name), to: place.appending("output"))
      }
    }

    /// The root of the next build is as the first one's.
    func keep() throws {
      try Self.keep(folder)
      for name in try Files.entries(index) { try Files.removeTree(index.appending(name)) }
    }

    func tree() throws -> [String] {
      try Files.entries(index).sorted()
        + [
          try Files.readText(index.appending("de/index")),
          Files.readSymlink(index.appending("link")),
        ]
    }
  }

  @Test("give what the first one gave, without the program")
  func remembered() async throws {
    try await withTemporaryFolder { folder in
      let kitchen = try Kitchen(folder)
      #expect(try await kitchen.call() == 0)
      let first = try kitchen.tree()
      try kitchen.keep()
      try kitchen.program("exit 9")
      #expect(try await kitchen.call() == 0)
      #expect(try kitchen.tree() == first)
      #expect(try Files.entries(kitchen.made).contains { $0.hasSuffix(".used") })
    }
  }

  @Test(
    "run the program where anything that it reads is another",
    arguments: ["context", "page", "index"])
  func others(what: String) async throws {
    try await withTemporaryFolder { folder in
      let kitchen = try Kitchen(folder)
      #expect(try await kitchen.call() == 0)
      try kitchen.keep()
      try kitchen.program("exit 9")
      switch what {
      case "page": try Files.write("egap", to: folder.appending("pages"))
      case "index": try Files.write("", to: kitchen.index.appending("more"))
      default: break
      }
      #expect(try await kitchen.call(what == "context" ? "other" : "context") == 9)
    }
  }

  /// What all compilations look at is read once: but no longer than it stays as it is.
  @Test("compile again where the interpreter's own modules are others")
  func commonModules() async throws {
    try await withTemporaryFolder { folder in
      let usr = folder.appending("usr")
      for path in ["bin", "lib/python3.11", "lib/python3/dist-packages", "share/python3"] {
        try Files.makeDirectories(usr.appending(path))
      }
      for name in ["known", "made", "bin"] { try Files.makeDirectory(folder.appending(name)) }
      try Files.write("", to: usr.appending("bin/python3.11"))
      try Files.makeSymlink(usr.appending("bin/python3"), to: "python3.11")
      try Files.write("one", to: usr.appending("lib/python3.11/os.py"))
      let module = usr.appending("lib/python3/dist-packages/module.py")
      try Files.write("module", to: module)
      let compiled = usr.appending("lib/python3/dist-packages/module.pyc")
      func program(_ name: String, _ script: String) throws {
        try Files.write("#!/bin/sh\n\(script)\n", to: folder.appending("bin/\(name)"))
        try Files.setPermissions(0o755, of: folder.appending("bin/\(name)"))
      }
      try program("dpkg", "echo \(module)")
      try program("py3compile", "echo code > \(compiled)")
      var text = RememberedCalls.standIn
      for name in ["usr", "kiln/known", "kiln/made"] {
        let place = folder.appending(name == "usr" ? name : String(name.dropFirst(5)))
        text.replace("/\(name)/", with: "\(place)/")
      }
      try Files.write(text, to: folder.appending("call"))
      func call() async throws -> Int32 {
        if Files.exists(compiled) { try Files.removeFile(compiled) }
        var command = Command(
          "sh",
          [folder.appending("call").string, "context", "py3compile", "py3compile", "-p", "module"],
          environment: ["PATH": "\(folder.appending("bin")):\(TestEnvironment.path)"])
        command.accepted = [0, 9]
        return try await command.run().status
      }

      #expect(try await call() == 0)
      try Kitchen.keep(folder)
      try program("py3compile", "exit 9")
      #expect(try await call() == 0)
      #expect(try Files.readText(compiled) == "code\n")
      try Files.write("two", to: usr.appending("lib/python3.11/os.py"))
      #expect(try await call() == 9)
      try Files.write("one", to: usr.appending("lib/python3.11/os.py"))
      #expect(try await call() == 0)
    }
  }

  @Test("keep nothing of a program that fails, and say its status")
  func failures() async throws {
    try await withTemporaryFolder { folder in
      let kitchen = try Kitchen(folder)
      try kitchen.program("echo half > half; exit 9")
      #expect(try await kitchen.call() == 9)
      #expect(try Files.entries(kitchen.made).isEmpty)
    }
  }
}
