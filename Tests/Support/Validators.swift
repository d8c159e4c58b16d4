import Commands
import FileSystem
import FoundationEssentials
public import SystemPackage

/// The official validators of SPDX and CycloneDX, from PyPI.
public enum Validators {
  private static let package: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path
  }()

  private static let folder = Task<FilePath?, Never> {
    let command = Command(
      ".ci/fetch-validators", environment: environment, workingDirectory: package, timeout: 300)
    guard let output = try? await command.run().output else { return nil }
    return output.split(separator: "\n").last.map { package.appending(String($0)) }
  }

  private static var environment: [String: String] {
    // pip asks the machine's own index, wherever that is.
    var environment = ["PATH": TestEnvironment.path]
    for name in ["HOME", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "http_proxy", "https_proxy"] {
      environment[name] = TestEnvironment.value(name)
    }
    return environment
  }

  /// Whether they are there, or could be fetched; tests without them are to be skipped, not passed.
  public static func areThere() async -> Bool { await folder.value != nil }

  private static let program = """
    import sys
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    for path in sys.argv[1:]:
        document = parse_file(path + ".spdx.json")
        found = [m.validation_message for m in validate_full_spdx_document(document)]
        with open(path + ".cdx.json", encoding="utf-8") as file:
            error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(file.read())
        found += [repr(error)] if error else []
        for words in found: print(path + ": " + " ".join(words.split()))
    """

  /// What they complain about in bills of both formats, a line each, which begins with the path.
  ///
  /// - Parameter bills: paths without `.spdx.json` and `.cdx.json`. To start the validators takes
  ///   longer than their work, so all that a test has are given at once.
  public static func complaints(about bills: [FilePath]) async throws -> [String] {
    var environment = environment
    environment["PYTHONPATH"] = await folder.value?.string
    let result = try await Command(
      "python3", ["-c", program] + bills.map(\.string), environment: environment
    ).run()
    return result.output.split(separator: "\n").map(String.init)
  }
}
