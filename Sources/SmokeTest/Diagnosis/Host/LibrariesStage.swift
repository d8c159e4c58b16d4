internal import Accelerators
internal import Platform

extension Host {
  /// NVIDIA's driver library: whether the loader finds it, and finds the right one.
  func examineLibraries() -> Outcome {
    let search = LoaderSearch(machine)
    let hit = search.find(Self.driver)
    let facts =
      hit.map { [Fact("library", .text($0.path)), Fact("found-by", .text($0.way))] } ?? []
    do throws(Trouble) {
      if isDistribution {
        try checkHostsLibrary(hit, search)
      } else {
        try checkLibrary(hit, search)
      }
    } catch {
      return Outcome(.libraries, .failed(error), facts)
    }
    if let warning = warning(search, driver: hit?.path) {
      return Outcome(.libraries, .warned(warning), facts)
    }
    return Outcome(.libraries, .passed, facts)
  }

  static let driver = "libcuda.so.1"

  /// The file that the loader takes for the driver.
  var driverPath: String? { LoaderSearch(machine).find(Self.driver)?.path }

  /// In WSL the driver is the host's and nothing else.
  private func checkHostsLibrary(
    _ hit: LoaderSearch.Hit?, _ search: LoaderSearch
  ) throws(Trouble) {
    let expected = Self.driverFolder + "/" + Self.driver
    guard let status = machine.status(expected) else {
      if let target = machine.link(expected) { throw .danglingLink(expected, to: target) }
      throw Trouble(
        code: "G1031", seen: "Windows gives no NVIDIA driver: there is no \(expected)",
        remedy: "Install NVIDIA's driver in Windows, not in the distribution; then in Windows: "
          + "wsl --shutdown. Without an NVIDIA GPU there is no CUDA.")
    }
    try checkWhole(expected, status)
    guard let hit else { throw unknownToLoader(search) }
    guard machine.status(hit.path)?.identity == status.identity else {
      throw Trouble(
        code: "G1036",
        seen: "\(hit.path), by \(hit.way), hides the host's driver \(expected)",
        remedy: "Remove it from the distribution: dpkg -S \(hit.path) names its package "
          + "(libcuda1, nvidia-driver, cuda-compat and stubs folders do not belong in WSL).")
    }
  }

  private func checkLibrary(_ hit: LoaderSearch.Hit?, _ search: LoaderSearch) throws(Trouble) {
    if let hit, let status = machine.status(hit.path) { return try checkWhole(hit.path, status) }
    if let path = search.findForeign(Self.driver), let status = machine.status(path) {
      try checkWhole(path, status)
    }
    for folder in LoaderSearch.ownFolders {
      let path = folder + "/" + Self.driver
      if let target = machine.link(path) { throw .danglingLink(path, to: target) }
    }
    if let other = search.find("libcuda.so") {
      throw Trouble(
        code: "G1042", seen: "there is \(other.path), but no \(Self.driver), which programs load",
        remedy: "Install the driver's library package whole (libcuda1); a stub to link against is "
          + "no driver.")
    }
    throw Trouble(
      code: "G1032", seen: "the driver's library \(Self.driver) is nowhere that the loader looks",
      remedy: isContainer
        ? "Start the container with NVIDIA's runtime: docker run --gpus all …, with "
          + "NVIDIA_DRIVER_CAPABILITIES=compute,utility"
        : "Install NVIDIA's driver for this system; if it is there, run ldconfig as root.")
  }

  /// The file must be a whole library for this machine.
  private func checkWhole(_ path: String, _ status: Machine.Status) throws(Trouble) {
    if status.size == 0 {
      throw Trouble(
        code: "G1033", seen: "\(path) is empty",
        remedy: path.begins(with: Self.driverFolder)
          ? "In Windows: wsl --shutdown; if it stays empty, install the GPU's driver again."
          : "Remove it: it was left behind when the image was made on another machine.")
    }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try machine.read(path, limit: 64)
    } catch {
      throw Trouble(
        code: "G1045", seen: "\(path) cannot be read: \(error.reason)",
        remedy: "Mend its permissions: chmod a+r \(path)")
    }
    guard let header = ELFHeader(bytes), header.minimumSize <= status.size else {
      throw Trouble(
        code: "G1034", seen: "\(path) is no library, or only a part of one",
        remedy: "Install the driver again; its file was cut when it was copied.")
    }
    guard header.isNative else {
      throw Trouble(
        code: "G1035", seen: "\(path) is for another machine: \(header.machineName)",
        remedy: "Use the image and the driver of this machine's architecture.")
    }
  }

  /// What does not stand in this test's way, but in the way of others.
  private func warning(_ search: LoaderSearch, driver: String?) -> Trouble? {
    if let other = search.find("libnvidia-ml.so.1"), machine.status(other.path)?.size == 0 {
      return Trouble(
        code: "G1047", seen: "\(other.path) is empty, so nvidia-smi and PyTorch fail",
        remedy: "Remove it: it was left behind when the image was made on another machine.")
    }
    guard isDistribution else { return nil }
    guard let link = search.find("libcuda.so") else {
      return Trouble(
        code: "G1041", seen: "the loader finds libcuda.so.1, but not libcuda.so",
        remedy: "Some programs ask for it: ln -s \(Self.driverFolder)/\(Self.driver) "
          + "\(LoaderSearch.ownFolders[1])/libcuda.so")
    }
    let isHosts =
      link.path.begins(with: Self.driverFolder)
      || machine.status(link.path)?.identity == driver.flatMap { machine.status($0)?.identity }
    return isHosts
      ? nil
      : Trouble(
        code: "G1044", seen: "\(link.path), by \(link.way), is not the host's driver",
        remedy: "Keep stubs folders out of LD_LIBRARY_PATH and /etc/ld.so.conf.d.")
  }
}

extension Trouble {
  fileprivate static func danglingLink(_ path: String, to target: String) -> Trouble {
    Trouble(
      code: "G1043", seen: "\(path) is a link to \(target), which is not there",
      remedy: "Install the driver again, or remove the link and run ldconfig as root.")
  }
}
