import Content
import Diagnostics
import FileSystem
import WSL

/// How the host's GPU gets into WSL, and what hides it.
enum GPURules {
  static let all: [Rule] = [
    driverLibraries, mountPoints, deviceSpecifications, stubs, loaderFolder, loaderLink,
    driverPackages, loginPath, sudoPath, libc, loader,
  ]

  private static let hostFolder = "/usr/lib/wsl/lib"

  private static let driverLibraries = Rule(
    "K6401", .error, "No driver library is in the image",
    remedy: "remove the driver (nvidia-driver, libcuda1, libnvidia-compute): WSL brings the host's"
  ) { image in
    image.files.compactMap { entry in
      let name = ExtractedTree.split(entry.path).name
      guard name.hasPrefix("libcuda.so") || name.hasPrefix("libnvidia-ml.so"),
        !isStub(entry.path), !isHidden(entry.path), !leadsToHost(entry)
      else { return nil }
      let isEmpty = entry.kind == .file && entry.size == 0
      return Finding(
        "\(entry.path) is a driver library\(isEmpty ? " of no bytes" : "")", at: entry.path,
        reason: "the loader may find it before the host's (WSL#8274)")
    }
  }

  private static func isStub(_ path: String) -> Bool {
    path.pathComponents.dropLast().contains("stubs")
  }

  private static func isHidden(_ path: String) -> Bool {
    path.hasPrefix("usr/lib/wsl/lib/") || path.hasPrefix("usr/lib/wsl/drivers/")
  }

  /// A link into the host's folder, or to a library beside it that is judged by itself.
  private static func leadsToHost(_ entry: ImageEntry) -> Bool {
    entry.kind == .symlink && entry.linkTarget.hasPrefix(hostFolder + "/")
  }

  private static let mountPoints = Rule(
    "K6402", .error, "Nothing lies under /usr/lib/wsl/lib and /usr/lib/wsl/drivers",
    remedy: "remove it: WSL mounts the host's folders over it"
  ) { image in
    image.scan.entries.filter { isHidden($0.path) }.map {
      Finding("\($0.path) is hidden by WSL's mount", at: $0.path)
    }
  }

  private static let deviceSpecifications = Rule(
    "K6403", .error, "There is no CDI specification",
    remedy: "remove it: it names the driver store of the machine where it was made"
  ) { image in
    ["etc/cdi", "var/run/cdi", "run/cdi"].flatMap { folder in
      image.tree.names(in: folder).map {
        Finding("/\(folder)/\($0) is a CDI specification", at: "\(folder)/\($0)")
      }
    }
  }

  private static let stubs = Rule(
    "K6404", .error, "The loader never looks into a `stubs` folder",
    remedy: "take the folder out of ld.so.conf and LD_LIBRARY_PATH: stubs are for linking only"
  ) { image in
    let loader =
      ["etc/ld.so.conf"]
      + image.tree.names(in: "etc/ld.so.conf.d").map {
        "etc/ld.so.conf.d/\($0)"
      }
    let profiles =
      ["etc/environment", "etc/profile"]
      + image.tree.names(in: "etc/profile.d").map {
        "etc/profile.d/\($0)"
      }
    return (loader + profiles).flatMap { path in
      image.lines(path).filter { line in
        !line.text.hasPrefix("#") && line.text.contains("/stubs")
          && (loader.contains(path) || line.text.contains("LD_LIBRARY_PATH"))
      }.map {
        Finding(
          "the loader is sent into a `stubs` folder", at: path, line: $0.number, excerpt: $0.text)
      }
    }
  }

