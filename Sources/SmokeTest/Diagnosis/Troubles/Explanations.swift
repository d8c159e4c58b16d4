/// What each code of this module says: the code, what was seen, what to do, each in a line. `{0}` and so
/// on stand for values. One text, and no code for each of them, since the program has to be small.
enum Explanations {
  static let text = """
    G1001
    this is WSL 1, which has no GPU
    In Windows: wsl --set-version {0} 2

    G1002
    WSL's kernel {0} is older than 5.10.43.3, the first for CUDA
    In Windows: wsl --update, then wsl --shutdown

    G1003
    nothing tells what kernel this is: /proc is not mounted
    Mount /proc; most drivers read it too.

    G1011
    WSL gives no GPU: there is no /dev/dxg
    Install the GPU's driver in Windows (11, or 10 21H2 and later), then there: wsl --update, wsl \
    --shutdown; gpuSupport=false and safeMode=true in .wslconfig switch it off.

    G1012
    this container has no GPU: no /dev/dxg, no /dev/nvidia0
    Start it with the GPU: docker run --gpus all …, podman run --device nvidia.com/gpu=all … (with \
    NVIDIA's container toolkit)

    G1013
    there is no GPU: no /dev/nvidia0, no /dev/dxg
    If this machine has an NVIDIA GPU, install its driver and load it: sudo modprobe nvidia. sudo \
    dmesg | grep -i nvrm says why it refuses one (an RTX 50 needs the open modules, Secure Boot signed ones).

    G1014
    {0} is no device
    Remove it. A container engine makes a folder of this name when it is told to mount a device \
    that its machine does not have.

    G1015
    this user may not open {0}
    Log in with a user of the groups video and render, or mend the node: sudo chmod 666 {0}

    G1016
    CUDA_VISIBLE_DEVICES="{0}" hides every GPU
    unset CUDA_VISIBLE_DEVICES; under Slurm ask for a GPU: --gres=gpu:1

    G1017
    the NVIDIA driver is here (/dev/nvidiactl), but no GPU (/dev/nvidia0)
    Give the GPU to this container or virtual machine; nvidia-smi -L on the machine itself lists \
    what there is.

    G1018
    there is no /dev/nvidia-uvm, which CUDA needs
    On the machine itself: sudo nvidia-modprobe -u -c 0

    G1021
    /usr/lib/wsl/lib, where WSL puts the driver, is missing or empty
    In Windows: wsl --shutdown, and start the distribution again; if it stays so, wsl --update \
    and install the GPU's driver again.

    G1022
    /etc/wsl.conf switches the GPU off: [gpu] enabled=false
    Remove that line, then in Windows: wsl --shutdown

    G1023
    /usr/lib/wsl/drivers, Windows' drivers, is missing or empty
    In Windows: wsl --shutdown, and start the distribution again; then wsl --update

    G1024
    /usr/lib/wsl/lib has files, but nothing is mounted there
    An image must not have files of its own there: remove them, and let WSL mount the host's.

    G1031
    Windows gives no NVIDIA driver: there is no {0}
    Install NVIDIA's driver in Windows, not in the distribution; then in Windows: wsl \
    --shutdown. A GPU of AMD or Intel has no CUDA: try --backend directml.

    G1032
    the driver's library libcuda.so.1 is nowhere that the loader looks
    Install NVIDIA's driver for this system, and run sudo ldconfig; start a container with \
    docker run --gpus all … and NVIDIA_DRIVER_CAPABILITIES=compute,utility, in WSL \
    with LD_LIBRARY_PATH=/usr/lib/wsl/lib

    G1033
    {0} is empty
    In WSL's own folder: wsl --shutdown in Windows, and install the GPU's driver again. \
    Elsewhere: remove it, it was left behind when the image was made on another machine.

    G1034
    {0} is no library, or only a part of one
    Install the driver again; its file was cut when it was copied.

    G1035
    {0} is for another machine: {1}
    Use the image and the driver of this machine's architecture.

    G1036
    {0}, by {1}, hides the host's driver {2}
    Remove it from the distribution: dpkg -S {0} names its package (libcuda1, nvidia-driver, \
    cuda-compat and stubs folders do not belong in WSL).

    G1037
    there is no folder /etc/ld.so.conf.d, so WSL cannot tell the loader of its driver
    sudo mkdir -p /etc/ld.so.conf.d; then in Windows: wsl --shutdown

    G1038
    there is no /etc/ld.so.conf.d/ld.wsl.conf, which WSL writes at each start
    In Windows: wsl --shutdown, and start the distribution again. By hand: echo \
    /usr/lib/wsl/lib | sudo tee /etc/ld.so.conf.d/ld.wsl.conf; sudo ldconfig

    G1039
    /usr/lib/wsl/lib is configured, but not in the loader's cache
    sudo ldconfig; WSL runs it at each start as /sbin/ldconfig, which must be there.

    G1040
    /etc/ld.so.conf does not include /etc/ld.so.conf.d/*.conf
    echo 'include /etc/ld.so.conf.d/*.conf' | sudo tee -a /etc/ld.so.conf; sudo ldconfig

    G1041
    the loader finds libcuda.so.1, but not libcuda.so
    Some programs ask for it: sudo ln -s /usr/lib/wsl/lib/libcuda.so.1 {0}/libcuda.so

    G1042
    there is {0}, but no libcuda.so.1, which programs load
    Install the driver's library package whole (libcuda1); a stub to link against is no driver.

    G1043
    {0} is a link to {1}, which is not there
    Install the driver again, or remove the link and run sudo ldconfig.

    G1044
    {0}, by {1}, is not the host's driver
    Keep stubs folders out of LD_LIBRARY_PATH and /etc/ld.so.conf.d.

    G1045
    {0} cannot be read: {1}
    Mend its permissions: sudo chmod a+r {0}

    G1046
    the loader has no cache: /etc/ld.so.cache is missing or broken
    sudo ldconfig

    G1047
    {0} is empty, so nvidia-smi and PyTorch fail
    Remove it: it was left behind when the image was made on another machine.

    G1048
    /etc/wsl.conf keeps WSL from telling the loader: [automount] ldconfig=false
    Remove that line, then in Windows: wsl --shutdown

    G1049
    /etc/ld.so.conf.d/ld.wsl.conf does not name /usr/lib/wsl/lib
    Remove it, then in Windows: wsl --shutdown; WSL writes it anew.

    G1051
    the driver crashed in the stage {0}: {1}{2}
    Update the GPU's driver (in WSL: in Windows), then wsl --shutdown. If it stays, report it to \
    the driver's maker with this line.

    G1052
    the stage {0} took longer than {1} s{2}
    The driver hangs. Restart: in Windows wsl --shutdown, on Linux the machine. A slow machine \
    may need more: --timeout SECONDS

    G1053
    the process that drives the GPU {0} in the stage {1}{2}
    A library that the driver loads ended it. Run again with an empty LD_PRELOAD and \
    LD_LIBRARY_PATH; if it stays, update the GPU's driver.

    G1054
    no process can be started: {0}
    Free memory, or raise this user's limit of processes (ulimit -u).

    G1061
    the losses of the first steps are {0} off the CPU's, {1} is allowed
    The GPU computes wrong results. Undo overclocking, update the driver, and run with --level \
    full, which tests the memory; a GPU that stays wrong is broken.

    G1062
    the trained weights are {0} off the CPU's, {1} is allowed
    The GPU computes wrong results. Undo overclocking, update the driver, and run with --level \
    full, which tests the memory; a GPU that stays wrong is broken.

    G1063
    only {0} % of the held-out digits are told apart, {1} % are needed
    The arithmetic is wrong somewhere: run again with --level full, which tests the memory too, \
    and report it.

    G1064
    the training gave what is not a number, or not as many as it should
    The GPU computes wrong results. Undo overclocking, update the driver, and run with --level \
    full, which tests the memory; a GPU that stays wrong is broken.

    G1071
    a training step is {0} times as fast as on all the CPU's cores, {1} is required
    See what else uses the GPU (nvidia-smi), its power and temperature limits, and a laptop's \
    power supply; a small GPU beside many cores may really be slower.

    G1072
    a large matrix product is {0} times as fast as on all the CPU's cores, {1} is required
    See what else uses the GPU (nvidia-smi), its power and temperature limits, and a laptop's \
    power supply; a small GPU beside many cores may really be slower.

    G1073
    under a load that lasts the GPU falls to {0} % of its own speed
    It gets too hot, or too little power: see nvidia-smi -q -d PERFORMANCE, clean its fans, and use \
    a laptop's own power supply.

    G1081
    there is no Python {0}
    Install the image's Python environment, or name its interpreter in /etc/gpu-smoke-test.conf: \
    python=/opt/ml/bin/python3

    G1082
    {0} is not installed in {1}: {2}
    Install it, or name the Python that has it in /etc/gpu-smoke-test.conf: \
    python=/opt/ml/bin/python3

    G1083
    this PyTorch ({0}) is built for the CPU only
    Install one with CUDA: pip install --force-reinstall torch --index-url \
    https://download.pytorch.org/whl/cu128

    G1084
    {0} cannot start {1}: {2}
    The stages before this one reached the GPU, so the framework's own libraries or its environment \
    (CUDA_VISIBLE_DEVICES, DML_VISIBLE_DEVICES, LD_LIBRARY_PATH) stand in the way. TensorFlow may lack \
    CUDA's: pip install 'tensorflow[and-cuda]'

    G1085
    this framework has no code for {0}, only for {1}
    Install a build whose list of architectures has {0}: a newer one for a new GPU, an older \
    one for an old GPU.

    G1086
    {0} lacks a library: {1}
    Install it again with everything that it asks for (pip check names what is missing), and \
    keep other versions out of LD_LIBRARY_PATH; libd3d12.so and libdxcore.so are WSL's own.

    G1087
    {0} crashed while {1}: {2}
    Its libraries do not fit each other or the driver: install it with the versions of what it asks \
    for (pip check).

    G1088
    {0} took longer than {1} s, while {2}
    A first import from a slow disk takes long: run again, or with --timeout 600. If it stays, \
    the driver hangs: in Windows, wsl --shutdown.

    G1089
    {0}'s training on the GPU gives other numbers than on the CPU
    If the stages before this one passed, the GPU is right and the framework's libraries are \
    not: install the framework again, in one version.

    G1090
    {0} failed while {1}: {2}
    The words are the framework's own; the stages before this one say whether the GPU is well.

    G1091
    {0} trained on {1}, not on the GPU that is tested
    Something moves its work off the GPU: look for a sitecustomize.py, and for PYTORCH_…, TF_…, \
    DML_… and CUDA_… variables in the environment.

    G1092
    the GPU's driver is too old for this framework (CUDA {0}): {1}
    Update the GPU's driver (in WSL: in Windows, then wsl --shutdown), or install one for \
    an older CUDA.

    G1093
    the GPU's memory is full: {0}
    Close what else uses the GPU; nvidia-smi lists it.

    G1094
    {0}'s DirectML found no adapter{1}
    It trains on the CPU then and says no more. The stages before this one found one, so look at \
    ldconfig -p for libd3d12.so and libdxcore.so of /usr/lib/wsl/lib, and at DML_VISIBLE_DEVICES.

    G1095
    TensorFlow with DirectML needs {0}; here is {1}
    Install what goes together, in Python 3.7 to 3.10, and no tensorflow beside it: pip install \
    tensorflow-cpu==2.10.0 tensorflow-directml-plugin 'numpy<2' 'protobuf<3.20'

    G1101
    the image has a driver of its own: {0}
    It would hide the host's. Remove its package from the recipe (libcuda1, nvidia-driver, \
    libnvidia-compute, cuda-compat).

    G1102
    no libcuda.so leads to /usr/lib/wsl/lib/libcuda.so.1
    WSL's cache has libcuda.so.1 only, and some programs ask for libcuda.so: ln -s \
    /usr/lib/wsl/lib/libcuda.so.1 {0}/libcuda.so

    G1103
    {0}, which {1} names, cannot be executed
    Install the image's Python environment there, or correct the line python=…

    G1121
    this is not WSL 2, and DirectML is for WSL 2 alone: there is no /dev/dxg
    On plain Linux use the GPU's own way: CUDA for NVIDIA, ROCm for AMD, oneAPI for Intel.

    G1122
    Windows gives no Direct3D 12: there is no {0}
    In Windows: wsl --update, install a current driver of the GPU there, then wsl --shutdown.

    G1123
    {0}, by {1}, hides the host's {2}
    This test goes round it; other programs do not. torch-directml's wheel has stubs of this name \
    beside its libdirectml.so: keep its folder out of LD_LIBRARY_PATH and /etc/ld.so.conf.d.

    G1124
    DirectML's library libdirectml.so is nowhere in this image{0}
    Take it from torch-directml's wheel to /opt/directml/lib/libdirectml.so, or name it: \
    --directml FILE, or directml=FILE in /etc/gpu-smoke-test.conf

    G1125
    {0} needs {1}, which is not in the image
    Install the package that has it (apt-file search {1}), and run sudo ldconfig.

    G1126
    the image has a library of Direct3D of its own: {0}
    It would hide the host's. Remove it, or keep its folder out of /etc/ld.so.conf.d; \
    torch-directml's wheel has stubs of this name, for the linker alone.

    G1127
    this container has no /dev/dxg
    Start it in WSL 2 with it: docker run --device /dev/dxg --volume /usr/lib/wsl:/usr/lib/wsl …

    """
}
