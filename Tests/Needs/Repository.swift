public import Foundation

/// The sources that the tests were built from.
public enum Repository {
  public static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Runs `command` with bash there, and gives what it wrote.
  public static func run(_ command: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = root
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// The last line that `command` wrote: the place of what one of the scripts in `.ci` fetched.
  public static func place(_ command: String) throws -> URL {
    let (status, output) = try run(command)
    guard status == 0, let line = output.split(separator: "\n").last else {
      throw Failure(command: command, output: output)
    }
    return URL(filePath: String(line), relativeTo: root).absoluteURL
  }

  public struct Failure: Error {
    public let command: String
    public let output: String
  }
}
