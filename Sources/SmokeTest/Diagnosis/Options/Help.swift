/// What `--help` prints.
public enum Help {
  public static let text = """
    gpu-smoke-test trains a small network on the GPU, holds it against the CPU, and says whether
    acceleration is real.

    gpu-smoke-test [OPTION]…

      --backend auto|cuda|directml|cpu
                          how to reach the GPU (auto)
      --level quick|full  a verdict at once, or every device, its memory, and a load for a time (quick)
      --framework pytorch|tensorflow
                          train with the image's own framework too
      --device N          the only GPU to test, from 0
      --adapter N|NAME    the only adapter for DirectML: its number, a part of its name, its PCI id
      --directml FILE     DirectML's library, where it is not in one of its usual places
      --timeout SECONDS   what a stage may take (60; full 600; a framework 300)
      --json              print the report as JSON
      --junit FILE        write the report as JUnit XML, too
      --self-check        check this image without a GPU, as kiln verify does
      --root DIR          look for devices and libraries below DIR instead of /; for tests
      --version           print the version
      -h, --help          print this

    auto is cuda where NVIDIA's driver is, else directml where /dev/dxg and libdirectml.so are.
    Defaults come from /etc/gpu-smoke-test.conf: lines backend=, level=, framework=, python=,
    directml=.
    Exit status: 0 acceleration proven, 1 a GPU is there but wrong or not faster, 2 wrong use,
    3 no GPU to test, 4 emulated. The codes G… are explained in docs/gpu-troubleshooting.md.

    """
}
