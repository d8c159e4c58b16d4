// swift-tools-version: 6.3
import PackageDescription

// Targets stand in the order of the flow: recipe → resolution → lock → store → rootfs → image →
// verification. Which target may import which is the table in Tests/ArchitectureTests.

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

func library(
  _ folder: String, _ name: String, _ dependencies: [Target.Dependency]
) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)")
}

/// What every part of the pipeline may use; its row names the rest, as the table in ArchitectureTests does.
let base = ["Concurrency", "Content", "Diagnostics", "Digests", "FileSystem"]

func pipeline(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  library("Pipeline", name, base.map { .init(stringLiteral: $0) } + [system] + dependencies)
}

func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  let usual = [name] + (base + ["Commands", "Needs", "TestSupport"]).filter { $0 != name }
  return .testTarget(
    name: "\(name)Tests",
    dependencies: usual.map { .init(stringLiteral: $0) } + [system] + dependencies,
    path: "Tests/\(name)Tests")
}

/// The smoke test alone: `make smoke-test` builds it as Embedded Swift for the images, and a machine
/// without kiln's C libraries builds and tests it with `KILN_SMOKE_TEST=ordinary`.
let smokeTestAlone = Context.environment["KILN_SMOKE_TEST"]
let embedded = smokeTestAlone == "embedded"

/// `make fuzz` builds the parsers instrumented for libFuzzer, into a folder of its own.
let fuzzing = Context.environment["KILN_FUZZ"] != nil

