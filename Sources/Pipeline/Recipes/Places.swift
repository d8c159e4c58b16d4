internal import Content
public import Diagnostics
public import Digests

/// Where the values of a recipe stand in its files, for what is found wrong with them later.
///
/// Places are no part of what a recipe means: two recipes that say the same are equal.
public struct Places: Hashable, Sendable {
  private var byPath: [String: Diagnostic.Place]

  public init(_ byPath: [String: Diagnostic.Place] = [:]) { self.byPath = byPath }

  /// - Parameter path: a key path such as `packages[3]`, `users[0].name`, `base.debian.suite`;
  ///   list items count from 0, in the order of the recipe's value.
  public subscript(path: String) -> Diagnostic.Place? {
    get { byPath[path] }
    set { byPath[path] = newValue }
  }

  /// Of the recipe's file and those that it extends: what they were when they were read.
  public internal(set) var digests: [String: SHA256Digest] = [:]

  public static func == (left: Self, right: Self) -> Bool { true }
  public func hash(into hasher: inout Hasher) {}
}

extension Recipe {
  /// Where the recipe asks for a package.
  public func place(ofPackage name: String) -> Diagnostic.Place? {
    packages.firstIndex(of: name).flatMap { places["packages[\($0)]"] }
  }

  /// Where `files` ask for the wheel of a project that a text names.
  public func place(ofWheelIn text: String) -> Diagnostic.Place? {
    let index = files.firstIndex { entry in
      guard case .member(_, of: .wheel(let requirement)) = entry.source else { return false }
      return text.contains(ProjectName.ofRequirement(requirement))
    }
    return index.flatMap { places["files[\($0)].wheel"] }
  }

  /// Where the recipe asks for a Python requirement, by its full text.
  public func place(ofRequirement text: String) -> Diagnostic.Place? {
    python?.requirements.firstIndex(of: text).flatMap { places["python.requirements[\($0)]"] }
  }
}
