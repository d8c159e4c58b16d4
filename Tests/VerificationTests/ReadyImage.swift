import Commands
import Content
import FileSystem
import SystemPackage
import TestSupport
import WSL

@testable import Recipes

/// Lays what `WSLFiles` generates over a root tarball, as the builder would.
enum ReadyImage {
  static func write(_ base: FilePath, to image: FilePath) async throws -> FilePath {
    let root = image.removingLastComponent().appending("ready")
    try Files.makeDirectory(root)
    let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"]
    try await Command(
      "tar", ["-C", root.string, "-xpf", base.string, "--exclude=./dev/*"], environment: environment
    ).run()
    try Files.write(SampleImage.icon, to: image.removingLastComponent().appending("icon.ico"))
    let recipe = recipe(image.removingLastComponent())
    for file in try WSLFiles.common(recipe: recipe)
      + WSLFiles.flavour(.fromFile, recipe: recipe)
    {
      try write(file, root, recipe)
    }
    // GNU tar sorts folders before their contents and hard links behind their targets.
    try await Command(
      "sh",
      [
        "-c", "tar --numeric-owner --format=gnu --sort=name -C \"$0\" -czf \"$1\" .", root.string,
        image.string,
      ], environment: environment
    ).run()
    try Files.removeTree(root)
    return image
  }

  private static func write(
    _ file: GeneratedFile, _ root: FilePath, _ recipe: Recipe
  ) throws {
    let path = root.appending(file.path)
    if file.content != .directory { try Files.removeTree(path) }
    try Files.makeDirectories(path.removingLastComponent())
    switch file.content {
    case .removed: break
    case .directory: try Files.makeDirectories(path)
    case .symlink(let target): try Files.makeSymlink(path, to: target)
    case .file(let bytes): try Files.write(bytes, to: path, permissions: file.mode)
    case .recipeFile(let source):
      try Files.copy(recipe.directory.appending(source.components), to: path)
      try Files.setPermissions(file.mode, of: path)
    }
  }

  private static func recipe(_ folder: FilePath) -> Recipe {
    Recipe(
      name: "ready", description: "", architecture: .amd64,
      base: .debian(.init(suite: "trixie", variant: .minbase, components: ["main"])),
      sources: [], preferences: [], packages: ["systemd-sysv", "sudo"], recommends: false, debs: [],
      python: nil, files: [],
      users: [
        .init(name: "kiln", uid: 1000, groups: ["video"], sudo: .nopasswd, shell: "/bin/bash")
      ],
      environment: [:], timezone: nil, locale: "C.UTF-8",
      wsl: WSLSettings(
        install: [.fromFile], conf: [:], distribution: ["shortcut": ["icon": .text("icon.ico")]]),
      run: [], gpu: nil, smokeTest: nil, directory: folder)
  }
}
