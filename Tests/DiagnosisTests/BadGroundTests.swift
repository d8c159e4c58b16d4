import Accelerators
import Platform
import Testing

@testable import Diagnosis

/// What stands between an image and its GPU before any driver runs.
@Suite struct BadGroundTests {
  private func code(_ outcome: Outcome) -> String? { outcome.trouble?.code }

  @Test func aRightDistributionPasses() throws {
    let root = try FakeRoot.wsl()
    for outcome in [
      root.host.examinePlatform(), root.host.examineDeviceNodes(), root.host.examineMounts(),
      root.host.examineLibraries(),
    ] {
      #expect(outcome.state == .passed, "\(outcome)")
    }
    #expect(root.host.system == .wsl2)
    let library = root.host.examineLibraries().facts.first
    #expect(library?.value == .text("/usr/lib/wsl/lib/libcuda.so.1"))
  }

  @Test func aRightLinuxPasses() throws {
    let root = try FakeRoot.linux()
    #expect(root.host.system == .linux)
    #expect(root.host.examineDeviceNodes().state == .passed)
    #expect(root.host.examineMounts().state == .skipped("only WSL mounts its driver"))
    #expect(root.host.examineLibraries().state == .passed)
  }

  @Test func theSystemIsToldByItsKernel() throws {
    let root = FakeRoot()
    #expect(code(root.host.examinePlatform()) == "G1003")
    try root.write("/proc/sys/kernel/osrelease", "4.4.0-19041-Microsoft\n")
    #expect(root.host.system == .wsl1)
    #expect(code(root.host.examinePlatform()) == "G1001")
    try root.write("/proc/sys/kernel/osrelease", "5.4.72-microsoft-standard-WSL2\n")
    #expect(code(root.host.examinePlatform()) == "G1002")
    try root.write("/proc/sys/kernel/osrelease", "6.9.0-my-own\n")
    #expect(root.host.system == .linux)
    root.environment["WSL_DISTRO_NAME"] = "cuda"
    #expect(root.host.system == .wsl2)
    // What `docker export` leaves in a distribution does not make it a container; what WSL's init makes
    // is in no container.
    try root.write("/run/WSL/1_interop", "")
    try root.write("/.dockerenv", "")
    #expect(root.host.isDistribution)
    try root.remove("/run/WSL")
    #expect(!root.host.isDistribution)
  }

  @Test func noDeviceNodeIsNoGPU() throws {
    let root = try FakeRoot.wsl()
    try root.remove("/dev/dxg")
    #expect(code(root.host.examineDeviceNodes()) == "G1011")
    try root.remove("/run/WSL")
    #expect(code(root.host.examineDeviceNodes()) == "G1012")
    let plain = FakeRoot()
    #expect(code(plain.host.examineDeviceNodes()) == "G1013")
    // The driver is loaded and makes the nodes when a program first asks for them.
    try plain.write("/proc/driver/nvidia/gpus/0000:01:00.0/information", "")
    #expect(plain.host.examineDeviceNodes().state.name == "warned")
    #expect(code(plain.host.examineDeviceNodes()) == "G1018")
    try plain.write("/.dockerenv", "")
    #expect(code(plain.host.examineDeviceNodes()) == "G1012")
    try plain.remove("/.dockerenv")
    try plain.remove("/proc/driver")
    try plain.node("/dev/nvidiactl")
    #expect(code(plain.host.examineDeviceNodes()) == "G1017")
    try plain.node("/dev/nvidia0")
    #expect(code(plain.host.examineDeviceNodes()) == "G1018")
    plain.environment["CUDA_VISIBLE_DEVICES"] = "-1"
    #expect(code(plain.host.examineDeviceNodes()) == "G1016")
    for outcome in [plain.host.examineDeviceNodes(), root.host.examineDeviceNodes()] {
      #expect(Verdict([outcome], isEmulated: false) == .skipped)
    }
  }

  /// CUDA shows what stands before the first item that names no GPU.
  @Test(arguments: [
    ("", "G1016"), ("-1", "G1016"), ("-1,0", "G1016"), ("none", "G1016"), (",0", "G1016"),
    ("NoDevFiles", "G1016"), ("0", nil), ("1,-1", nil), (" 0", nil), ("7", nil),
    ("GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", nil), ("MIG-GPU-8932/1/0", nil),
  ])
  func whatHidesEveryGPUIsNoGPU(_ choice: String, _ expected: String?) throws {
    let root = try FakeRoot.linux()
    root.environment["CUDA_VISIBLE_DEVICES"] = choice
    let outcome = root.host.examineDeviceNodes()
    #expect(code(outcome) == expected)
    #expect(Verdict([outcome], isEmulated: false) == .skipped)
    #expect(root.host.examineDeviceNodes(for: .directml).trouble?.code != "G1016")
  }

