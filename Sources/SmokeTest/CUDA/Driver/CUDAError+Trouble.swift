extension CUDAError {
  typealias Explanation = (code: String, remedy: String)

  /// What to do about an error of the driver, for somebody in WSL 2 first.
  static func explanation(of code: Int32) -> Explanation {
    startExplanation(of: code) ?? kernelExplanation(of: code) ?? hardwareExplanation(of: code) ?? (
      "G2000",
      """
      Look the driver's name for the error up in NVIDIA's documentation (CUDA driver API, \
      CUresult). A current driver (in WSL on Windows, then `wsl --shutdown`) often helps.
      """
    )
  }

  /// The driver does not start, or not with this image.
  private static func startExplanation(of code: Int32) -> Explanation? {
    switch code {
    case 3, 4:
      (
        "G2003",
        """
        The driver says that it was not started. This is a fault of gpu-smoke-test, or of a library \
        that stands in for the driver; report it with the output of --json.
        """
      )
    case 34:
      (
        "G2034",
        """
        A stub that serves only for linking was loaded instead of the driver. Take the CUDA \
        toolkit's folder `stubs` out of LD_LIBRARY_PATH and /etc/ld.so.conf.d; in WSL the driver \
        is in /usr/lib/wsl/lib.
        """
      )
    case 35:
      (
        "G2035",
        """
        The driver is older than this image's CUDA. Install a current NVIDIA driver: in WSL on \
        Windows (never inside the distribution), then run `wsl --shutdown` there.
        """
      )
    case 304:
      (
        "G2304",
        """
        The operating system blocked the GPU. In WSL that is decided on Windows: update Windows, \
        WSL (`wsl --update`) and the NVIDIA driver, then run `wsl --shutdown`. On plain Linux check \
        the rights of /dev/nvidia* and the container's settings.
        """
      )
    case 803:
      (
        "G2803",
        """
        The driver's library and its kernel part differ in version. In WSL the image must not bring \
        its own libcuda: remove packages like libcuda1 or libnvidia-compute-*, then run \
        `wsl --shutdown`. On plain Linux restart the computer after a driver update.
        """
      )
    case 804:
      (
        "G2804",
        """
        A forward-compatibility library (cuda-compat) was loaded; it works with data-centre GPUs \
        only, never in WSL. Remove the package cuda-compat-* and its folder from LD_LIBRARY_PATH.
        """
      )
    case 999:
      (
        "G2999",
        """
        The driver failed without saying why. In WSL run `wsl --shutdown` and start again, then \
        update the NVIDIA driver on Windows and WSL (`wsl --update`). On plain Linux read `dmesg`; \
        restart the computer after a driver update or a long sleep.
        """
      )
    default: nil
    }
  }

  /// The driver does not take or not finish a kernel.
  private static func kernelExplanation(of code: Int32) -> Explanation? {
    switch code {
    case 200, 218:
      (
        "G2218",
        """
        The driver's compiler refused the test's kernels. Install a current NVIDIA driver (in WSL \
        on Windows, then `wsl --shutdown`); with a current one this is a fault of gpu-smoke-test: \
        report it with the compiler's log.
        """
      )
    case 209:
      (
        "G2209",
        """
        There is no code for this GPU's compute capability. The test's own kernels need Maxwell \
        (5.0) or later; of a framework, install a build that names this capability.
        """
      )
    case 221, 223:
      (
        "G2221",
        """
        The driver cannot compile kernels: libnvidia-ptxjitcompiler.so.1 is not beside \
        libcuda.so.1, or CUDA_DISABLE_PTX_JIT is set. Unset the variable; in WSL check that \
        /usr/lib/wsl/lib is in the loader's cache (`ldconfig -p | grep ptxjit`).
        """
      )
    case 222:
      (
        "G2222",
        """
        The driver is too old for the kernels' PTX. Install a current NVIDIA driver: in WSL on \
        Windows, then run `wsl --shutdown` there.
        """
      )
    case 700, 714, 715, 716, 717, 718:
      (
        "G2700",
        """
        A kernel went astray in the GPU's memory or instructions. The same kernels run on other \
        GPUs: install a current driver, undo overclocking, test the memory with --level full, and \
        report it if it stays.
        """
      )
    case 702:
      (
        "G2702",
        """
        A kernel ran longer than the system allows: Windows resets a GPU that does not answer for \
        two seconds. Close what else uses the GPU; if it stays, raise TdrDelay on Windows.
        """
      )
    case 719:
      (
        "G2719",
        """
        A kernel died on the GPU. `dmesg | grep -i -e xid -e dxg` has the driver's own note. \
        Install a current driver, undo overclocking, restart the computer.
        """
      )
    default: nil
    }
  }

  /// There is no GPU to be had, or it is in a bad state.
  private static func hardwareExplanation(of code: Int32) -> Explanation? {
    switch code {
    case 2:
      (
        "G2002",
        """
        The GPU's memory is full. Close the programs that use it, in WSL also those on Windows and \
        in other distributions (`nvidia-smi` shows how much is taken), and try again.
        """
      )
    case 46:
      (
        "G2046",
        """
        The GPU is taken, or its compute mode forbids another process. Stop the other program, or \
        allow sharing on the host: `nvidia-smi -c DEFAULT`.
        """
      )
    case 100:
      (
        "G2100",
        """
        The driver works, but shows no GPU. Check that CUDA_VISIBLE_DEVICES is not set to something \
        empty or wrong. In WSL check that Windows sees the GPU (Device Manager), update its NVIDIA \
        driver, then run `wsl --update` and `wsl --shutdown`. In a container use `--gpus all`.
        """
      )
    case 101:
      (
        "G2101",
        """
        There is no GPU with this number; numbers begin at 0, and CUDA_VISIBLE_DEVICES may hide \
        some.
        """
      )
    case 214, 220:
      (
        "G2214",
        """
        The GPU reports an error in its memory or links that it could not correct. Restart the \
        computer; if it comes again, the hardware is damaged.
        """
      )
    case 802:
      (
        "G2802",
        """
        The GPU is not ready. Where GPUs are joined by NVSwitch, the host's service \
        nvidia-fabricmanager has to run; else wait a moment and try again.
        """
      )
    default: nil
    }
  }
}
