import Content
import Testing

@Suite struct WheelFileNameTests {
  @Test func readsItsParts() throws {
    let name = try WheelFileName("torch-2.5.1%2Bcu124-1-cp311.cp312-abi3-manylinux_2_17_x86_64.whl")
    #expect(name.text == "torch-2.5.1+cu124-1-cp311.cp312-abi3-manylinux_2_17_x86_64.whl")
    #expect(name.distribution == "torch")
    #expect(name.version == "2.5.1+cu124")
    #expect(name.build == "1")
    #expect(name.pythonTags == ["cp311", "cp312"])
    #expect(name.abiTags == ["abi3"])
    #expect(name.platformTags == ["manylinux_2_17_x86_64"])
  }

  @Test(arguments: [
    ("a%2Bb%2f", "a+b/"), ("%C3%BC", "\u{FC}"), ("%", "%"), ("%2", "%2"), ("%+1%-1", "%+1%-1"),
  ])
  func resolvesThePercentsOfURLs(text: String, decoded: String) {
    #expect(Percent.decoded(text) == decoded)
  }

  @Test func namesTheProjectAsIndexesAndAsPipDo() throws {
    let name = try WheelFileName("Feature_Wheel-1.0-py3-none-any.whl")
    #expect(name.project == "feature-wheel")
    #expect(name.writtenProject == "Feature-Wheel")
    #expect(ProjectName.normalized("Native._Lib") == "native-lib")
  }

  @Test(arguments: [
    "a-1-py3-none-any.zip", "a-1-py3-none.whl", "a.whl", "a--py3-none-any.whl", "a/b-1-p-n-a.whl",
    "a-1-x1-py3-none-any.whl", "a-1.tar.gz",
  ])
  func refusesOtherNames(text: String) {
    #expect(throws: WheelFileName.Malformed.self) { try WheelFileName(text) }
  }
}