  private static let loaderFolder = Rule(
    "K6405", .error, "/etc/ld.so.conf.d exists and the loader reads it",
    remedy: "make it, and put `include /etc/ld.so.conf.d/*.conf` into /etc/ld.so.conf"
  ) { image in
    guard let folder = image.tree.resolve("etc/ld.so.conf.d"),
      image.tree.entry(folder)?.kind ?? .directory == .directory
    else {
      return [
        Finding(
          "there is no folder /etc/ld.so.conf.d",
          reason: "WSL writes ld.wsl.conf into it and never makes it (WSL#10595)")
      ]
    }
    let includes = image.lines("etc/ld.so.conf").contains {
      $0.text.hasPrefix("include") && $0.text.contains("ld.so.conf.d/*.conf")
    }
    return includes ? [] : [Finding("/etc/ld.so.conf does not include /etc/ld.so.conf.d/*.conf")]
  }

  private static let loaderLink = Rule(
    "K6406", .warning, "In an image with CUDA, `libcuda.so` leads to the host's library",
    remedy: "link libcuda.so in the library folder to /usr/lib/wsl/lib/libcuda.so.1"
  ) { image in
    let hasCUDA = image.files.contains {
      ExtractedTree.split($0.path).name.hasPrefix("libcudart.so") && !isStub($0.path)
    }
    let places = [
      "usr/lib/\(image.architecture.multiarch)", "usr/lib", "usr/local/lib", "usr/lib64",
    ]
    let hasLink = places.contains {
      image.tree.entry("\($0)/libcuda.so")?.linkTarget == "\(hostFolder)/libcuda.so.1"
    }
    return hasCUDA && !hasLink
      ? [
        Finding(
          "programs that ask for `libcuda.so` will not find it",
          reason: "the loader's cache gets libcuda.so.1 only (WSL#8587)")
      ] : []
  }

  private static let driverPackages = Rule(
    "K6407", .error, "No package of a Linux GPU driver is installed",
    remedy: "install the toolkit or the wheels, not the driver: the driver is Windows' own"
  ) { image in
    image.packages.filter { DriverPackages.contains($0.name) }.map {
      Finding("the package \($0.name) \($0.version) is installed", at: InterestingFiles.dpkgStatus)
    }
  }

  private static let loginPath = Rule(
    "K6408", .warning, "Login shells find the host's tools",
    remedy: "append /usr/lib/wsl/lib to PATH in a file of /etc/profile.d"
  ) { image in
    let snippets = image.tree.names(in: "etc/profile.d").map { "etc/profile.d/\($0)" }
    let sets = (["etc/profile"] + snippets).contains {
      image.text($0)?.contains(hostFolder) == true
    }
    guard !sets, image.text("etc/profile")?.contains("PATH=") == true,
      image.conf?.boolean("gpu.appendLibPath") != false
    else { return [] }
    return [
      Finding(
        "/etc/profile overwrites the PATH that WSL sets", at: "etc/profile",
        reason: "nvidia-smi is not found (WSL#8794)")
    ]
  }

  private static let sudoPath = Rule(
    "K6409", .warning, "sudo finds the host's tools",
    remedy: "append /usr/lib/wsl/lib to `secure_path` in a file of /etc/sudoers.d, mode 0440"
  ) { image in
    guard image.tree.exists("usr/bin/sudo") else { return [] }
    let files =
      ["etc/sudoers"] + image.tree.names(in: "etc/sudoers.d").map { "etc/sudoers.d/\($0)" }
    return files.contains { image.text($0)?.contains(hostFolder) == true }
      ? [] : [Finding("sudo's `secure_path` lacks \(hostFolder)", at: "etc/sudoers")]
  }

  private static let libc = Rule(
    "K6410", .warning, "The C library is glibc", remedy: "start from a distribution with glibc"
  ) { image in
    let places = ["lib/\(image.architecture.multiarch)", "usr/lib", "lib64", "usr/lib64", "lib"]
    return places.contains { image.tree.exists("\($0)/libc.so.6") }
      ? [] : [Finding("there is no libc.so.6: the host's GPU libraries need glibc")]
  }

  private static let loader = Rule(
    "K6411", .error, "/sbin/ldconfig is there", remedy: "install libc-bin"
  ) { image in
    image.tree.exists("sbin/ldconfig")
      ? [] : [Finding("there is no /sbin/ldconfig, which WSL runs at each start")]
  }
}
