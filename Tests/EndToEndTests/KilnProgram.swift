import Commands
import FileSystem
import FoundationEssentials
import SystemPackage
import TestSupport

/// The built program, run as its users run it.
struct KilnProgram {
  let store: FilePath
  let home: FilePath

  /// The package's folder.
  static let package: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path
  }()

  /// `KILN_PROGRAM`, else what `make build` made.
  static var path: String {
    TestEnvironment.value("KILN_PROGRAM") ?? package.appending(".build/release/kiln").string
  }

  static var recipes: FilePath { package.appending("Tests/EndToEndTests/Recipes") }

  /// The machine's own store spares the tests the downloads; results are made anew where a test
  /// asks for an empty one.
  static func shared() -> KilnProgram {
    let home = TestEnvironment.value("HOME") ?? "/root"
    let store = TestEnvironment.value("KILN_STORE") ?? home + "/.cache/kiln"
    return KilnProgram(store: FilePath(store), home: FilePath(home))
  }

  /// Where the store has the file with this digest.
  func artifact(_ sha256: String) -> FilePath {
    store.appending("artifacts").appending(String(sha256.prefix(2)))
      .appending(String(sha256.dropFirst(2)))
  }

  func command(_ arguments: [String], accepted: Set<Int32> = [0]) -> Command {
    var environment = ["PATH": TestEnvironment.path, "HOME": home.string]
    environment["KILN_STORE"] = store.string
    for name in ["PIP_INDEX_URL", "UV_INDEX_URL", "SSL_CERT_FILE", "http_proxy", "https_proxy"] {
      environment[name] = TestEnvironment.value(name)
    }
    var command = Command(Self.path, arguments, environment: environment, timeout: 1800)
    command.accepted = accepted
    return command
  }

  /// What the program printed with `--json`.
  func json<Report: Decodable>(_ arguments: [String], as _: Report.Type) async throws -> Report {
    let result = try await command(arguments + ["--json", "--progress", "none"]).run()
    return try Self.decode(result.output, as: Report.self)
  }

  static func decode<Report: Decodable>(_ text: String, as _: Report.Type) throws -> Report {
    try JSONDecoder().decode(Report.self, from: Data(text.utf8))
  }
}

/// The part of `kiln build --json` that the tests read.
struct BuildReport: Decodable {
  struct Build: Decodable {
    let images: [Image]
    let stages: [Stage]
  }

  struct Image: Decodable {
    let flavour: String
    let path: String
    let size: Int64
    let sha256: String
  }

  struct Stage: Decodable {
    let stage: String
    let reused: Bool
  }

  let builds: [Build]
}
