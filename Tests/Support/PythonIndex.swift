internal import Commands
import FileSystem
public import SystemPackage

/// A Python index of plain HTML pages on loopback, with small wheels that Python's zipfile writes.
public struct PythonIndex: Sendable {
  public let server: LoopbackServer
  public let folder: FilePath

  /// - Parameter wheels: file name → requirements of the wheel.
  public static func serve(
    _ wheels: [String: [String]], in folder: FilePath
  ) async throws -> PythonIndex {
    let root = folder.appending("index")
    try Files.makeDirectories(root)
    // One process for all: to start Python takes longer than to write a wheel.
    let lists = wheels.sorted { $0.key < $1.key }.map {
      ([$0.key] + $0.value).joined(separator: "|")
    }
    try await python(program, lists, in: root)
    let server = try LoopbackServer()
    server.serve(folder: root)
    for project in try Files.entries(root.appending("simple")) {
      let page = try Files.read(root.appending("simple/\(project)/page"))
      server.put("/simple/\(project)/", page, contentType: "text/html")
    }
    return PythonIndex(server: server, folder: root)
  }

  public var url: String { "\(server.url)/simple" }

  public func file(_ name: String) -> FilePath { folder.appending("files").appending(name) }

  /// Writes each `files/<wheel>` and adds it to `simple/<project>/page`; its requirements follow its name.
  private static let program = """
    import hashlib, os, re, sys, zipfile
    def write(name, needs):
        project, version = name.split("-")[:2]
        normal = re.sub(r"[-_.]+", "-", project).lower()
        info = f"{project}-{version}.dist-info"
        os.makedirs("files", exist_ok=True)
        os.makedirs(f"simple/{normal}", exist_ok=True)
        path = f"files/{name}"
        if name.endswith(".whl"):
            with zipfile.ZipFile(path, "w") as wheel:
                wheel.writestr(f"{project}.py", "")
                wheel.writestr(f"{project}/lib{project}.so", f"library {project} {version}\\n")
                wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\n"
                    f"Name: {project}\\nVersion: {version}\\n"
                    + "".join(f"Requires-Dist: {need}\\n" for need in needs))
                wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\n"
                    "Root-Is-Purelib: true\\nTag: " + name[:-4].split("-", 2)[2] + "\\n")
                wheel.writestr(f"{info}/RECORD", "")
        else:
            open(path, "w").close()
        digest = hashlib.sha256(open(path, "rb").read()).hexdigest()
        with open(f"simple/{normal}/page", "a") as page:
            page.write(f'<a href="/files/{name}#sha256={digest}">{name}</a>\\n')
    for wheel in sys.argv[1:]:
        name, *needs = wheel.split("|")
        write(name, needs)
    """
}

/// The uv of this run: `KILN_UV`, else the one in `PATH`.
public enum Uv {
  public static var path: String? {
    let folders = TestEnvironment.path.split(separator: ":").map { "\($0)/uv" }
    return ([TestEnvironment.value("KILN_UV")].compactMap(\.self) + folders)
      .first { Files.exists(FilePath($0)) }
  }
}