let package = Package(
  name: "kiln",
  products: [
    .executable(name: "kiln", targets: ["kiln"]),
    .library(name: "fault-injector", type: .dynamic, targets: ["FaultInjector"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    cLibrary("CArchive", pkgConfig: "libarchive", apt: "libarchive-dev"),
    cLibrary("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    cLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    cLibrary("CDeflate", pkgConfig: "libdeflate", apt: "libdeflate-dev"),
    cLibrary("CLibYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
    cLibrary("CLzma", pkgConfig: "liblzma", apt: "liblzma-dev"),
    cLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    cLibrary("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
    .systemLibrary(name: "CLinux", path: "Sources/System/CLinux"),

    library("Base", "Diagnostics", []),
    library("Base", "Concurrency", []),

    library("Bindings", "Digests", ["CCrypto"]),
    library("Bindings", "FileSystem", ["CLinux", "Diagnostics", system]),
    library("Bindings", "Commands", ["Diagnostics", subprocess, system]),
    library("Bindings", "Archives", ["CArchive", "Diagnostics", system]),
    library(
      "Bindings", "Compression", ["CDeflate", "CLzma", "CZlib", "CZstd", "Diagnostics"]),
    library("Bindings", "Transfers", ["CCurl", "Diagnostics", system]),
    library("Bindings", "YAML", ["CLibYAML", "Diagnostics"]),

    library("Pipeline", "Content", ["Diagnostics", "Digests", "FileSystem", system]),
    pipeline("Recipes", ["YAML"]),
    pipeline("Locks", []),
    pipeline("Store", []),
    pipeline("Mirrors", ["Commands", "Transfers", "YAML"]),
    pipeline("Fetching", ["Locks", "Mirrors", "Store", "Transfers"]),
    pipeline("Bundles", ["Archives", "Locks", "Store"]),
    pipeline(
      "Resolution", ["Commands", "Fetching", "Locks", "Mirrors", "Recipes", "Store", "Transfers"]),
    pipeline("Packages", ["Archives", "Locks", "Store"]),
    pipeline("Wheels", ["Archives", "Locks", "Store"]),
    pipeline("Materials", ["Locks"]),
    pipeline("Sandbox", ["Commands"]),
    pipeline("WSL", ["Recipes"]),
    pipeline(
      "Rootfs",
      [
        "Archives", "Locks", "Materials", "Packages", "Recipes", "Sandbox", "Store", "WSL",
        "Wheels",
      ]),
    pipeline("GPUCode", ["Archives"]),
    pipeline("Images", ["Compression", "GPUCode", "Locks", "Recipes", "Store"]),
    pipeline("Signatures", ["Commands"]),
    pipeline("Comparison", ["Archives", "Images", "Recipes", "WSL"]),
    pipeline("Verification", ["Archives", "Commands", "Locks", "Recipes", "Sandbox", "WSL"]),
    pipeline(
      "Builds",
      [
        "Bundles", "Comparison", "Fetching", "GPUCode", "Images", "Locks", "Materials", "Mirrors",
        "Recipes", "Resolution", "Rootfs", "Sandbox", "Signatures", "Store", "Verification", "WSL",
      ]),
    pipeline(
      "Reporting",
      [
        "Builds", "Bundles", "Comparison", "GPUCode", "Images", "Locks", "Recipes", "Rootfs",
        "Verification",
      ]),

    .executableTarget(
      name: "kiln",
      dependencies: [
        "Builds", "CLinux", "Comparison", "Content", "Diagnostics", "FileSystem", "GPUCode",
        "Images", "Locks", "Mirrors", "Recipes", "Reporting", "Resolution", "Rootfs", "Sandbox",
        "Store", "Verification", "WSL", argumentParser, system,
      ],
      path: "Sources/Programs/kiln"),

    .target(
      name: "TestSupport",
      dependencies: ["Commands", "Content", "Diagnostics", "Digests", "FileSystem", system],
      path: "Tests/Support"),
    tests("Diagnostics"),
    tests("Concurrency"),
    tests("Digests"),
    tests("FileSystem"),
    tests("Commands"),
    tests("Archives"),
    tests("Compression"),
    tests("Transfers"),
    tests("YAML"),
    tests("Content"),
    tests("Recipes", ["YAML"]),
    tests("Locks"),
    tests("Store"),
    tests("Mirrors", ["Transfers"]),
    tests("Fetching", ["Locks", "Mirrors", "Store", "Transfers"]),
    tests("Bundles", ["Archives", "Locks", "Store"]),
    tests("Resolution", ["Fetching", "Locks", "Mirrors", "Recipes", "Store"]),
    tests("Packages", ["Locks", "Store"]),
    tests("Wheels", ["Locks", "Store"]),
    tests("Materials", ["Locks"]),
    tests("Sandbox"),
    tests("WSL", ["Recipes"]),
    tests(
      "Rootfs", ["Locks", "Materials", "Packages", "Recipes", "Sandbox", "Store", "WSL", "Wheels"]),
    tests("GPUCode"),
    tests("Images", ["Compression", "GPUCode", "Locks", "Recipes", "Store"]),
    tests("Signatures"),
    tests("Comparison", ["GPUCode", "Images"]),
    tests("Verification", ["Locks", "Recipes", "WSL"]),
    tests(
      "Builds",
      ["GPUCode", "Images", "Locks", "Mirrors", "Packages", "Recipes", "Store", "Verification"]),
    tests("Reporting", ["GPUCode", "Images"]),
    .testTarget(
      name: "KilnTests",
      dependencies: [
        "kiln", "Commands", "Content", "Digests", "FileSystem", "Needs", "TestSupport", system,
      ],
      path: "Tests/KilnTests"),
    .target(name: "FaultInjector", path: "Tests/FaultInjector"),
    .testTarget(
      name: "FaultsTests",
      dependencies: [
        "kiln", "Commands", "Content", "Digests", "FileSystem", "Needs", "TestSupport", system,
      ],
      path: "Tests/FaultsTests"),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["Commands", "FileSystem", "TestSupport", system],
      path: "Tests/ArchitectureTests"),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Accelerators", "Commands", "Content", "Diagnosis", "Digests", "FileSystem", "Mirrors",
        "Needs", "Platform", "TestSupport", system,
      ],
      path: "Tests/EndToEndTests", exclude: ["Recipes"]),
  ],
  cLanguageStandard: .gnu2x)

// gpu-smoke-test, which every image carries: platform → trainer → backends → diagnosis.

/// For C that does not multiply: the program in the images has to be small.
let small: [CSetting] = embedded ? [.unsafeFlags(["-Oz"])] : []

/// For C that multiplies, and that unpacks digits and kernels: the tests train a lot.
let optimisedForTests: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

/// `packed` sources hold a long text each, which `.ci/build-smoke-test` packs instead of compiling it.
func smokeTest(
  _ name: String, _ dependencies: [Target.Dependency], packed: [String] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/SmokeTest/\(name)",
    exclude: embedded ? packed : [])
}

func smokeTestTests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies,
    path: "Tests/\(name)Tests")
}

