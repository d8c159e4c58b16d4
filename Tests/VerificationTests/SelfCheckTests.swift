import Content
import Diagnostics
import FileSystem
import Needs
import Sandbox
import SystemPackage
import TestSupport
import Testing

@testable import Verification

private let privileges = try? Privileges.detect(searchPath: "/usr/bin:/usr/sbin")

@Suite(
  "self-check", .needs("a sandbox", if: privileges != nil && privileges != .reexecution))
struct SelfCheckTests {
  private func outcome(
    _ script: String?, _ architecture: Architecture? = nil
  ) async throws -> ImageVerifier.Outcome {
    try await withTemporaryFolder { folder in
      let root = folder.appending("root")
      try Files.makeDirectories(root)
      try await TinyRoot.make(at: root)
      if let script {
        try Files.makeDirectories(root.appending("usr/bin"))
        try Files.write(
          script, to: root.appending("usr/bin/gpu-smoke-test"), permissions: 0o755)
      }
      let check = SelfCheck(sandbox: Sandbox(privileges: privileges ?? .root), timeout: 300)
      return try await check.run(
        in: root, image: "tiny.wsl", architecture: architecture ?? SelfCheck.machine ?? .amd64)
    }
  }

  @Test func aProgramThatSucceedsPasses() async throws {
    let outcome = try await outcome("#!/bin/sh\n[ \"$*\" = --self-check ]\n")
    #expect(outcome.check.passed && outcome.check.skipped == nil && outcome.findings.isEmpty)
  }

  @Test func whatAFailingProgramSaysIsShown() async throws {
    let outcome = try await outcome("#!/bin/sh\necho G1234: the loader is broken\nexit 1\n")
    #expect(!outcome.check.passed)
    #expect(outcome.findings.map(\.code) == ["K6135"])
    #expect(outcome.findings.first?.reason?.contains("G1234: the loader is broken") == true)
  }

  @Test func whatCannotRunIsSkippedNotPassed() async throws {
    #expect(try await outcome(nil).check.skipped != nil)
    let foreign: Architecture = SelfCheck.machine == .amd64 ? .arm64 : .amd64
    #expect(try await outcome("#!/bin/sh\n", foreign).check.skipped != nil)
  }
}
