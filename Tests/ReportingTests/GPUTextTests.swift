import GPUCode
import Reporting
import Testing

@Suite struct GPUTextTests {
  @Test func aTableNamesEachLibraryAndWhatFollows() {
    let facts = GPUFacts([
      GPULibrary(
        path: "opt/libone.so", size: 1_500_000, soname: "libone.so",
        code: DeviceCode(machine: [.init(75), .init(90, .specific)], ptx: [.init(90)])),
      GPULibrary(
        path: "usr/two.so", size: 900, soname: nil, code: DeviceCode(machine: [.init(70)])),
      GPULibrary(path: "libcudart.so.12", size: 1, soname: "libcudart.so.12", code: DeviceCode()),
    ])
    #expect(
      SummaryText.render(facts) == """
        library        size    sm      PTX
        opt/libone.so  1.5 MB  75 90a  90
        usr/two.so     900 B   70
        GPU code: sm_75 (2 libraries)
        driver: 528.33 or newer on Windows, 525.60.13 on Linux, for CUDA 12
        """)
  }

  @Test func anImageWithoutCodeSaysSo() {
    #expect(SummaryText.render(GPUFacts([])) == "GPU code: none")
  }

  @Test func duplicatesAreListed() {
    let copy = { (path: String) in
      GPULibrary(
        path: path, size: 2000, soname: "libx.so", code: DeviceCode(machine: [.init(80)]))
    }
    #expect(
      SummaryText.render(GPUFacts([copy("b/libx.so"), copy("a/libx.so")])) == """
        library    size    sm  PTX
        a/libx.so  2.0 kB  80
        b/libx.so  2.0 kB  80
        GPU code: sm_80 (2 libraries)
        libx.so is there 2 times, 2.0 kB too many:
          a/libx.so
          b/libx.so
        """)
  }
}
