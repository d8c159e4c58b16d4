internal import Accelerators
internal import Platform

extension Host {
  static let driver = "libcuda.so.1"

  /// NVIDIA's driver library: whether the loader finds it, and finds the right one.
  func examineLibraries() -> Outcome {
    let search = LoaderSearch(machine)
    let hit = search.find(Self.driver)
    var facts = Facts()
    if let hit {
      facts.add("library", hit.path)
      facts.add("found-by", hit.way)
    }
    let trouble =
      isDistribution ? troubleWithHostsLibrary(hit, search) : troubleWithLibrary(hit, search)
    if let trouble {
      let isAbsent = trouble.code == "G1031" && !hasDriverForWSL
      return Outcome(.libraries, isAbsent ? .absent(trouble) : .failed(trouble), facts.all)
    }
    if let warning = warning(search, driver: hit?.path) {
      return Outcome(.libraries, .warned(warning), facts.all)
    }
    return .passed(.libraries, facts)
  }

  /// The file that the loader takes for the driver.
  var driverPath: String? { LoaderSearch(machine).find(Self.driver)?.path }

  /// In WSL the driver is the host's and nothing else.
  private func troubleWithHostsLibrary(
    _ hit: LoaderSearch.Hit?, _ search: LoaderSearch
  ) -> Trouble? {
    let expected = Self.driverFolder + "/" + Self.driver
    guard let status = machine.status(expected) else {
      let target = machine.link(expected)
      return target.map { Trouble("G1043", expected, $0) } ?? Trouble("G1031", expected)
    }
    if let trouble = troubleWithFile(expected, status) { return trouble }
    guard let hit else { return unknownToLoader(search) }
    // People copy or link it to beside its folder, or take it from Windows' own.
    let isHosts =
      machine.isSame(hit.path, as: status) || isHosts(hit.path) || hit.path.has("/lxss/lib/")
    return isHosts ? nil : Trouble("G1036", hit.path, hit.way, expected)
  }

  /// Whether Windows has a driver of NVIDIA's that brings CUDA into WSL: a folder of its own with the
  /// library behind `libcuda.so.1`. Windows' own drivers have folders in `nv…` too (nvraid, nvdimm).
  private var hasDriverForWSL: Bool {
    for name in machine.names(Self.driverStore) where name.begins(with: "nv") {
      let library = Self.driverStore + "/" + name + "/libcuda.so.1.1"
      if machine.status(library) != nil { return true }
    }
    return false
  }

  /// Whether a path of the loader's leads into the host's folder.
  func isHosts(_ path: String) -> Bool {
    path.begins(with: "/usr/lib/wsl/") || machine.link(path)?.begins(with: "/usr/lib/wsl/") == true
  }

  private func troubleWithLibrary(_ hit: LoaderSearch.Hit?, _ search: LoaderSearch) -> Trouble? {
    // A file of another architecture is no hit, but says why there is none.
    if let path = hit?.path ?? search.findForeign(Self.driver), let status = machine.status(path),
      let trouble = troubleWithFile(path, status)
    {
      return trouble
    }
    if hit != nil { return nil }
    for folder in LoaderSearch.ownFolders {
      let path = folder + "/" + Self.driver
      if let target = machine.link(path) { return Trouble("G1043", path, target) }
    }
    return search.find("libcuda.so").map { Trouble("G1042", $0.path) } ?? Trouble("G1032")
  }

  /// The file must be a whole library for this machine.
  func troubleWithFile(_ path: String, _ status: Machine.Status) -> Trouble? {
    if status.size == 0 { return Trouble("G1033", path) }
    do throws(FileError) {
      guard let header = ELFHeader(try machine.read(path, limit: 64)),
        header.minimumSize <= status.size
      else { return Trouble("G1034", path) }
      return header.isNative ? nil : Trouble("G1035", path, header.machineName)
    } catch {
      return Trouble("G1045", path, error.reason)
    }
  }

  /// What does not stand in this test's way, but in the way of others.
  private func warning(_ search: LoaderSearch, driver: String?) -> Trouble? {
    if let other = search.find("libnvidia-ml.so.1"), machine.status(other.path)?.size == 0 {
      return Trouble("G1047", other.path)
    }
    guard isDistribution else { return nil }
    guard let link = search.find("libcuda.so") else {
      return Trouble("G1041", LoaderSearch.ownFolders[1])
    }
    if isHosts(link.path) { return nil }
    if let driver, let status = machine.status(driver), machine.isSame(link.path, as: status) {
      return nil
    }
    return Trouble("G1044", link.path, link.way)
  }
}
