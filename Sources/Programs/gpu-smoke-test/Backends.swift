import Accelerators
import CUDA
import Diagnosis
import Platform

/// The ways to a GPU that this build has. DirectML joins here.
enum Backends {
  static func diagnosis(_ machine: Machine, _ settings: Settings) throws(WrongUse) -> Diagnosis {
    if settings.backend == .directml {
      throw WrongUse("the backend directml is not in this build; there are cuda and cpu")
    }
    return Diagnosis(machine, settings) { target in
      CUDAAccelerator(index: target.device, library: target.library, folders: target.folders)
    }
  }
}
