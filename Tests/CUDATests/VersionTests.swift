import Accelerators
import CUDA
import FoundationEssentials
import Testing

@Suite struct VersionTests {
  /// The driver's CUDA, the image's runtime by its file's name, and what comes of it: any minor
  /// version of the same major one runs since CUDA 11.
  @Test(arguments: [
    ("12040", "libcudart.so.12.4.99", nil), ("12040", "libcudart.so.12.8.90", nil),
    ("13000", "libcudart.so.12.8.90", nil), ("12080", "libcudart.so.13.0.48", "G2952"),
    ("11040", "libcudart.so.12.0.1", "G2952"), ("11040", "libcudart.so.10.2.89", nil),
    ("10010", "libcudart.so.10.2.89", "G2952"),
  ])
  func theDriverServesTheImage(_ driver: String, _ file: String, _ expected: String?) throws {
    try withFolder([file]) { folder in
      let refusal = try withDouble(["VERSION": driver], folders: [folder]) { gpu -> Trouble? in
        trouble(of: gpu) { (gpu) throws(Trouble) in _ = try gpu.checkVersion() }
      }
      #expect(refusal?.code == expected)
      if expected != nil { #expect(refusal?.seen.contains("\(folder)/\(file) is CUDA") == true) }
    }
  }

  /// A toolkit that the driver does not serve is no reason against a framework's wheels that it does.
  @Test func anotherRuntimeThatRunsMakesItAWarning() throws {
    let files = ["libcudart.so.12.4.99", "libcudart.so.12.8.90", "libcudart.so.13.0.48"]
    try withFolder(files) { folder in
      try withDouble(["VERSION": "12080"], folders: [folder]) { gpu in
        #expect(gpu.versionWarning == nil)
        let facts = try gpu.checkVersion()
        #expect(facts["image-cuda-library"] == .text(folder + "/libcudart.so.12.8.90"))
        #expect(gpu.versionWarning?.code == "G2952")
        #expect(gpu.versionWarning?.seen.contains("\(folder)/libcudart.so.13.0.48 is CUDA") == true)
      }
    }
  }

  @Test func theReportNamesBothVersions() throws {
    let files = [
      "libcudart.so.12.1.105", "libcudart.so.12.8.90", "libcudart.so", "libcublas.so.12",
    ]
    try withFolder(files) { folder in
      let facts = try withDouble(["VERSION": "12040"], folders: ["/nowhere", folder]) {
        try $0.checkVersion()
      }
      #expect(
        facts == [
          Fact("driver-cuda", .text("12.4")), Fact("image-cuda", .text("12.8")),
          Fact("image-cuda-library", .text(folder + "/libcudart.so.12.8.90")),
          Fact("minimum-driver", .text("525.60.13")),
          Fact("minor-version-compatibility", .text("used")),
        ])
    }
  }

  @Test func anImageWithoutARuntimeNeedsNothing() throws {
    let facts = try withDouble { try $0.checkVersion() }
    #expect(facts == [Fact("driver-cuda", .text("12.8"))])
  }

  /// Files that are no libraries, so that their names have to do.
  private func withFolder(_ files: [String], _ body: (String) throws -> Void) throws {
    let manager = FileManager.default
    let folder = manager.temporaryDirectory.path + "/kiln-cudart-" + UUID().uuidString
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? manager.removeItem(atPath: folder) }
    for file in files { try Data("text".utf8).write(to: URL(filePath: "\(folder)/\(file)")) }
    try body(folder)
  }
}
