import Commands
import Needs
import SystemPackage
import TestSupport
import Testing

/// `cuda-pytorch-wsl` from the real archive and index: 8 GB of libraries.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot))
struct PyTorchTests {
  /// `kiln inspect --gpu --json`.
  private struct GPUFacts: Decodable, Equatable {
    struct Driver: Decodable, Equatable {
      let cuda: String
    }

    struct Library: Decodable, Equatable {
      let path: String
      let architectures: [String]
    }

    struct Duplicate: Decodable, Equatable {
      let soname: String
    }

    let architectures: [String]
    let driver: Driver
    let libraries: [Library]
    let duplicates: [Duplicate]
  }

  private struct Report: Decodable {
    struct Build: Decodable {
      let images: [BuildReport.Image]
      let gpu: GPUFacts
      let peakMemory: Int64
    }

    let builds: [Build]
  }

  private let recipe = KilnProgram.package.appending("Recipes/cuda-pytorch-wsl.yaml").string
  private let kiln = KilnProgram.shared()

  @Test func theImageIsSoundAndHasCodeForEachGPU() async throws {
    try await withTemporaryFolder { folder in
      let report = try await kiln.json(
        ["build", recipe, "--locked", "--output", folder.string], as: Report.self)
      let build = try #require(report.builds.first)
      #expect(build.peakMemory < 512 << 20)
      #expect(build.images.count == 2)
      for image in build.images {
        try await kiln.command(["verify", "--strict", image.path, "--progress", "none"]).run()
      }

      let required = ["sm_75", "sm_86", "sm_89", "sm_90", "sm_120"]
      #expect(Set(required).isSubset(of: build.gpu.architectures))
      #expect(build.gpu.driver.cuda == "12")
      #expect(build.gpu.duplicates == [])
      let image = try #require(build.images.first)
      let inspected = try await kiln.command(["inspect", "--gpu", "--json", image.path]).run()
      #expect(try KilnProgram.decode(inspected.output, as: GPUFacts.self) == build.gpu)
      // PyTorch's own word for what it was built for.
      let library = try #require(
        build.gpu.libraries.first { $0.path.hasSuffix("/libtorch_cuda.so") })
      let flags = try await python("import torch; print(torch._C._cuda_getArchFlags())")
      #expect(!flags.isEmpty && Set(flags).isSubset(of: library.architectures))
    }
  }

  @Test func pyTorchComputes() async throws {
    let words = try await python(
      """
      import torch
      a = torch.arange(6.0, requires_grad=True).reshape(2, 3)
      (a @ a.T).sum().backward()
      print(torch.version.cuda, (a @ a.T).sum().item(), torch.cuda.is_available())
      """)
    #expect(words == ["12.8", "83.0", "False"])
  }

  /// - Returns: the words that the image's Python prints.
  private func python(_ script: String) async throws -> [String] {
    let result = try await kiln.command(
      ["shell", recipe, "--progress", "none", "--", "/opt/ml/bin/python", "-c", script]
    ).run()
    return result.output.split { $0.isWhitespace }.map(String.init)
  }
}
