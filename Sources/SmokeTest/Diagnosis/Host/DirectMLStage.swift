internal import Accelerators
public import Platform

extension Host {
  /// What Windows puts into ``driverFolder`` for Direct3D 12.
  static let direct3D = ["libdxcore.so", "libd3d12.so"]

  /// Direct3D's libraries, which are the host's, and DirectML's, which is the image's.
  ///
  /// What hides the host's libraries is a warning: the program goes round it, others do not.
  func examineDirectML(_ settings: Settings) -> Outcome {
    let search = LoaderSearch(machine)
    var facts = Facts()
    var warning: Trouble?
    for (name, fact) in zip(Self.direct3D, ["dxcore", "d3d12"]) {
      let path = Self.driverFolder + "/" + name
      let hit = search.find(name)
      guard let status = machine.status(path) else {
        guard let hit else { return .failed(.libraries, Trouble("G1122", path), facts) }
        facts.add(fact, hit.path)
        continue
      }
      facts.add(fact, path)
      if let trouble = troubleWithFile(path, status) { return .failed(.libraries, trouble, facts) }
      if let hit, !machine.isSame(hit.path, as: status) {
        warning = Trouble("G1123", hit.path, hit.way, path)
      } else if hit == nil {
        warning = warning ?? unknownToLoader(search)
      }
    }
    guard let library = directML(settings), let status = machine.status(library) else {
      return .failed(.libraries, missingDirectML(settings), facts)
    }
    facts.add("directml", library)
    if let trouble = troubleWithFile(library, status) { return .failed(.libraries, trouble, facts) }
    return warning.map { .warned(.libraries, $0, facts) } ?? .passed(.libraries, facts)
  }

  @inline(never)
  func missingDirectML(_ settings: Settings) -> Trouble {
    Trouble("G1124", settings.directML.map { ", not even " + $0 } ?? "")
  }

  /// DirectML's library: the one that was named; else the image's own, one of its Python environments',
  /// or one that the loader knows.
  func directML(_ settings: Settings) -> String? {
    if let named = settings.directML { return machine.status(named) == nil ? nil : named }
    var candidates = ["/opt/directml/lib/libdirectml.so"]
    let environment = machine.environment["VIRTUAL_ENV"] ?? machine.environment["CONDA_PREFIX"]
    let active = environment.map { $0 + "/bin/python3" }
    for python in [active, settings.python] {
      for packages in LibraryFolders.sitePackages(machine, python: python) {
        candidates.append(packages + "/torch_directml/libdirectml.so")
        let plugins = packages + "/tensorflow-plugins/directml"
        // TensorFlow's wheels put a digest into the name.
        for name in machine.names(plugins)
        where name.begins(with: "libdirectml.") && name.ends(with: ".so") {
          candidates.append(plugins + "/" + name)
        }
      }
    }
    return candidates.first { machine.status($0) != nil }
      ?? LoaderSearch(machine).find("libdirectml.so")?.path
  }

  /// What the loader is to be asked for in the place of one of ``direct3D``: the host's, by its path, so
  /// that no other can take its place; what the loader knows only where there is none.
  func direct3D(_ name: String) -> [String] {
    let path = Self.driverFolder + "/" + name
    if machine.root.isEmpty { return [path, name] }
    // Where the machine is made up, the loader would look on the real one.
    return [path, LoaderSearch(machine).find(name)?.path].compactMap {
      $0.flatMap { try? machine.resolve($0) }
    }
  }
}

/// DirectML names the host's libraries as its own needs, without a folder. Where the loader would not
/// find them, or would find a stub, the program starts once more with WSL's folder in front.
public enum Relaunch {
  /// Carries `LD_LIBRARY_PATH` as the user set it, for the report and for the framework.
  static let variable = "GPU_SMOKE_TEST_LIBRARY_PATH"
  private static let path = "LD_LIBRARY_PATH"

  /// Whether this is the second start.
  public static func hasHappened(_ environment: Variables) -> Bool {
    environment[variable] != nil
  }

  /// The environment as the user has it.
  public static func original(_ environment: Variables) -> Variables {
    guard let former = environment[variable] else { return environment }
    var original = Variables()
    for assignment in environment.assignments
    where !assignment.begins(with: variable + "=") && !assignment.begins(with: path + "=") {
      original.take(assignment)
    }
    if !former.isEmpty { original[path] = former }
    return original
  }

  /// The environment to start with once more; nothing where the loader finds the host's libraries, or
  /// there are none.
  ///
  /// - Parameter machine: with the ``original(_:)`` environment.
  public static func environment(_ machine: Machine) -> Variables? {
    let search = LoaderSearch(machine)
    for name in Host.direct3D {
      guard let status = machine.status(Host.driverFolder + "/" + name) else { continue }
      if let hit = search.find(name), machine.isSame(hit.path, as: status) {
        continue
      }
      var environment = machine.environment
      let former = environment.text(path)
      environment[variable] = former
      environment[path] = Host.driverFolder + (former.isEmpty ? "" : ":" + former)
      return environment
    }
    return nil
  }
}
