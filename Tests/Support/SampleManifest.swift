import Digests

/// The text of manifests as kiln writes them, of an image that nobody built.
public enum SampleManifest {
  public static let digest = String(repeating: "0a", count: 32)

  public static func component(
    _ kind: String, _ name: String, requested: Bool = false, needs: String = ""
  ) -> String {
    let more =
      (requested ? #", "requested": true"# : "")
      + (needs.isEmpty ? "" : #", "dependencies": "\#(needs)""#)
    return #"{"kind": "\#(kind)", "name": "\#(name)", "version": "1", "size": 10, "#
      + #""sha256": "\#(digest)"\#(more)}"#
  }

  public static let components = [
    component("package", "apt", needs: "libc6"),
    component("package", "bash", needs: "libc6"),
    component("package", "libc6", needs: "libgcc"),
    component("package", "libgcc", needs: "libc6"),
    component("package", "lonely-a", needs: "lonely-b"),
    component("package", "lonely-b", needs: "lonely-a"),
    component("package", "python3", needs: "python3-stdlib"),
    component("package", "python3-stdlib", needs: "libc6"),
    component("package", "python3-venv", requested: true, needs: "python3"),
    component("wheel", "nvidia-cublas", requested: true, needs: "nvidia-runtime"),
    component("wheel", "nvidia-runtime"),
  ]

  public static let origins = [
    ("package", "libc6"), ("wheel", "nvidia_runtime"), ("python", ""), ("file", "/etc/motd"),
    ("step", "locale"), ("package", "bash"), ("package", "python3-stdlib"),
  ]

  public static let files = [
    folder("."),
    link("bin", to: "usr/bin"),
    folder("etc"),
    file("etc/motd", 5, 3), file("etc/passwd", 50, 4),
    link("loop", to: "/loop/x"),
    folder("usr"),
    folder("usr/bin"),
    file("usr/bin/bash", 1000, 5), folder("usr/lib"),
    file("usr/lib/libc.so.6", 2000, 0), folder("usr/lib/m"), folder("usr/lib/m/__pycache__"),
    file("usr/lib/m/__pycache__/x.cpython-313.pyc", 20, 2), file("usr/lib/m/x.py", 30, 6),
    folder("usr/lib/nvidia"), file("usr/lib/nvidia/lib.so", 4000, 1),
  ]

  public static func file(_ path: String, _ size: Int, _ origin: Int, mode: String = "0644")
    -> String
  {
    #"{"path": "\#(path)", "kind": "file", "mode": "\#(mode)", "uid": 0, "gid": 0, "size": \#(size), "#
      + #""sha256": "\#(SHA256Digest(ofText: "\(path) \(size)").hex)", "origin": \#(origin)}"#
  }

  public static func link(_ path: String, to target: String) -> String {
    #"{"path": "\#(path)", "kind": "symlink", "mode": "0777", "uid": 0, "gid": 0, "size": 0, "#
      + #""link": "\#(target)", "origin": 0}"#
  }

  public static func folder(_ path: String) -> String {
    #"{"path": "\#(path)", "kind": "directory", "mode": "0755", "uid": 0, "gid": 0, "size": 0, "#
      + #""origin": 0}"#
  }

  public static func text(
    files: [String] = files, components: [String] = components, image: String = digest,
    compression: String = "balanced", more: String = ""
  ) -> String {
    let origins = origins.map {
      #"{"kind": "\#($0)", "name": "\#($1)", "version": "\#($0 == "python" ? "" : "1")"}"#
    }
    return """
      {"manifest": 1, "tool": "kiln 1", "name": "tiny", "flavour": "import",
      "recipeDigest": "\(digest)", "lockDigest": "\(digest)", "sourceDateEpoch": 7,
      "image": {"file": "tiny.tar.gz", "format": "tar.gz", "compression": "\(compression)",
      "size": 100, "sha256": "\(image)"}, "treeDigest": "\(digest)",
      "totals": {"files": 0, "directories": 0, "symlinks": 0, "hardlinks": 0, "others": 0, "bytes": 0},
      "artifacts": [\(components.joined(separator: ",\n"))],
      "origins": [\(origins.joined(separator: ",\n"))],\(more)
      "files": [\(files.joined(separator: ",\n"))]}
      """
  }
}
