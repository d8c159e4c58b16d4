import Content
import SystemPackage

@testable import Recipes

extension Recipe {
  /// A recipe with what the `wsl` section touches; tests change what they are about.
  static var sample: Recipe {
    Recipe(
      name: "cuda-wsl", description: "", architecture: .amd64,
      base: .debian(Suite(suite: "trixie", variant: .minbase, components: ["main"])),
      sources: [], preferences: [], packages: ["systemd-sysv", "sudo"], recommends: false, debs: [],
      python: nil, files: [],
      users: [
        User(
          name: "kiln", uid: 1000, groups: ["video", "kilnrender"], sudo: .nopasswd,
          shell: "/bin/bash")
      ],
      environment: [:], timezone: nil, locale: "C.UTF-8",
      wsl: WSLSettings(
        install: [.importing, .fromFile], conf: [:],
        distribution: [
          "shortcut": ["icon": .text("files/kiln.ico")],
          "windowsterminal": ["ProfileTemplate": .text("files/profile.json")],
        ]),
      run: [], gpu: GPU(backend: .cuda, requireArchitectures: []), smokeTest: nil,
      directory: "/nonexistent")
  }
}
