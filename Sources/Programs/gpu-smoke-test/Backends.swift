import Accelerators
import CUDA
import Diagnosis
import DirectML
import Platform

/// The ways to a GPU that this build has.
enum Backends {
  static func diagnosis(_ machine: Machine, _ settings: Settings) -> Diagnosis {
    if settings.backend == .directml {
      return Diagnosis(machine, settings) { target in
        // Whoever watches waits for the whole of the time; what is late has to be told before.
        DirectMLAccelerator(
          adapter: target.device, named: target.adapter,
          libraries: Libraries.Names(
            dxcore: target.dxcore, d3d12: target.d3d12, directml: target.directML),
          limit: settings.timeout / 2)
      }
    }
    return Diagnosis(machine, settings) { target in
      CUDAAccelerator(index: target.device, library: target.library, folders: target.folders)
    }
  }
}
