import Content
import Digests
import Locks
import Recipes
import SystemPackage
import Testing

@testable import Rootfs

/// What is said of the lowest layers, whose inputs are the lock's.
@Suite struct LockExplanationTests {
  private let recipe = Recipe(
    name: "tiny", base: .debian(.init(suite: "trixie", variant: .minbase, components: ["main"])),
    directory: "/")

  private func artifact(_ kind: Artifact.Kind, _ name: String, _ version: String) -> Artifact {
    Artifact(
      kind: kind, name: name, version: version, architecture: nil, size: 1,
      sha256: SHA256Digest(ofText: name + version), source: "debian", path: "\(name).deb")
  }

  private func lock(_ versions: [(Artifact.Kind, String, String)]) -> Lock {
    Lock(
      recipe: "tiny", recipeDigest: SHA256Digest(ofText: ""), architecture: .amd64, date: 0,
      artifacts: versions.map { artifact($0.0, $0.1, $0.2) }, requested: [])
  }

  private func record(
    _ layer: String, _ lock: Lock, recipe: String = "tiny", inputs: [LayerInput] = []
  ) -> LayerRecord {
    LayerRecord(
      recipe: recipe, layer: layer, below: SHA256Digest(ofText: ""), inputs: inputs,
      foundation: layer == "configuration" ? LayerInput.foundation(lock) : [])
  }

  private func changes(_ explanation: LayerExplanation) -> [String] {
    explanation.changes.map { "\($0.input): \($0.before ?? "-") \($0.after ?? "-")" }
  }

  private func explain(
    _ layer: String, _ lock: Lock, _ records: [LayerRecord]
  ) -> LayerExplanation {
    RootfsBuilder.explanation(of: layer, nil, recipe, lock, records)
  }

  @Test func packagesThatChangedCameOrWent() {
    let before = lock([(.package, "bash", "5.2"), (.package, "nano", "8"), (.package, "sed", "4")])
    let after = lock([(.package, "bash", "5.3"), (.package, "curl", "8"), (.package, "sed", "4")])
    let explanation = explain("packages", after, [record("configuration", before)])
    #expect(explanation.state == .made && explanation.reason == nil)
    #expect(
      changes(explanation)
        == ["package bash: 5.2 5.3", "package curl: - 8", "package nano: 8 -"])
  }

  @Test func theNearestEarlierRootOfTheRecipeCounts() {
    let now = lock([(.package, "bash", "5.2"), (.package, "sed", "5")])
    let near = lock([(.package, "bash", "5.2"), (.package, "sed", "4")])
    let far = lock([(.package, "bash", "4"), (.package, "sed", "3")])
    let records = [
      record("configuration", now, recipe: "other"), record("configuration", far),
      record("configuration", near),
    ]
    #expect(changes(explain("packages", now, records)) == ["package sed: 4 5"])
  }

  @Test func whatNothingIsKnownOfIsSaid() {
    let now = lock([(.package, "bash", "5.2")])
    #expect(
      explain("packages", now, []).reason == "the store knows no earlier one of this recipe")
    #expect(
      explain("packages", now, [record("configuration", now)]).reason
        == "the store no longer has it")
  }

  @Test func wheelsThatAreNotUnpackedAreCompared() {
    let now = lock([(.package, "bash", "5.2"), (.wheel, "numpy", "2.6"), (.wheel, "pip", "26")])
    let digest = { SHA256Digest(ofText: $0).hex }
    let inputs = [
      LayerInput("the interpreter", "/opt/ml/bin/python3"),
      LayerInput("wheel numpy", "\(digest("numpy2.5")) true ", text: "2.5"),
      LayerInput("wheel pip", "\(digest("pip26")) false ", text: "26"),
      LayerInput("wheel six", "\(digest("six1")) false ", text: "1"),
    ]
    let explanation = explain("wheels", now, [record("wheels", now, inputs: inputs)])
    #expect(changes(explanation) == ["wheel numpy: 2.5 2.6", "wheel six: 1 -"])
    #expect(explanation.reason == "not every wheel is unpacked")
  }
}
