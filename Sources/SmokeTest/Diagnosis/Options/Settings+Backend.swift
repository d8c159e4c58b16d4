public import Platform

extension Settings {
  /// Decides what `auto` is on this machine: CUDA where NVIDIA's driver is, since it leads to the GPU
  /// on the shortest way; DirectML where WSL's door and its library are; else CUDA, whose stages say
  /// what is missing.
  ///
  /// - Throws: where a framework is asked for that cannot have the adapter that is asked for.
  public mutating func decide(_ machine: Machine) throws(WrongUse) {
    if backend == nil { choose(machine) }
    try reconcile()
  }

  private mutating func choose(_ machine: Machine) {
    let host = Host(machine)
    var drivers = [Host.driverFolder + "/" + Host.driver, "/dev/nvidiactl"]
    if let path = host.driverPath { drivers.insert(path, at: 0) }
    if let driver = drivers.first(where: { machine.status($0) != nil }) {
      decide(.cuda, "cuda, since NVIDIA's driver is here: " + driver)
    } else if machine.status("/dev/dxg") != nil, let library = host.directML(self) {
      decide(.directml, "directml, since there is no NVIDIA driver, but /dev/dxg and " + library)
    } else {
      decide(.cuda, "cuda, since there is neither NVIDIA's driver nor DirectML")
    }
  }
}
