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

    /// DXCore and Direct3D 12 are the host's: through the loader, whose cache WSL fills, then in WSL's
    /// folder. DirectML is the image's own, then one that the loader knows.
    public static let wsl = Names(
      dxcore: ["libdxcore.so", Libraries.hostFolder + "/libdxcore.so"],
      d3d12: ["libd3d12.so", Libraries.hostFolder + "/libd3d12.so"],
      directml: ["/usr/lib/gpu-smoke-test/libdirectml.so", "libdirectml.so"])
  }

  /// Where WSL puts the host's libraries.
  public static let hostFolder = "/usr/lib/wsl/lib"

  let dxcore: Library
  let d3d12: Library
  let directml: Library

  /// - Throws: G3001 to G3004.
  init(_ names: Names) throws(Trouble) {
    dxcore = try Library(names.dxcore, function: "DXCoreCreateAdapterFactory", "G3001")
    d3d12 = try Library(names.d3d12, function: "D3D12CreateDevice", "G3001")
    directml = try Library(names.directml, function: "DMLCreateDevice1", "G3002")
  }

  var facts: [Fact] {
    var facts: [Fact] = []
    for (name, library) in [("dxcore", dxcore), ("d3d12", d3d12), ("directml", directml)] {
      facts.append(Fact(name + "-library", .text(library.path)))
      if let digest = SHA256.digest(ofFile: library.path) {
        facts.append(Fact(name + "-sha256", .text(digest)))
      }
    }
    return facts
  }

  /// A library that is not the host's own, links followed; nothing when both are.
  var foreign: String? {
    [dxcore.path, d3d12.path].first { !Self.target($0).begins(with: "/usr/lib/wsl/") }
  }

  private static func target(_ path: String) -> String {
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}

/// One library with the function that everything begins with.
@safe
final class Library {
  let path: String
  let function: UnsafeMutableRawPointer
  private let library: SharedLibrary

  init(_ names: [String], function name: String, _ code: String) throws(Trouble) {
    library = try Self.load(names, code)
    path = library.path
    guard let function = unsafe library.symbol(name, as: UnsafeMutableRawPointer.self) else {
      throw Trouble(
        code: "G3004", seen: "\(path) has no \(name)",
        remedy: """
          This is another library, or too old a one. libdxcore.so and libd3d12.so come with WSL: in \
          Windows, wsl --update. Take libdirectml.so of torch-directml 0.2.5 into the image.
          """)
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
        if name.begins(with: "/"), unsafe access(name, F_OK) == 0 { break }
      }
    }
    throw trouble(explanation, code)
  }

  /// - Parameter explanation: the loader's, which names the file.
  private static func trouble(_ explanation: String, _ code: String) -> Trouble {
    let seen = "the loader says: \(explanation)"
    // DirectML names the host's libraries as its own needs, without a folder.
    if code == "G3002", explanation.has("libd3d12.so") || explanation.has("libdxcore.so") {
      return Trouble(
        code: "G3003", seen: seen,
        remedy: """
          libdirectml.so needs libd3d12.so and libdxcore.so by name: put /usr/lib/wsl/lib into \
          /etc/ld.so.conf.d/ld.wsl.conf and run ldconfig as root, or start with \
          LD_LIBRARY_PATH=/usr/lib/wsl/lib.
          """)
    }
    let remedy =
      code == "G3001"
      ? """
      It comes with WSL into /usr/lib/wsl/lib. In Windows: wsl --update, install the GPU's driver \
      there, then wsl --shutdown. No package of the distribution has it.
      """
      : """
      The image needs DirectML's library: take libdirectml.so of torch-directml 0.2.5 to \
      /usr/lib/gpu-smoke-test/libdirectml.so (kiln's DirectML recipes do).
      """
    return Trouble(code: code, seen: seen, remedy: remedy)
  }
}