if smokeTestAlone != nil {
  package.products = []
  package.dependencies = []
  package.targets = []
}
package.products.append(.executable(name: "gpu-smoke-test", targets: ["gpu-smoke-test"]))
package.targets += [
  .target(name: "CPlatform", path: "Sources/SmokeTest/CPlatform", cSettings: small),
  .target(
    name: "CLZMA", path: "Sources/SmokeTest/CLZMA", cSettings: small + optimisedForTests),
  .target(
    name: "CTexts", dependencies: ["CLZMA"], path: "Sources/SmokeTest/CTexts",
    cSettings: [.unsafeFlags(["-std=c23"])] + small),
  .target(
    name: "CKernels", dependencies: ["CLZMA"], path: "Sources/SmokeTest/CKernels",
    exclude: [
      "base.ptx", "cuda", "kernels.packed", "pack-ptx", "tensor.ptx", "tidy-ptx", "wide.ptx",
    ],
    cSettings: [.unsafeFlags(["-std=c23"])] + small),
  smokeTest("Platform", ["CPlatform", "CTexts"]),
  .target(
    name: "CDigits", path: "Sources/SmokeTest/CDigits", exclude: ["digits.bin", "pack-digits"],
    cSettings: small + optimisedForTests),
  .target(
    name: "CProduct", path: "Sources/SmokeTest/CProduct", exclude: ["tile.inc"],
    cSettings: optimisedForTests),
  smokeTest("Trainer", ["CDigits", "CProduct", "Platform"]),
  smokeTest("Accelerators", ["Platform", "Trainer"]),
  .target(
    name: "CExpectation", dependencies: ["CKernels"], path: "Sources/SmokeTest/CExpectation",
    cSettings: small + optimisedForTests),
  smokeTest(
    "CUDA", ["Accelerators", "CExpectation", "CKernels", "CPlatform", "Platform", "Trainer"],
    packed: ["Driver/CUDAExplanations.swift"]),
  .target(
    name: "CDirectML", path: "Sources/SmokeTest/CDirectML", cSettings: small + optimisedForTests),
  smokeTest(
    "DirectML", ["Accelerators", "CDirectML", "CPlatform", "Platform", "Trainer"],
    packed: ["DirectMLExplanations.swift"]),
  smokeTest(
    "Diagnosis", ["Accelerators", "Platform", "Trainer"],
    packed: [
      "Framework/FrameworkScript.swift", "Framework/PyTorchScript.swift",
      "Framework/TensorFlowScript.swift", "Options/Help.swift", "Troubles/Explanations.swift",
    ]),
  .executableTarget(
    name: "gpu-smoke-test",
    dependencies: ["Accelerators", "CUDA", "Diagnosis", "DirectML", "Platform"],
    path: "Sources/Programs/gpu-smoke-test",
    linkerSettings: [.linkedLibrary("m"), .linkedLibrary("dl")]),
]
// Embedded Swift has no test library; the tests run the same sources as ordinary Swift.
if !embedded {
  package.products.append(
    .library(name: "driver-double", type: .dynamic, targets: ["DriverDouble"]))
  package.targets += [
    .target(
      name: "DriverDouble", path: "Tests/DriverDouble",
      cxxSettings: [
        .headerSearchPath("."), .unsafeFlags(["-std=c++20", "-O2", "-fvisibility=hidden"]),
      ]),
    .target(
      name: "DriverDoubleSupport", path: "Tests/DriverDoubleSupport"),
    .target(name: "Needs", path: "Tests/Needs"),
    smokeTestTests(
      "CUDA", ["Accelerators", "DriverDoubleSupport", "Needs", "Platform", "Trainer"]),
    smokeTestTests("DirectML", ["Accelerators", "CDirectML", "Needs", "Platform", "Trainer"]),
    smokeTestTests("Platform", []),
    .testTarget(
      name: "KernelsTests",
      dependencies: ["CKernels", "CPlatform", "DriverDoubleSupport", "Needs", "Platform"],
      path: "Tests/KernelsTests"),
    .executableTarget(
      name: "accelerator-double",
      dependencies: ["Accelerators", "CPlatform", "Diagnosis", "Platform", "Trainer"],
      path: "Tests/AcceleratorDouble",
      linkerSettings: [.linkedLibrary("m"), .linkedLibrary("dl")]),
    .testTarget(
      name: "DiagnosisTests",
      dependencies: [
        "Accelerators", "CPlatform", "Diagnosis", "DriverDoubleSupport", "Needs", "Platform",
        "Trainer", "accelerator-double", "gpu-smoke-test",
      ],
      path: "Tests/DiagnosisTests"),
    .testTarget(
      name: "TrainerTests",
      dependencies: ["CPlatform", "CProduct", "Needs", "Platform", "Trainer"],
      path: "Tests/TrainerTests", exclude: ["train_digits.py"]),
  ]
}

if fuzzing {
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "Tests/CFuzzer"),
    .executableTarget(
      name: "kiln-fuzz",
      dependencies: [
        "Bundles", "CFuzzer", "Commands", "Comparison", "Content", "Digests", "Fetching",
        "FileSystem", "GPUCode", "Images", "Locks", "Mirrors", "Packages", "Recipes", "Reporting",
        "Resolution", "Rootfs", "Signatures", "Store", "Verification", "WSL", "Wheels", system,
      ],
      path: "Tests/Fuzz", exclude: ["make-seeds"]),
  ]
}

/// Arithmetic on vectors is two hundred times slower unoptimised, and the tests train a lot, check each
/// number, and read libraries to their last byte.
let optimised = ["Trainer", "CUDA", "GPUCode", "KernelsTests", "TrainerTests"]

let embeddedSettings: [SwiftSetting] =
  embedded
  ? [
    .enableExperimentalFeature("Embedded"),
    // A section a function, so that the linker drops those that nobody calls.
    .unsafeFlags(["-wmo", "-Osize", "-Xfrontend", "-function-sections"]),
  ] : []

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
  ]
  target.swiftSettings? += embeddedSettings
  if optimised.contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
  }
  if fuzzing {
    target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]))
  }
}
