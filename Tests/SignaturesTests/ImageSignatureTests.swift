import Commands
import Diagnostics
import Digests
import FileSystem
import Needs
import Signatures
import SystemPackage
import TestSupport
import Testing

@Suite struct ImageSignatureTests {
  static let tools = ["openssl", "minisign"].filter { tool in
    TestEnvironment.path.split(separator: ":").contains { Files.exists(FilePath("\($0)/\(tool)")) }
  }
  static let forms = KeyForm.allCases.filter { tools.contains($0.rawValue) }

  /// An image with its check sum, and two pairs of keys of one form.
  struct Setting {
    let folder: FilePath
    let form: KeyForm
    let signature = ImageSignature(environment: ["PATH": TestEnvironment.path])

    var image: FilePath { folder.appending("tiny.wsl") }
    var signatureFile: FilePath { FilePath(image.string + form.ending) }
    func secret(_ name: String) -> FilePath { folder.appending("\(name).key") }
    func open(_ name: String) -> FilePath { folder.appending("\(name).pub") }

    static func with(_ form: KeyForm, _ body: (Setting) async throws -> Void) async throws {
      try await withTemporaryFolder { folder in
        let setting = Setting(folder: folder, form: form)
        try setting.write("image")
        for name in ["own", "other"] { try await setting.makeKeys(name) }
        try await body(setting)
      }
    }

    func write(_ content: String) throws {
      try Files.write(content, to: image)
      try Files.write(
        "\(SHA256Digest(ofText: content).hex)  tiny.wsl\n", to: FilePath(image.string + ".sha256"))
    }

    private func makeKeys(_ name: String) async throws {
      let script =
        switch form {
        case .openssl:
          """
          openssl genpkey -algorithm ed25519 -out \(name).key
          openssl pkey -in \(name).key -pubout -out \(name).pub
          """
        case .minisign: "minisign -G -W -p \(name).pub -s \(name).key"
        }
      try await Command(
        "sh", ["-ec", script], environment: ["PATH": TestEnvironment.path],
        workingDirectory: folder
      ).run()
    }

    func sign() async throws {
      try await signature.sign(image, with: secret("own"), scratch: folder)
    }

    func code(_ key: FilePath) async -> SignatureError.Code? {
      do throws(SignatureError) {
        try await signature.check(image, with: key, scratch: folder)
        return nil
      } catch { return error.code }
    }
  }

  @Test("a signature holds, for its image and its key alone", arguments: forms)
  func holds(form: KeyForm) async throws {
    try await Setting.with(form) { setting in
      #expect(await setting.code(setting.open("own")) == .missing)
      try await setting.signature.prepare(
        with: setting.secret("own"), scratch: setting.folder)
      try await setting.sign()
      #expect(await setting.code(setting.open("own")) == nil)
      #expect(await setting.code(setting.open("other")) == .wrong)
      // The check sum of another image under an old signature.
      try setting.write("another image")
      #expect(await setting.code(setting.open("own")) == .wrong)
      try setting.write("image")
      #expect(await setting.code(setting.open("own")) == nil)
      // The old check sum, and its signature, beside another image.
      try Files.write("imagE", to: setting.image)
      #expect(await setting.code(setting.open("own")) == .wrong)
    }
  }

  @Test("the check sum's file may be missing", arguments: forms)
  func withoutCheckSum(form: KeyForm) async throws {
    try await Setting.with(form) { setting in
      try await setting.sign()
      try Files.removeFile(FilePath(setting.image.string + ".sha256"))
      #expect(await setting.code(setting.open("own")) == nil)
      try Files.write("imagE", to: setting.image)
      #expect(await setting.code(setting.open("own")) == .wrong)
    }
  }

  @Test("the same key and image give the same signature", arguments: forms)
  func reproducible(form: KeyForm) async throws {
    try await Setting.with(form) { setting in
      try await setting.sign()
      let first = try Files.read(setting.signatureFile)
      try await setting.sign()
      #expect(try Files.read(setting.signatureFile) == first)
    }
  }