  /// Windows' own drivers have folders in `nv…` too.
  @Test func windowsWithoutADriverOfNVIDIAsIsNoGPU() throws {
    let root = try FakeRoot.wsl()
    try root.remove("/usr/lib/wsl/lib/libcuda.so.1")
    try root.write("/usr/lib/wsl/drivers/nvraid.inf_amd64_0/nvstor.sys", "x")
    let without = root.host.examineLibraries()
    #expect(code(without) == "G1031" && without.state.name == "absent")
    #expect(Verdict([without], isEmulated: false) == .skipped)
    try root.write("/usr/lib/wsl/drivers/nv_dispi.inf_amd64/libcuda.so.1.1", "x")
    let with = root.host.examineLibraries()
    #expect(code(with) == "G1031" && with.state.name == "failed")
  }

  @Test func aFolderInPlaceOfADeviceFails() throws {
    let root = FakeRoot()
    try root.write("/dev/nvidia0/x", "")
    let outcome = root.host.examineDeviceNodes()
    #expect(code(outcome) == "G1014")
    #expect(Verdict([outcome], isEmulated: false) == .failed)
  }

  @Test func nodesWithoutLibrariesFail() throws {
    let root = try FakeRoot.wsl()
    try root.remove("/usr/lib/wsl/lib")
    #expect(code(root.host.examineMounts()) == "G1021")
    try root.write("/etc/wsl.conf", "[boot]\nsystemd = true\n[GPU]\n Enabled = False\n")
    #expect(code(root.host.examineMounts()) == "G1022")
    try root.write("/etc/wsl.conf", "[gpu]\nenabled=0 # no games\n")
    #expect(code(root.host.examineMounts()) == "G1022")
    try root.write("/usr/lib/wsl/lib/libdxcore.so", "x")
    #expect(code(root.host.examineLibraries()) == "G1031")
    try root.remove("/usr/lib/wsl/drivers")
    #expect(code(root.host.examineMounts()) == "G1023")
    let linux = try FakeRoot.linux()
    try linux.remove(FakeRoot.folder + "/libcuda.so.1")
    #expect(code(linux.host.examineLibraries()) == "G1032")
    try linux.driver("/usr/lib")
    try linux.link(FakeRoot.folder + "/libcuda.so", to: "/usr/lib/libcuda.so.1")
    #expect(linux.host.examineLibraries().state == .passed)
  }

  @Test func filesBakedIntoTheImageAreSeen() throws {
    let root = try FakeRoot.wsl()
    try root.write("/proc/self/mounts", "none /usr/lib/wsl/drivers 9p ro 0 0\n")
    #expect(code(root.host.examineMounts()) == "G1024")
  }

  @Test func anEmptyLibraryIsSeen() throws {
    let root = try FakeRoot.wsl()
    try root.write("/usr/lib/wsl/lib/libcuda.so.1", "")
    #expect(code(root.host.examineLibraries()) == "G1033")
    let linux = try FakeRoot.linux()
    try linux.write(FakeRoot.folder + "/libcuda.so.1", "")
    #expect(code(linux.host.examineLibraries()) == "G1033")
  }

  @Test func aCutOrForeignLibraryIsSeen() throws {
    let root = try FakeRoot.wsl()
    let path = "/usr/lib/wsl/lib/libcuda.so.1"
    var bytes = try root.machine.read(path, limit: .max)
    try root.write(path, Array(bytes.prefix(bytes.count / 2)))
    #expect(code(root.host.examineLibraries()) == "G1034")
    try root.write(path, "not a library, but an error page that somebody downloaded\n")
    #expect(code(root.host.examineLibraries()) == "G1034")
    bytes[18] = 40
    try root.write(path, bytes)
    #expect(root.host.examineLibraries().trouble?.seen.contains("ARM, 32 bits") == true)
    #expect(code(root.host.examineLibraries()) == "G1035")
    let linux = try FakeRoot.linux()
    try linux.write(FakeRoot.folder + "/libcuda.so.1", bytes)
    #expect(code(linux.host.examineLibraries()) == "G1035")
  }

