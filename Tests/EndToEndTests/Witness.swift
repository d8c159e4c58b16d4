import Commands
import Digests
import FileSystem
import FoundationEssentials
import SystemPackage
import TestSupport
import Testing

/// A recipe in a folder of its own, so that its lock is of now, as other tools' choices are.
struct Witness {
  struct Lock: Decodable {
    struct Artifact: Decodable {
      let kind: String
      let name: String
      /// Names apart by blanks; nil for none.
      let dependencies: String?
      let path: String
      let sha256: String
    }

    let artifacts: [Artifact]
    let date: Int64
    let requested: [String]
  }

  let kiln: KilnProgram
  let folder: FilePath
  let recipe: FilePath

  static func copy(_ name: String, to folder: FilePath) async throws -> Witness {
    for file in ["witness.yaml", "wheels.yaml"] {
      try Files.copy(KilnProgram.recipes.appending(file), to: folder.appending(file))
    }
    return Witness(kiln: .shared(), folder: folder, recipe: folder.appending(name))
  }

  /// Builds the recipe.
  ///
  /// - Returns: the tarball for `wsl --import`.
  func build(_ more: [String] = []) async throws -> FilePath {
    let report = try await kiln.json(
      ["build", recipe.string, "--output", folder.appending("images").string] + more,
      as: BuildReport.self)
    let image = try #require(report.builds.first?.images.first { $0.flavour == "import" })
    return FilePath(image.path)
  }

  func lock() throws -> Lock {
    let name = try #require(recipe.stem) + ".lock.json"
    return try JSONDecoder().decode(
      Lock.self, from: Data(try Files.read(folder.appending(name))))
  }

  /// Unpacks a tarball as WSL does: by bsdtar, with numeric owners.
  func extract(_ image: FilePath, to name: String) async throws -> FilePath {
    let root = folder.appending(name)
    try Files.makeDirectory(root)
    try await Command(
      "bsdtar",
      ["-x", "-p", "--numeric-owner", "--xattrs", "-f", image.string, "-C", root.string],
      environment: ["PATH": TestEnvironment.path, "LC_ALL": "C.UTF-8"], timeout: 600
    ).run()
    return root
  }
}
