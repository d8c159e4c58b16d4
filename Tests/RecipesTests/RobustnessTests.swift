import Diagnostics
import FileSystem
import Recipes
import SystemPackage
import TestSupport
import Testing

struct RobustnessTests {
  /// Numbers that are the same in each run (SplitMix64).
  struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  /// Lines and words of a recipe dropped, doubled, swapped, cut and flipped: whatever comes out, it
  /// is read or refused with a place.
  @Test func mutilatedRecipesAreReadOrRefused() async throws {
    try await Kitchen.with("") { kitchen in
      var numbers = Numbers(state: 1)
      for _ in 0..<200 {
        var bytes = Array(ReadingTests.everything.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &numbers) { mutate(&bytes, &numbers) }
        try Files.write(bytes, to: FilePath(kitchen.folder.string + "/recipe.yaml"))
        for complaint in kitchen.complaints() {
          #expect(complaint.diagnostic.place?.line != nil, "\(complaint)")
        }
      }
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ numbers: inout Numbers) {
    guard let first = bytes.indices.randomElement(using: &numbers) else { return }
    let last = min(bytes.count, first + Int.random(in: 1...60, using: &numbers))
    let piece = bytes[first..<last]
    switch Int.random(in: 0..<5, using: &numbers) {
    case 0: bytes.removeSubrange(first..<last)
    case 1: bytes.insert(contentsOf: piece, at: bytes.indices.randomElement(using: &numbers) ?? 0)
    case 2: bytes[first] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
    case 3: bytes.insert(Array("[]{}:-,#&*!|>'\"%@`$\n\t ".utf8).randomElement() ?? 0, at: first)
    default: bytes.replaceSubrange(first..<last, with: piece.reversed())
    }
  }

  @Test func theRecipeOfTheReadmeIsRead() async throws {
    let text = try Files.readText(package.appending("README.md"))
    let blocks = text.matches(of: /(?ms)^```yaml\n(.*?)^```/).map { String($0.1) }
      .filter { $0.contains("recipe: 1") }
    #expect(!blocks.isEmpty)
    for block in blocks {
      try await Kitchen.with(block) { kitchen in
        #expect(kitchen.complaints() == [])
      }
    }
  }
}
