/// What each code of this module says: the code, what was seen, what to do, each in a line. `{0}` and so
/// on stand for values.
enum DirectMLExplanations {
  static let text = """
    G3000
    {0}: {1}
    Look the name up in Microsoft's documentation. A current driver in Windows, wsl --update and \
    wsl --shutdown often help.

    G3001
    the loader says: {0}
    It comes with WSL into /usr/lib/wsl/lib. In Windows: wsl --update, install the GPU's driver \
    there, then wsl --shutdown. No package of the distribution has it.

    G3002
    the loader says: {0}
    Take another libdirectml.so into the image: that of torch-directml 0.2.5, as \
    /opt/directml/lib/libdirectml.so (kiln's DirectML recipes do).

    G3003
    the loader says: {0}
    libdirectml.so needs libd3d12.so and libdxcore.so by name: echo \
    /usr/lib/wsl/lib | sudo tee /etc/ld.so.conf.d/ld.wsl.conf; sudo ldconfig

    G3004
    {0} has no {1}
    This is another library, or too old a one. libdxcore.so and libd3d12.so come with WSL: in \
    Windows, wsl --update. Take libdirectml.so of torch-directml 0.2.5 into the image.

    G3005
    {0} reports success, but gives nothing
    A stub was loaded in a library's place; torch-directml's wheel has some beside its \
    libdirectml.so. Keep its folder out of LD_LIBRARY_PATH and /etc/ld.so.conf.d; libdxcore.so and \
    libd3d12.so must be those in /usr/lib/wsl/lib.

    G3006
    DXCore lists no adapter that computes
    Install the GPU's driver in Windows (Device Manager must show the GPU), then wsl --update and \
    wsl --shutdown.

    G3007
    there is no adapter {0}; there are: {1}
    Name one of those by its number, a part of its name, or its PCI id; or leave --adapter out to \
    take the fastest GPU.

    G3008
    {0}: {1}
    Feature level 2.0 or later is needed: take libdirectml.so of torch-directml 0.2.5 into the image.

    G3009
    {0}: {1}
    A library is older than the interface that is asked of it. In Windows: wsl --update, and update \
    Windows; take a newer libdirectml.so into the image.

    G3010
    {0}: the device was removed: {1}
    The GPU was taken away while it worked: its driver was updated, it was switched off, or it \
    crashed. In Windows: wsl --shutdown; if it comes again, install a current driver there.

    G3011
    {0}: the device was removed: {1}
    Windows resets a GPU that does not answer for two seconds. Close what else uses the GPU, undo \
    overclocking, install a current driver in Windows; if it stays, raise TdrDelay there.

    G3012
    {0}: the device was removed: {1}
    Install a current driver for the GPU in Windows (or an older one, if it is the newest).

    G3013
    {0}: {1}
    Close what else uses the GPU, also in Windows and in other distributions, and try again.

    G3014
    {0}: {1}
    This is a mistake of gpu-smoke-test or of the driver: report it with the output of --json, and \
    try another version of the driver.

    G3015
    the GPU did not finish its work within {0} s
    Something blocks the GPU. Close what else uses it, in Windows: wsl --shutdown; if it stays, \
    install a current driver there.

    G3016
    {0}: {1}
    Install a current driver in Windows (WDDM 2.9 or later), then wsl --shutdown. The driver's part for \
    Linux may lack a library of the image: Intel's needs libedit2, AMD's libssl.so

    G3020
    wrong: {0} words that went to the device and came back, the first at offset {1}
    The GPU's memory or the bus gives back other bytes than were written. Undo overclocking, restart \
    the computer, and run with --level full; if it stays, the hardware is damaged.

    G3021
    {0}: number {1} is {2}
    The GPU computes wrong numbers. Undo overclocking, install a current driver in Windows, restart \
    the computer. If it stays, report it with the output of --json: the hardware may be damaged, or \
    the driver has a fault.

    G3031
    {0} computes on the CPU
    Windows has no driver for the GPU that serves WSL, and lends its own renderer. Install the GPU's \
    driver in Windows (AMD, Intel, NVIDIA or Qualcomm), then wsl --shutdown.

    G3032
    DXCore says that {0} is no GPU
    Windows lends a renderer of its own, as in a virtual machine without a GPU. Give the machine a \
    GPU, install its driver in Windows, then wsl --shutdown; or choose another one with --adapter.

    G3033
    {0} is not the library of Windows in /usr/lib/wsl
    What another Direct3D computes proves nothing about this GPU. Remove that library from the \
    loader's folders and LD_LIBRARY_PATH, and run inside of WSL 2.

    """
}
