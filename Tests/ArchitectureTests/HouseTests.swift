import Commands
import SystemPackage
import TestSupport
import Testing

@Suite struct HouseTests {
  @Test func noFileIsLongerThanFourHundredLines() throws {
    for folder in ["Sources", "Tests"] {
      for file in try SourceFile.all(below: folder, endings: [".swift", ".h", ".c"]) {
        #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count) lines")
      }
    }
  }

  @Test func nobodyReachesForTheEnvironmentBelowThePrograms() throws {
    for file in try SourceFile.all(below: "Sources", endings: [".swift"])
    where !file.path.hasPrefix("Sources/Programs/") {
      for word in ["ProcessInfo", "getenv(", "import Foundation\n", "try!", "fatalError(\"TODO"] {
        #expect(!file.text.contains(word), "\(file.path) uses \(word)")
      }
    }
  }

  @Test func noFileNamesAMirrorOrARegistry() throws {
    let hosts = ["deb.debian" + ".org", "archive.ubuntu" + ".com", "pypi" + ".org", "pythonhosted"]
    for folder in ["Sources", "Tests", "Recipes", "docs", ".ci"] {
      for file in try SourceFile.all(
        below: folder, endings: [".swift", ".h", ".yaml", ".json", ".md", "run", ".sh"])
      where !file.path.hasSuffix("HouseTests.swift") {
        for host in hosts { #expect(!file.text.contains(host), "\(file.path) names \(host)") }
      }
    }
  }

  /// `kiln store gc` alone is refused: what errors tell people to type must work as it stands.
  @Test func remediesNameCommandsThatWork() throws {
    for folder in ["Sources", "docs"] {
      for file in try SourceFile.all(below: folder, endings: [".swift", ".md"]) {
        #expect(!file.text.contains("kiln store gc`"), "\(file.path) tells to run it bare")
      }
    }
  }

  private var toolEnvironment: [String: String] {
    ["PATH": TestEnvironment.path, "HOME": "/tmp"]
  }
}