  @Test func aDriverOfTheImagesOwnHidesTheHosts() throws {
    let root = try FakeRoot.wsl()
    try root.driver("/opt/cuda/compat")
    root.environment["LD_LIBRARY_PATH"] = "/nowhere:/opt/cuda/compat"
    #expect(code(root.host.examineLibraries()) == "G1036")
    root.environment = [:]
    #expect(root.host.examineLibraries().state == .passed)
    try root.write("/etc/ld.so.conf.d/000.conf", "/opt/cuda/compat\n")
    try root.configureLoader()
    let outcome = root.host.examineLibraries()
    #expect(code(outcome) == "G1036")
    #expect(outcome.trouble?.seen.contains("/opt/cuda/compat/libcuda.so.1") == true)
  }

  /// Copies and links that people made when WSL's own were not found.
  @Test(arguments: ["/usr/lib/wsl/lib2", "/mnt/c/Windows/System32/lxss/lib"])
  func windowsOwnDriverElsewhereIsTheHosts(_ folder: String) throws {
    let root = try FakeRoot.wsl()
    try root.driver(folder)
    root.environment["LD_LIBRARY_PATH"] = folder
    #expect(root.host.examineLibraries().state == .passed)
  }

  @Test func aLinkToNowhereIsSeen() throws {
    let linux = try FakeRoot.linux()
    try linux.remove(FakeRoot.folder + "/libcuda.so.1")
    try linux.link(FakeRoot.folder + "/libcuda.so.1", to: "libcuda.so.535.1")
    #expect(code(linux.host.examineLibraries()) == "G1043")
  }

  @Test func theLinkWithoutTheSonameIsSeen() throws {
    let root = try FakeRoot.wsl()
    try root.remove(FakeRoot.folder + "/libcuda.so")
    let outcome = root.host.examineLibraries()
    #expect(code(outcome) == "G1041")
    #expect(outcome.allowsMore)
    try root.driver("/opt/stubs")
    try root.link("/opt/stubs/libcuda.so", to: "libcuda.so.1")
    root.environment["LD_LIBRARY_PATH"] = "/usr/lib/wsl/lib:/opt/stubs"
    #expect(code(root.host.examineLibraries()) == "G1044")
    let linux = try FakeRoot.linux()
    try linux.driver("/opt")
    try linux.remove(FakeRoot.folder + "/libcuda.so.1")
    try linux.link(FakeRoot.folder + "/libcuda.so", to: "/opt/libcuda.so.1")
    #expect(code(linux.host.examineLibraries()) == "G1042")
  }

  @Test func anEmptyManagementLibraryIsAWarning() throws {
    let root = try FakeRoot.wsl()
    try root.write(FakeRoot.folder + "/libnvidia-ml.so.1", "")
    let outcome = root.host.examineLibraries()
    #expect(code(outcome) == "G1047")
    #expect(outcome.allowsMore)
  }

  @Test func eachBrokenLinkOfTheLoadersChainIsNamed() throws {
    let root = try FakeRoot.wsl()
    try root.remove("/etc/ld.so.cache")
    #expect(code(root.host.examineLibraries()) == "G1046")
    try root.remove("/etc/ld.so.conf.d/ld.wsl.conf")
    try root.configureLoader()
    // The link in the loader's own folder brings the driver into the cache all the same.
    try root.remove(FakeRoot.folder + "/libcuda.so")
    try root.configureLoader()
    #expect(code(root.host.examineLibraries()) == "G1038")
    try root.write("/etc/ld.so.conf.d/ld.wsl.conf", "/usr/lib/wsl/lib\n")
    #expect(code(root.host.examineLibraries()) == "G1039")
    try root.write("/etc/ld.so.conf.d/ld.wsl.conf", "/usr/lib/wsl\n")
    #expect(code(root.host.examineLibraries()) == "G1049")
    try root.write("/etc/wsl.conf", "[automount]\nldconfig=false\n")
    #expect(code(root.host.examineLibraries()) == "G1048")
    try root.write("/etc/ld.so.conf", "/usr/local/lib\n")
    #expect(code(root.host.examineLibraries()) == "G1040")
    try root.remove("/etc/ld.so.conf.d")
    #expect(code(root.host.examineLibraries()) == "G1037")
  }
}
