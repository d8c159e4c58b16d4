/// A package `tensorflow` with just what the diagnosis asks for, and the installed packages that it
/// looks at. `FAULT` is replaced by what goes wrong.
enum FakeTensorFlow {
  /// Path below the folder of packages → content.
  ///
  /// - Parameters:
  ///   - python: what Python says that it is.
  ///   - versions: project → version, over those that go together.
  static func packages(
    _ fault: String, version: String, python: String, _ versions: [String: String?]
  ) -> [String: String] {
    var installed: [String: String?] = [
      "numpy": "1.26.4", "protobuf": "3.19.6", "tensorflow-cpu": "2.10.0",
      "tensorflow-directml-plugin": "0.4.0.dev230202",
    ]
    installed.merge(versions) { $1 }
    var files = [
      "tensorflow/__init__.py": text(fault, version),
      "sitecustomize.py": "import sys\nsys.version = '\(python) (made up)'\n",
    ]
    for case (let name, let version?) in installed {
      let folder = name.replacing("-", with: "_") + "-" + version + ".dist-info"
      files[folder + "/METADATA"] =
        "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n"
    }
    return files
  }

  private static func text(_ fault: String, _ version: String) -> String {
    """
    import os, signal, sys, time
    FAULT = "\(fault)"
    __version__ = "\(version)"
    KIND = "DML" if __version__.startswith("1.") else "GPU"
    eager = [not __version__.startswith("1.")]
    def log(text): print("2026-11-26 10:48:38.550353: I tensorflow/c/logging.cc:34] " + text, file=sys.stderr)
    if FAULT == "hang": time.sleep(1000)
    if FAULT == "abort": os.abort()
    if FAULT == "no-library":
        log("Could not load dynamic library 'libdirectml.so'; dlerror: libd3d12.so: cannot open")
        log("Could not load DirectML.")
    if FAULT == "protobuf":
        raise TypeError("Descriptors cannot be created directly.")
    count = 0 if FAULT in ["no-adapter", "no-library"] else 1
    if FAULT != "quiet":
        log("DirectML device enumeration: found %d compatible adapters." % count)

    class Tensor:
        def __init__(self, numbers, kind):
            self.numbers = numbers
            self.device = "/job:localhost/replica:0/task:0/device:%s:0" % kind
        def numpy(self): return self.numbers
        def flatten(self): return self.numbers

    class Variable:
        def __init__(self, value): self.value = value

    here = ["CPU"]
    class device:
        def __init__(self, name):
            if FAULT == "two" and name == "/GPU:0": raise ValueError("device GPU:0")
            self.kind = name[1:].split(":")[0]
        def __enter__(self):
            self.before = here[0]
            here[0] = "CPU" if FAULT == "cpu-in-silence" else self.kind
        def __exit__(self, *rest): here[0] = self.before

    def enable_eager_execution(): eager[0] = True
    def constant(numbers): return numbers
    def add(a, b):
        if not eager[0]: raise RuntimeError("graph mode")
        numbers = [x + y for x, y in zip(a, b)]
        if FAULT == "sum": numbers[1] = 7.0
        return Tensor(numbers, "CPU" if FAULT == "sum-on-cpu" else KIND)

    class config:
        class experimental:
            def list_physical_devices(kind):
                return ["device"] * (2 if FAULT == "two" else count) if kind == KIND else []

    class History:
        history = {"loss": [2.5, 1.5]}

    class keras:
        class layers:
            class Dense:
                def __init__(self, *arguments, **more): pass
        class Sequential:
            def __init__(self, layers):
                self.numbers = [Tensor([0.25, -0.5], here[0])]
                # Keras 3 wraps TensorFlow's variables, which know where they are.
                self.weights = [Variable(w) for w in self.numbers] if FAULT == "keras-3" else self.numbers
            def get_weights(self): return self.numbers
            def set_weights(self, weights): pass
            def compile(self, optimizer, loss): pass
            def fit(self, rows, labels, **more):
                if here[0] != "CPU":
                    if FAULT == "crash": os.kill(os.getpid(), signal.SIGSEGV)
                    if FAULT == "other": raise ValueError("what nobody\\nknows")
                    if FAULT == "wrong": self.numbers[0].numbers = [0.25, -0.6]
                return History
        class optimizers:
            def SGD(rate, momentum): pass
        class losses:
            def SparseCategoricalCrossentropy(from_logits): pass
    """
  }
}
