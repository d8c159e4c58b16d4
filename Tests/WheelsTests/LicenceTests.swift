import FileSystem
import SystemPackage
import TestSupport
import Testing
import Wheels

@Suite struct LicenceTests {
  private func licence(_ fields: String) async throws -> WheelLicence {
    try await withTemporaryFolder { folder in
      try await WheelMaker.make(
        """
        wheel(metadata="Metadata-Version: 2.4\\nName: plain\\nVersion: 1.0\\n\(fields)\\n")
        """, in: folder)
      let file = folder.appending("plain-1.0-py3-none-any.whl")
      return try #require(try await WheelMaker.unpack([file], in: folder).first).wheel.licence
    }
  }

  @Test(
    arguments: [
      ("License-Expression: MIT", "MIT", "MIT"),
      (
        "License-Expression: Apache-2.0 WITH LLVM-exception OR (MIT AND 0BSD)",
        "Apache-2.0 WITH LLVM-exception OR (MIT AND 0BSD)",
        "Apache-2.0 WITH LLVM-exception OR (MIT AND 0BSD)"
      ),
      ("License-Expression: my own words", nil, "my own words"),
      ("License-Expression: MIT AND", nil, "MIT AND"),
      ("License: LicenseRef-NVIDIA-Proprietary", "LicenseRef-NVIDIA-Proprietary", nil),
      ("License: BSD 3-Clause", nil, "BSD 3-Clause"),
      (
        "Classifier: Topic :: X\\nClassifier: License :: OSI Approved :: MIT License", nil,
        "MIT License"
      ),
      ("Summary: nothing", nil, nil),
    ] as [(String, String?, String?)])
  func whatAWheelSaysOfItsLicence(fields: String, expression: String?, text: String?) async throws {
    let licence = try await licence(fields)
    #expect(licence.expression == expression)
    if text != nil || expression == nil { #expect(licence.text == text) }
  }

  @Test func whoMadeItAndWhereItLives() async throws {
    let old = try await licence("Author: Ann\\nHome-page: https://a.example")
    #expect(old.author == "Ann" && old.homepage == "https://a.example")
    let new = try await licence(
      "Author-email: Ann <a@a.example>\\nProject-URL: Docs, https://b\\nProject-URL: Homepage, https://c"
    )
    #expect(new.author == "Ann <a@a.example>" && new.homepage == "https://c")
  }

  @Test func licenceFilesAreFoundByTheirPlaceAndName() {
    for path in ["licenses/a/b.txt", "LICENSE", "License.txt", "COPYING.LESSER", "NOTICE"] {
      #expect(WheelLicence.isLicenceFile(path), "\(path)")
    }
    for path in ["METADATA", "RECORD", "sub/LICENSE", "entry_points.txt"] {
      #expect(!WheelLicence.isLicenceFile(path), "\(path)")
    }
  }
}
