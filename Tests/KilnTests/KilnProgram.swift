import Commands
import Content
import FileSystem
import FoundationEssentials
import SystemPackage
import TestSupport

/// The program, run as its users run it, with a home of its own.
struct KilnProgram {
  let home: FilePath

  var store: FilePath { home.appending("store") }

  static let path = TestEnvironment.kiln

  /// The folder of README and `docs`.
  static let package: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path
  }()

  var environment: [String: String] {
    [
      "PATH": TestEnvironment.path, "HOME": home.string, "KILN_STORE": store.string,
      "KILN_SMOKE_TESTS": smokeTests.string,
    ]
  }

  private var smokeTests: FilePath { home.appending("smoke-tests") }

  /// Puts a program where kiln looks for the one that every image carries; these images are not run.
  func addSmokeTest() throws {
    try Files.makeDirectory(smokeTests)
    for architecture in Architecture.allCases {
      try Files.write(
        "#!/bin/sh\n", to: smokeTests.appending("gpu-smoke-test-\(architecture.rawValue)"),
        permissions: 0o755)
    }
  }

  func command(_ arguments: [String], accepted: Set<Int32> = [0]) -> Command {
    var command = Command(
      Self.path, arguments, environment: environment, workingDirectory: home, timeout: 600)
    command.accepted = accepted
    return command
  }

  @discardableResult
  func run(_ arguments: String..., accepted: Set<Int32> = [0]) async throws -> CommandResult {
    try await command(arguments, accepted: accepted).run()
  }

  /// What the program printed on standard output, which must be one JSON document.
  func json<Report: Decodable>(
    _ arguments: [String], accepted: Set<Int32> = [0], as _: Report.Type = Report.self
  ) async throws -> Report {
    let result = try await command(arguments, accepted: accepted).run()
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  static func with(_ body: (KilnProgram) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in try await body(KilnProgram(home: folder)) }
  }
}

/// A value of any shape.
struct AnyValue: Decodable {
  init(from decoder: any Decoder) {}
}

/// The errors that `--json` prints.
struct Diagnostics: Decodable {
  struct Diagnostic: Decodable {
    let code: String
    let message: String
    let remedy: String?
  }

  let diagnostics: [Diagnostic]
}
