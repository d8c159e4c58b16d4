/// A package `torch` with just what the diagnosis asks for: enough of tensors to go through a training
/// whose numbers it makes up, alike on both devices. `FAULT` is replaced by what goes wrong.
enum FakeTorch {
  static func text(_ fault: String) -> String {
    """
    import ctypes, os, signal, sys, time
    FAULT = "\(fault)"
    if FAULT == "missing-library":
        ctypes.CDLL("libcudart.so.99")
    if FAULT == "short-library":
        raise ImportError("/site/nvidia/cu13/lib/libcublas.so.13: file too short")
    if FAULT == "crash-import":
        os.kill(os.getpid(), signal.SIGSEGV)
    if FAULT == "hang":
        time.sleep(1000)
    __version__ = "2.9.0+cpu" if FAULT == "cpu-only" else "2.9.0+cu128"

    class version:
        cuda = None if FAULT == "cpu-only" else "12.8"

    class cuda:
        def init():
            if FAULT == "old-driver":
                raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040).")
            if FAULT == "no-driver":
                raise RuntimeError("Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU")
            if FAULT == "no-start":
                raise RuntimeError("No CUDA GPUs are available")
        def get_device_name(index): return "Fake %d" % index
        def get_device_capability(index): return (12, 0) if FAULT == "no-code" else (9, 0)
        def get_arch_list(): return ["sm_80", "sm_90"]

    class backends:
        class cuda:
            class matmul: allow_tf32 = True
        class cudnn: allow_tf32 = True

    class Device:
        def __init__(self, name): self.name, self.type = name, name.split(":")[0]
        def __str__(self): return self.name

    class Tensor:
        def __init__(self, device, numbers): self.device, self.numbers = Device(device), numbers
        def to(self, device):
            if FAULT == "cpu-in-silence": device = "cpu"
            if FAULT == "first-in-silence" and device != "cpu": device = "cuda:0"
            return Tensor(device, self.numbers)
        def detach(self): return self
        def cpu(self): return self
        def flatten(self): return self
        def tolist(self): return self.numbers
        def backward(self): pass
        def __float__(self): return self.numbers[0]

    def manual_seed(seed): pass
    def randn(*shape): return Tensor("cpu", [0.5])
    def randint(low, high, shape): return Tensor("cpu", [1])

    class nn:
        class Linear:
            def __init__(self, inputs, outputs): pass
        class Tanh: pass
        class Sequential:
            def __init__(self, *layers): self.weights = Tensor("cpu", [0.25, -0.5])
            def to(self, device):
                if device != "cpu":
                    if FAULT == "no-code":
                        raise RuntimeError("CUDA error: no kernel image is available for execution on the device")
                    if FAULT == "memory":
                        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 MiB.")
                    if FAULT == "crash": os.abort()
                    if FAULT == "other": raise ValueError("what nobody\\nknows")
                    if FAULT == "wrong": self.weights.numbers = [0.25, -0.6]
                    if FAULT == "nan": self.weights.numbers = [0.25, float("nan")]
                    if FAULT == "exit": sys.exit(0)
                self.weights = self.weights.to(device)
                return self
            def parameters(self): return [self.weights]
            def __call__(self, rows): return rows
        class functional:
            def cross_entropy(rows, labels): return Tensor(rows.device.name, [2.25])

    class optim:
        class SGD:
            def __init__(self, parameters, lr, momentum): pass
            def zero_grad(self): pass
            def step(self): pass
    """
  }

  /// The package `torch_directml` beside it.
  static func directML(_ fault: String) -> String {
    """
    if "\(fault)" == "no-d3d12":
        raise OSError("libd3d12.so: cannot open shared object file: No such file or directory")
    def device_count(): return 0 if "\(fault)" == "no-adapter" else 1
    def default_device(): return 0
    def device_name(index): return "Fake"
    def device():
        if "\(fault)" == "no-adapter": raise IndexError("no device")
        return "privateuseone"
    """
  }
}