  @Test("everybody can check it with the tool itself", arguments: forms)
  func witness(form: KeyForm) async throws {
    try await Setting.with(form) { setting in
      try await setting.sign()
      let script =
        switch form {
        case .openssl:
          "openssl pkeyutl -verify -pubin -inkey own.pub -rawin -in tiny.wsl.sha256 "
            + "-sigfile tiny.wsl.sig"
        case .minisign: "minisign -V -p own.pub -m tiny.wsl.sha256 -x tiny.wsl.minisig"
        }
      try await Command(
        "sh", ["-ec", "sha256sum -c tiny.wsl.sha256 && \(script)"],
        environment: ["PATH": TestEnvironment.path], workingDirectory: setting.folder
      ).run()
    }
  }

  @Test("the wrong half of a pair is told from the right one", arguments: forms)
  func halves(form: KeyForm) async throws {
    try await Setting.with(form) { setting in
      try await setting.sign()
      #expect(await setting.code(setting.secret("own")) == .unknownKey)
      let error = await #expect(throws: SignatureError.self) {
        try await setting.signature.prepare(
          with: setting.open("own"), scratch: setting.folder)
      }
      #expect(error?.code == .unknownKey && error?.reason?.contains("public half") == true)
    }
  }

  @Test("what is no key is refused", arguments: ["", "hello\nworld\n", "\u{0}\u{1}"])
  func noKey(content: String) async throws {
    try await withTemporaryFolder { folder in
      let key = folder.appending("key")
      try Files.write(content, to: key)
      let signature = ImageSignature(environment: ["PATH": TestEnvironment.path])
      let error = await #expect(throws: SignatureError.self) {
        try await signature.prepare(with: key, scratch: folder)
      }
      #expect(error?.code == .unknownKey)
      let missing = await #expect(throws: SignatureError.self) {
        try await signature.prepare(with: folder.appending("none"), scratch: folder)
      }
      #expect(missing?.code == .file)
    }
  }

  @Test("a tool that is not there is named", arguments: forms)
  func noTool(form: KeyForm) async throws {
    try await Setting.with(form) { setting in
      try await setting.sign()
      let signature = ImageSignature(environment: ["PATH": "/nowhere"])
      for error in [
        await #expect(throws: SignatureError.self) {
          try await signature.prepare(
            with: setting.secret("own"), scratch: setting.folder)
        },
        await #expect(throws: SignatureError.self) {
          try await signature.check(
            setting.image, with: setting.open("own"), scratch: setting.folder)
        },
      ] {
        #expect(error?.code == .toolMissing)
        #expect(error?.diagnostics.first?.remedy == "apt-get install \(form.rawValue)")
      }
    }
  }

  @Test(
    "a key with a password is refused in words", .needs("minisign", if: tools.contains("minisign")))
  func password() async throws {
    try await Setting.with(.minisign) { setting in
      let locked = setting.folder.appending("locked.key")
      var command = Command(
        "minisign",
        ["-G", "-p", setting.folder.appending("locked.pub").string, "-s", locked.string],
        environment: ["PATH": TestEnvironment.path])
      command.input = "secret\nsecret\n"
      try await command.run()
      for error in [
        await #expect(throws: SignatureError.self) {
          try await setting.signature.sign(setting.image, with: locked, scratch: setting.folder)
        },
        // Before the build already.
        await #expect(throws: SignatureError.self) {
          try await setting.signature.prepare(with: locked, scratch: setting.folder)
        },
      ] {
        #expect(error?.code == .notSigned)
        #expect(error?.diagnostics.first?.remedy?.contains("minisign -C -W") == true)
      }
      #expect(!Files.exists(setting.signatureFile))
    }
  }

  @Test(
    "a key that signs nothing is found before the build",
    .needs("openssl", if: tools.contains("openssl")))
  func unfitKey() async throws {
    try await Setting.with(.openssl) { setting in
      try await Command(
        "openssl", ["genpkey", "-algorithm", "x25519", "-out", setting.secret("unfit").string],
        environment: ["PATH": TestEnvironment.path]
      ).run()
      let error = await #expect(throws: SignatureError.self) {
        try await setting.signature.prepare(with: setting.secret("unfit"), scratch: setting.folder)
      }
      #expect(error?.code == .notSigned && error?.subject == setting.secret("unfit").string)
    }
  }
}
