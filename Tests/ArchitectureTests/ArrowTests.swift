import Testing

/// Who may import whom. SwiftPM checks only what is declared, and lets transitive imports pass.
@Suite struct ArrowTests {
  /// Modules of the platform and of packages that any target may use where it needs them.
  static let platform: Set<String> = [
    "Glibc", "Synchronization", "SystemPackage", "FoundationEssentials", "Dispatch",
  ]

  /// The C library of each binding; nobody else imports it.
  static let bindings: [String: Set<String>] = [
    "Archives": ["CArchive"], "Commands": ["Subprocess"],
    "Compression": ["CDeflate", "CLzma", "CZlib", "CZstd"], "Digests": ["CCrypto"],
    "FileSystem": ["CLinux"], "Transfers": ["CCurl"], "YAML": ["CLibYAML"],
  ]

  static let base: Set<String> = ["Concurrency", "Content", "Diagnostics", "Digests", "FileSystem"]

  /// The pipeline, in the order of the flow: a target imports what its row names, beside ``base``.
  static let pipeline: [String: Set<String>] = [
    "Content": [],
    "Recipes": ["YAML"],
    "Locks": [],
    "Store": [],
    "Mirrors": ["Commands", "Locks", "Transfers", "YAML"],
    "Fetching": ["Locks", "Mirrors", "Store", "Transfers"],
    "Bundles": ["Archives", "Locks", "Store"],
    "Resolution": [
      "Commands", "Fetching", "Locks", "Mirrors", "Recipes", "Store", "Transfers",
    ],
    "Packages": ["Archives", "Locks", "Store"],
    "Wheels": ["Archives", "Locks", "Store"],
    "Materials": ["Locks"],
    "Sandbox": ["Commands"],
    "WSL": ["Recipes"],
    "Rootfs": [
      "Archives", "Locks", "Materials", "Packages", "Recipes", "Sandbox", "Store", "WSL", "Wheels",
    ],
    "GPUCode": ["Archives"],
    "Images": ["Compression", "GPUCode", "Locks", "Recipes", "Store"],
    "Signatures": ["Commands"],
    "Comparison": ["Archives", "Images", "Recipes", "WSL"],
    "Verification": ["Archives", "Commands", "Compression", "Locks", "Recipes", "Sandbox", "WSL"],
    "Builds": [
      "Bundles", "Commands", "Comparison", "Fetching", "GPUCode", "Images", "Locks", "Materials",
      "Mirrors", "Packages", "Recipes", "Resolution", "Rootfs", "Sandbox", "Signatures", "Store",
      "Verification", "WSL",
    ],
    "Reporting": [
      "Builds", "Bundles", "Comparison", "GPUCode", "Images", "Locks", "Recipes", "Rootfs", "Store",
      "Verification",
    ],
  ]

  /// The program inside the image, which is Embedded Swift and shares nothing with the pipeline.
  static let smokeTest: [String: Set<String>] = [
    "Platform": ["CPlatform", "CTexts"],
    "Trainer": ["CDigits", "CProduct", "Platform"],
    "Accelerators": ["Platform", "Trainer"],
    "CUDA": ["Accelerators", "CExpectation", "CKernels", "CPlatform", "Platform", "Trainer"],
    "DirectML": ["Accelerators", "CDirectML", "CPlatform", "Platform", "Trainer"],
    "Diagnosis": ["Accelerators", "Platform", "Trainer"],
  ]

  static func allowed(_ file: SourceFile) -> Set<String>? {
    if file.path.hasPrefix("Sources/SmokeTest/") { return smokeTest[file.target] }
    if file.path.hasPrefix("Sources/Base/") { return platform }
    if let library = bindings[file.target] {
      return platform.union(library).union(["Diagnostics"])
    }
    if let row = pipeline[file.target] { return platform.union(base).union(row) }
    return nil
  }

  @Test func everyImportIsAnArrowOfTheTable() throws {
    for file in try SourceFile.all(below: "Sources", endings: [".swift"])
    where !file.path.hasPrefix("Sources/Programs/") {
      let allowed = try #require(Self.allowed(file), "\(file.target) is missing in the table")
      let extra = file.imports.subtracting(allowed).subtracting([file.target])
      #expect(extra.isEmpty, "\(file.path) imports \(extra.sorted())")
    }
  }

  @Test func programsImportNoCLibraryButTheTerminals() throws {
    let libraries = Self.bindings.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    for file in try SourceFile.all(below: "Sources/Programs", endings: [".swift"]) {
      #expect(file.imports.isDisjoint(with: libraries.subtracting(["CLinux"])), "\(file.path)")
    }
  }

  @Test func theTableHasNoRowForATargetThatIsGone() throws {
    let targets = Set(try SourceFile.all(below: "Sources", endings: [".swift"]).map(\.target))
    let rows = Set(Self.pipeline.keys).union(Self.bindings.keys).union(Self.smokeTest.keys)
    #expect(rows.subtracting(targets).isEmpty)
  }
}
