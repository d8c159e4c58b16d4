import Content
public import Digests
import FileSystem
public import Locks
public import Recipes
public import SystemPackage

/// What the next build does about one layer, and why.
public struct LayerExplanation: Hashable, Codable, Sendable {
  public enum State: String, Hashable, Codable, Sendable, CaseIterable {
    /// The store has it.
    case reused
    /// The first that has to be made.
    case made
    /// Made again because a layer below it is.
    case follows
  }

  /// An input that is another one than before; nil where one of the two does not have it.
  public struct Change: Hashable, Codable, Sendable {
    public let input: String
    public let before: String?
    public let after: String?
  }

  /// `packages`, `step locale`, `flavour import`.
  public let layer: String
  public let state: State
  /// In the order of the inputs, of the layer that is ``State/made``: the first is where it begins.
  public let changes: [Change]
  /// Why it is made, where no input says it.
  public let reason: String?
}

extension RootfsBuilder {
  /// Says of each layer of a recipe whether the next build makes it, and what changed since the
  /// nearest earlier one of its name. Makes nothing.
  public func explain(
    _ recipe: Recipe, lock: Lock, artifacts: [SHA256Digest: FilePath]
  ) async throws(RootfsError) -> [LayerExplanation] {
    let planning = Planning()
    let first = try await plan(recipe, lock, artifacts, planning).firstMade
    let names = Self.layers(of: recipe, lock)
    let index = first.flatMap { names.firstIndex(of: $0) } ?? names.count
    var made: LayerExplanation?
    if let first {
      do throws(FileError) {
        made = Self.explanation(
          of: first, planning.missing, recipe, lock, try LayerRecord.all(in: store))
      } catch { throw RootfsError(error) }
    }
    return names.enumerated().map { position, name in
      if position == index, let made { return made }
      return LayerExplanation(
        layer: name, state: position < index ? .reused : .follows, changes: [], reason: nil)
    }
  }

  /// Every layer that a build of the recipe makes, in its order.
  static func layers(of recipe: Recipe, _ lock: Lock) -> [String] {
    var names = lock.packages.isEmpty ? ["base"] : ["packages", "configuration"]
    if recipe.python != nil {
      names += ["virtual environment"] + (lock.wheels.isEmpty ? [] : ["wheels"])
    }
    if recipe.users.contains(where: { $0 != recipe.interactiveUser }) { names.append("users") }
    names.append("files")
    if hasOwnLocale(recipe) { names.append("locale") }
    names += recipe.run.map { "step \($0.name)" }
    if !recipe.run.isEmpty { names.append("clean-up") }
    names.append("bill of materials")
    return names + recipe.wsl.install.map { "flavour \($0.rawValue)" }
  }

  /// - Parameters:
  ///   - missing: what is known of the layer `name`; nil where its own inputs are the lock's.
  ///   - records: the store's, the newest first.
  static func explanation(
    of name: String, _ missing: LayerRecord?, _ recipe: Recipe, _ lock: Lock,
    _ records: [LayerRecord]
  ) -> LayerExplanation {
    let make = { (changes: [LayerExplanation.Change], reason: String?) in
      LayerExplanation(layer: name, state: .made, changes: changes, reason: reason)
    }
    let own = records.filter { $0.recipe == recipe.name }
    switch missing {
    case let missing?:
      let candidates = own.filter { $0.layer == name }
      guard let nearest = missing.nearest(of: candidates) else {
        return make([], Self.neverMade)
      }
      let changes = missing.inputs.changes(since: nearest.inputs)
      guard changes.isEmpty else { return make(changes, nil) }
      return make(
        [],
        nearest.below == missing.below
          ? "its inputs are those of the last time: the result was damaged, or is of another kiln"
          : "its own inputs are those of the last time, and what is below it is another")
    case nil where name == "wheels":
      // Of wheels that are not unpacked only the digests are known.
      let now = lock.wheels.map { LayerInput($0) }
      guard let last = own.first(where: { $0.layer == name }) else {
        return make([], Self.neverMade)
      }
      let before = last.inputs.filter { $0.name.hasPrefix("wheel ") }.map {
        LayerInput($0.name, String($0.value.prefix { $0 != " " }), text: $0.text)
      }
      return make(now.changes(since: before), "not every wheel is unpacked")
    case nil where name == "files":
      // Their content is known once they are taken out.
      return make([], "a file of the recipe is not taken out of its archive yet")
    case nil:
      let now =
        lock.packages.isEmpty
        ? lock.artifacts.filter { $0.kind == .base }.map { LayerInput($0) }
        : LayerInput.foundation(lock)
      let candidates = own.filter { !$0.foundation.isEmpty }
      guard let last = candidates.max(by: { now.common($0.foundation) < now.common($1.foundation) })
      else { return make([], Self.neverMade) }
      let changes = now.changes(since: last.foundation)
      return make(changes, changes.isEmpty ? "the store no longer has it" : nil)
    }
  }

  private static let neverMade = "the store knows no earlier one of this recipe"
}

extension LayerRecord {
  /// The one with most inputs in common; of several the newest.
  fileprivate func nearest(of others: [LayerRecord]) -> LayerRecord? {
    let count = { (other: LayerRecord) in
      inputs.common(other.inputs) + (other.below == below ? 1 : 0)
    }
    // They come newest first, and `max` takes the last of equals.
    return others.reversed().max { count($0) < count($1) }
  }
}

extension [LayerInput] {
  fileprivate func common(_ other: [LayerInput]) -> Int {
    Set(map(\.value)).intersection(other.map(\.value)).count
  }

  /// Inputs of one name, like the words of a command, are told apart by their order.
  private var numbered: [(key: String, input: LayerInput)] {
    var seen: [String: Int] = [:]
    return map { input in
      seen[input.name, default: 0] += 1
      return ("\(input.name) \(seen[input.name] ?? 0)", input)
    }
  }

  fileprivate func changes(since earlier: [LayerInput]) -> [LayerExplanation.Change] {
    let before = Dictionary(
      earlier.numbered.map { ($0.key, $0.input) }, uniquingKeysWith: { first, _ in first })
    let now = numbered
    let changed = now.compactMap { key, input -> LayerExplanation.Change? in
      guard before[key]?.value != input.value else { return nil }
      return .init(input: input.name, before: before[key]?.text, after: input.text)
    }
    let keys = Set(now.map(\.key))
    let gone = earlier.numbered.filter { !keys.contains($0.key) }.map { _, input in
      LayerExplanation.Change(input: input.name, before: input.text, after: nil)
    }
    return changed + gone
  }
}
