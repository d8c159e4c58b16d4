/// What each code of this module says: the code, what was seen, what to do, each in a line. `{0}` and so
/// on stand for values. For somebody in WSL 2 first.
enum CUDAExplanations {
  static let text = """
    G2000
    {0}
    Look the driver's name for the error up in NVIDIA's documentation (CUDA driver API, \
    CUresult). A current driver (in WSL on Windows, then `wsl --shutdown`) often helps.

    G2002
    {0}
    The GPU's memory is full, or in WSL Windows has no room for it. Close the programs that use it, in WSL also those on Windows and \
    in other distributions (`nvidia-smi` shows how much is taken), and try again.

    G2003
    {0}
    The driver did not start. With NVIDIA's open modules on new kernels switch HMM off: echo \
    options nvidia_uvm uvm_disable_hmm=1 | sudo tee /etc/modprobe.d/uvm.conf; then restart.

    G2034
    {0}
    A stub that serves only for linking was loaded instead of the driver. Take the CUDA \
    toolkit's folder `stubs` out of LD_LIBRARY_PATH and /etc/ld.so.conf.d; in WSL the driver \
    is in /usr/lib/wsl/lib.

    G2035
    {0}
    The driver is older than this image's CUDA. Install a current NVIDIA driver: in WSL on \
    Windows (never inside the distribution), then run `wsl --shutdown` there.

    G2046
    {0}
    The GPU is taken, or its compute mode forbids another process: stop the other program, or \
    allow sharing on the host: `sudo nvidia-smi -c DEFAULT`. Or it is a virtual GPU without a licence: \
    see `nvidia-smi -q | grep -i license`.

    G2100
    {0}
    The driver works, but shows no GPU. Check that CUDA_VISIBLE_DEVICES names one that is there. \
    In WSL check that Windows sees the GPU (Device Manager; a laptop's Eco mode switches it off), \
    update its NVIDIA driver, then run `wsl --update` and `wsl --shutdown`; WSL needs every NVIDIA \
    GPU in WDDM mode (there: nvidia-smi -dm 0). Another GPU: --backend directml. In a container use \
    `--gpus all`; one that had a GPU, restart. With MIG on, on the host: sudo nvidia-smi mig -cgi 0 -C

    G2101
    {0}
    There is no GPU with this number; numbers begin at 0, and CUDA_VISIBLE_DEVICES may hide \
    some.

    G2209
    {0}
    There is no code for this GPU's compute capability. The test's own kernels need Maxwell \
    (5.0) or later; of a framework, install a build that names this capability.

    G2214
    {0}
    The GPU reports an error in its memory or links that it could not correct. Restart the \
    computer; if it comes again, the hardware is damaged.

    G2218
    {0}
    The driver's compiler refused the test's kernels. Install a current NVIDIA driver (in WSL \
    on Windows, then `wsl --shutdown`); with a current one this is a fault of gpu-smoke-test: \
    report it with the compiler's log.

    G2221
    {0}
    The driver cannot compile kernels: libnvidia-ptxjitcompiler.so.1 is not beside \
    libcuda.so.1, or CUDA_DISABLE_PTX_JIT is set. Unset the variable; in WSL check that \
    /usr/lib/wsl/lib is in the loader's cache (`ldconfig -p | grep ptxjit`).

    G2222
    {0}
    The driver is too old for the kernels' PTX. Install a current NVIDIA driver: in WSL on \
    Windows, then run `wsl --shutdown` there.

    G2304
    {0}
    The operating system blocked the GPU. In WSL that is decided on Windows: update Windows, \
    WSL (`wsl --update`) and the NVIDIA driver, then run `wsl --shutdown`. On plain Linux check \
    the rights of /dev/nvidia* and the container's settings.

    G2500
    {0}
    The driver lacks a part of its own. In a container update the NVIDIA Container Toolkit (1.14.4 \
    or later), which brings it in; else install a current driver, in WSL on Windows, then run \
    `wsl --shutdown`.

    G2700
    {0}
    A kernel used memory or an instruction that it may not use. The same kernels run on other \
    GPUs: install a current driver, undo overclocking, test the memory with --level full, and \
    report it if it stays.

    G2702
    {0}
    A kernel ran longer than the system allows: Windows resets a GPU that does not answer for \
    two seconds. Close what else uses the GPU; if it stays, raise TdrDelay on Windows.

    G2719
    {0}
    A kernel failed on the GPU. `sudo dmesg | grep -i -e xid -e dxg` has the driver's own note. \
    Install a current driver, undo overclocking, restart the computer.

    G2802
    {0}
    The GPU is not ready. Where GPUs are joined by NVSwitch, on the host: sudo systemctl start \
    nvidia-fabricmanager; else wait a moment and try again.

    G2803
    {0}
    The driver's library and its kernel part differ in version. In WSL the image must not bring \
    its own libcuda: remove packages like libcuda1 or libnvidia-compute-*, then run \
    `wsl --shutdown`. On plain Linux restart the computer after a driver update.

    G2804
    {0}
    A forward-compatibility library (cuda-compat) was loaded; it works with data-centre GPUs \
    only, never in WSL. Remove the package cuda-compat-* and its folder from LD_LIBRARY_PATH; after a \
    driver update restart the computer.

    G2805
    {0}
    The MPS daemon cannot be reached, or takes no more clients. Be the same user, start a container \
    with --ipc=host, set CUDA_MPS_PIPE_DIRECTORY as the daemon has it, or end the daemon: echo quit \
    | sudo nvidia-cuda-mps-control

    G2950
    {0} does not load: {1}
    In WSL the driver's libraries come from Windows into /usr/lib/wsl/lib: install the NVIDIA \
    driver on Windows, run `wsl --shutdown`, and check that /etc/ld.so.conf.d/ld.wsl.conf \
    names that folder and `ldconfig` has run. On plain Linux install the NVIDIA driver; in a \
    container start it with `--gpus all`.

    G2951
    {0} has no function {1}
    The NVIDIA driver is older than CUDA 11.4. In WSL, install a current NVIDIA driver on \
    Windows (nothing inside the distribution), then run `wsl --shutdown` there. If the driver \
    is new, another library has taken its name: remove it from the image.

    G2952
    {0} is CUDA {1}; the driver serves CUDA up to {2}
    Install a current NVIDIA driver: in WSL on Windows (never inside the distribution), then \
    run `wsl --shutdown` there. Or use an image with an older CUDA.

    G2954
    wrong: {0}
    The GPU's memory or the bus gives back other bytes than were written. Undo overclocking, \
    restart the computer, and run with --level full; if it stays, the hardware is damaged.

    G2955
    {0}
    The GPU computes wrong numbers. Undo overclocking, install a current driver, restart the \
    computer, and test the memory with --level full. If it stays, report it with the output of \
    --json: the hardware may be damaged, or the driver's compiler has a fault.

    G2956
    cublasGemmEx: status {0}, {1}
    cuBLAS was found but did not multiply. It may be damaged, or too old or too new for this \
    GPU (CUDA 13 has no code for Maxwell to Volta): install fitting CUDA packages.

    G2999
    {0}
    The driver failed without saying why. If the compute mode forbids all programs, allow them: \
    `sudo nvidia-smi -c DEFAULT`. In WSL run `wsl --shutdown` and start again, then \
    update the NVIDIA driver on Windows and WSL (`wsl --update`). On plain Linux read `sudo dmesg`; \
    restart the computer after a driver update or a long sleep, or: sudo rmmod nvidia_uvm; \
    sudo modprobe nvidia_uvm

    """
}
