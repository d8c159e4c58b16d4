import Accelerators
import CPlatform
import Platform

/// The three libraries between the program and the GPU.
@safe
public final class Libraries {
  /// What the loader is asked for, in this order, until it has one; names and paths.
  public struct Names: Sendable {
    public var dxcore: [String]
    public var d3d12: [String]
    public var directml: [String]

    public init(dxcore: [String], d3d12: [String], directml: [String]) {
      self.dxcore = dxcore
      self.d3d12 = d3d12
      self.directml = directml
    }
  }

  let dxcore: Library
  let d3d12: Library
  let directml: Library

  /// - Throws: G3001 to G3004.
  init(_ names: Names) throws(Trouble) {
    dxcore = try Library(names.dxcore, function: "DXCoreCreateAdapterFactory", "G3001")
    d3d12 = try Library(names.d3d12, function: "D3D12CreateDevice", "G3001")
    directml = try Library(names.directml, function: "DMLCreateDevice1", "G3002")
  }

  var facts: Facts {
    var facts = Facts()
    for (name, library) in [("dxcore", dxcore), ("d3d12", d3d12), ("directml", directml)] {
      facts.add(name + "-library", library.path)
      if let digest = Digest.ofFile(library.path) { facts.add(name + "-sha256", digest) }
    }
    return facts
  }

  /// A library that is not the host's own, links followed; nothing when both are.
  var foreign: String? {
    for library in [dxcore, d3d12] where !Self.isHosts(library.path) { return library.path }
    return nil
  }

  private static func isHosts(_ path: String) -> Bool {
    guard let resolved = unsafe realpath(path.characters, nil) else { return false }
    defer { unsafe free(resolved) }
    return unsafe String(optionalCString: resolved).begins(with: "/usr/lib/wsl/")
  }
}

/// One library with the function that everything begins with.
@safe
final class Library {
  let path: String
  let function: UnsafeMutableRawPointer
  private let library: SharedLibrary

  @inline(never)
  init(_ names: [String], function name: String, _ code: String) throws(Trouble) {
    library = try Self.load(names, code)
    path = library.path
    guard let function = unsafe library.symbol(name, as: UnsafeMutableRawPointer.self) else {
      throw Trouble("G3004", path, name)
    }
    unsafe self.function = unsafe function
  }

  /// The first that there is. One that is there and does not load ends the search: another in its place
  /// would hide what is wrong.
  private static func load(_ names: [String], _ code: String) throws(Trouble) -> SharedLibrary {
    var explanation = ""
    for name in names {
      do throws(LoadError) {
        return try SharedLibrary(name)
      } catch {
        explanation = error.explanation
        if name.begins(with: "/"), unsafe access(name.characters, F_OK) == 0 { break }
      }
    }
    // DirectML names the host's libraries as its own needs, without a folder.
    let isHosts = explanation.has("libd3d12.so") || explanation.has("libdxcore.so")
    throw Trouble(code == "G3002" && isHosts ? "G3003" : code, explanation)
  }
}
