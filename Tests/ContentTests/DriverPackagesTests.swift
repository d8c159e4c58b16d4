import Content
import Testing

@Suite struct DriverPackagesTests {
  @Test(
    "names of NVIDIA's driver",
    arguments: [
      "nvidia-driver-550", "libcuda1", "cuda", "cuda-12-9", "cuda-12", "cuda-runtime-12-9",
      "cuda-drivers", "cuda-drivers-570", "nvidia-driver", "nvidia-open", "libnvidia-ml1",
      "libnvidia-compute-550", "nvidia-dkms-550-server", "nvidia-kernel-dkms", "nvidia-utils-550",
      "cuda-compat-12-9", "nvidia-legacy-390xx-driver",
    ])
  func driver(name: String) { #expect(DriverPackages.contains(name)) }

  @Test(
    "names that only sound like it",
    arguments: [
      "cuda-toolkit-12-9", "cuda-cudart-12-9", "cuda-libraries-12-9", "nvidia-container-toolkit",
      "libnvidia-container1", "libcudart12", "cuda-keyring", "cuda-runtime-dev",
      "nvidia-cuda-toolkit", "libcublas12",
    ])
  func notDriver(name: String) { #expect(!DriverPackages.contains(name)) }
}
