import Accelerators
import CUDA
import Diagnosis
import DirectML
import Platform

/// The ways to a GPU that this build has.
enum Backends {
  static func diagnosis(_ machine: Machine, _ settings: Settings) throws(WrongUse) -> Diagnosis {
    if settings.framework == .tensorflow {
      throw WrongUse("the framework tensorflow is not in this build; there is pytorch")
    }
    if settings.backend == .directml {
      let libraries = directMLLibraries(machine)
      return Diagnosis(machine, settings) { target in
        DirectMLAccelerator(
          adapter: target.device, libraries: libraries, limit: settings.timeout)
      }
    }
    return Diagnosis(machine, settings) { target in
      CUDAAccelerator(index: target.device, library: target.library, folders: target.folders)
    }
  }

  /// Where the machine is made up, the loader would look on the real one.
  private static func directMLLibraries(_ machine: Machine) -> Libraries.Names {
    if machine.root.isEmpty { return .wsl }
    func paths(_ names: [String]) -> [String] {
      names.filter { $0.begins(with: "/") }.compactMap { try? machine.resolve($0) }
    }
    let names = Libraries.Names.wsl
    return Libraries.Names(
      dxcore: paths(names.dxcore), d3d12: paths(names.d3d12), directml: paths(names.directml))
  }
}
