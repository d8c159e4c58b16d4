// Start-up, devices, contexts, modules.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "Driver.h"
#include "include/DriverDouble.h"

bool is_initialized = false;
thread_local CUcontext current_context = nullptr;

namespace {

Context primary_context;

bool is_device(CUdevice device) { return device >= 0 && device < faults().devices; }

struct ErrorText {
  CUresult code;
  const char *name, *text;
};
const ErrorText errors[] = {
    {success, "CUDA_SUCCESS", "no error"},
    {invalid_value, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {out_of_memory, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {not_initialized, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {CUresult(34), "CUDA_ERROR_STUB_LIBRARY", "CUDA driver is a stub library"},
    {CUresult(35), "CUDA_ERROR_INSUFFICIENT_DRIVER",
     "driver version is insufficient for runtime version"},
    {no_device, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {invalid_device, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {invalid_context, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {no_binary_for_gpu, "CUDA_ERROR_NO_BINARY_FOR_GPU",
     "no kernel image is available for execution on the device"},
    {CUresult(214), "CUDA_ERROR_ECC_UNCORRECTABLE", "uncorrectable ECC error encountered"},
    {invalid_ptx, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {unsupported_ptx_version, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
     "the provided PTX was compiled with an unsupported toolchain."},
    {CUresult(304), "CUDA_ERROR_OPERATING_SYSTEM",
     "OS call failed or operation not supported on this OS"},
    {invalid_handle, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {not_found, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {not_ready, "CUDA_ERROR_NOT_READY", "device not ready"},
    {CUresult(700), "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {launch_out_of_resources, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
     "too many resources requested for launch"},
    {CUresult(702), "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"},
    {launch_failed, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {CUresult(803), "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
     "system has unsupported display driver / cuda driver combination"},
    {CUresult(804), "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
     "forward compatibility was attempted on non supported HW"},
    {stream_capture_unsupported, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED",
     "operation not permitted when stream is capturing"},
    {stream_capture_invalidated, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
     "operation failed due to a previous error during capture"},
    {CUresult(999), "CUDA_ERROR_UNKNOWN", "unknown error"},
};

}  // namespace

/// By function.
static auto &calls = *new std::map<std::string, uint64_t>;
static std::mutex calls_lock;

uint64_t kiln_double_calls(const char *function) {
  std::lock_guard guard(calls_lock);
  return calls[function];
}

CUresult enter(const char *function, bool needs_context) {
  {
    std::lock_guard guard(calls_lock);
    ++calls[function];
  }
  const Faults &asked = faults();
  if (asked.crashing == function) raise(SIGSEGV);
  while (asked.hanging == function) pause();
  if (asked.failing == function) return CUresult(asked.failure);
  const bool starts = std::strcmp(function, "cuInit") == 0 ||
                      std::strcmp(function, "cuDriverGetVersion") == 0;
  if (!is_initialized && !starts) return not_initialized;
  return needs_context && !current_context ? invalid_context : success;
}

API cuInit(unsigned flags) {
  ENTER(cuInit);
  REQUIRE(flags == 0, invalid_value);
  if (faults().initialization != 0) return CUresult(faults().initialization);
  REQUIRE(faults().devices > 0, no_device);
  is_initialized = true;
  return success;
}

API cuDriverGetVersion(int *version) {
  ENTER(cuDriverGetVersion);
  *version = faults().version;
  return success;
}

API cuGetErrorName(CUresult code, const char **text) {
  *text = nullptr;
  for (const ErrorText &error : errors)
    if (error.code == code) *text = error.name;
  return *text ? success : invalid_value;
}

API cuGetErrorString(CUresult code, const char **text) {
  *text = nullptr;
  for (const ErrorText &error : errors)
    if (error.code == code) *text = error.text;
  return *text ? success : invalid_value;
}

API cuDeviceGetCount(int *count) {
  ENTER(cuDeviceGetCount);
  *count = faults().devices;
  return success;
}

API cuDeviceGet(CUdevice *device, int ordinal) {
  ENTER(cuDeviceGet);
  REQUIRE(is_device(ordinal), invalid_device);
  *device = ordinal;
  return success;
}

API cuDeviceGetName(char *name, int size, CUdevice device) {
  ENTER(cuDeviceGetName);
  REQUIRE(is_device(device) && size > 0, invalid_value);
  std::snprintf(name, static_cast<size_t>(size), "%s", faults().name.c_str());
  return success;
}

API cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
  ENTER(cuDeviceTotalMem_v2);
  REQUIRE(is_device(device), invalid_device);
  *bytes = faults().memory;
  return success;
}

API cuDeviceGetUuid_v2(unsigned char *uuid, CUdevice device) {
  ENTER(cuDeviceGetUuid_v2);
  REQUIRE(is_device(device), invalid_device);
  for (int i = 0; i < 16; ++i) uuid[i] = static_cast<unsigned char>(i);
  uuid[15] = static_cast<unsigned char>(device);
  return success;
}

API cuDeviceGetUuid(unsigned char *uuid, CUdevice device) {
  ENTER(cuDeviceGetUuid);
  return cuDeviceGetUuid_v2(uuid, device);
}

API cuDeviceGetPCIBusId(char *text, int size, CUdevice device) {
  ENTER(cuDeviceGetPCIBusId);
  REQUIRE(is_device(device) && size > 12, invalid_value);
  std::snprintf(text, static_cast<size_t>(size), "0000:%02X:00.0", device + 1);
  return success;
}

API cuDeviceGetLuid(char *luid, unsigned *node_mask, CUdevice device) {
  ENTER(cuDeviceGetLuid);
  REQUIRE(is_device(device), invalid_device);
  std::memset(luid, 0, 8);
  luid[0] = static_cast<char>(device + 1);
  *node_mask = 1;
  return success;
}

API cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
  ENTER(cuDeviceGetAttribute);
  REQUIRE(is_device(device), invalid_device);
  REQUIRE(attribute != faults().unknown, invalid_value);
  const int capability = faults().major * 10 + faults().minor;
  switch (attribute) {
    case 1: *value = 1024; break;                // threads of a block
    case 8: *value = 48 << 10; break;            // shared memory of a block
    case 10: *value = 32; break;                 // threads of a warp
    case 12: *value = 65536; break;              // registers of a block
    case 13: *value = faults().clock; break;     // clock, kHz
    case 16: *value = 2; break;                  // multiprocessors
    case 18: *value = faults().integrated; break;
    case 33: *value = device + 1; break;         // PCI bus
    case 36: *value = 1'000'000; break;          // memory clock, kHz
    case 37: *value = 64; break;                 // memory bus, bits
    case 38: *value = faults().cache; break;     // second-level cache
    case 39: *value = 2048; break;               // threads of a multiprocessor
    case 41: *value = 1; break;                  // unified addresses
    case 75: *value = faults().major; break;
    case 76: *value = faults().minor; break;
    case 97:                                     // shared memory of a block that asks for it
      *value = (capability < 70   ? 48
                : capability < 75 ? 96
                : capability < 80 ? 64
                : capability == 80 || capability == 87 ? 163
                : capability < 90 || capability >= 120 ? 99
                                                       : 227) << 10;
      break;
    default: *value = 0;
  }
  return success;
}

API cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  ENTER(cuDevicePrimaryCtxRetain);
  REQUIRE(is_device(device), invalid_device);
  primary_context.retained += 1;
  *context = &primary_context;
  return success;
}

API cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  ENTER(cuDevicePrimaryCtxRelease_v2);
  REQUIRE(is_device(device), invalid_device);
  REQUIRE(primary_context.retained > 0, invalid_context);
  finish_all();
  if (--primary_context.retained == 0) current_context = nullptr;
  return success;
}

API cuCtxSetCurrent(CUcontext context) {
  ENTER(cuCtxSetCurrent);
  current_context = context;
  return success;
}

API cuCtxGetCurrent(CUcontext *context) {
  ENTER(cuCtxGetCurrent);
  *context = current_context;
  return success;
}

/// Newer drivers load code while a stream is captured, those before CUDA 12.3 do not; whether they do in
/// a relaxed capture is not written down.
API cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned, int *, void **) {
  ENTER_WITH_CONTEXT(cuModuleLoadDataEx);
  if (const CUresult status = refuse_in_capture(); status != success) return status;
  ptx::Module text;
  try {
    text = ptx::read(static_cast<const char *>(image));
  } catch (const ptx::Finding &) {
    return invalid_ptx;
  }
  // CUDA 9.1 brought PTX 6.1, 10.0 brought 6.3, 11.0 brought 7.0, and so on.
  const int driver = faults().version / 1000 * 10 + faults().version % 1000 / 10;
  REQUIRE(driver >= (text.version >= 70   ? text.version + 40
                     : text.version >= 63 ? text.version + 37
                                          : text.version + 30),
          unsupported_ptx_version);
  REQUIRE(text.target <= faults().major * 10 + faults().minor, no_binary_for_gpu);
  static uint64_t modules = 0;
  REQUIRE(++modules <= faults().modules, out_of_memory);
  *module = new Module{std::move(text), {}};
  return success;
}

API cuModuleLoadData(CUmodule *module, const void *image) {
  ENTER_WITH_CONTEXT(cuModuleLoadData);
  return cuModuleLoadDataEx(module, image, 0, nullptr, nullptr);
}

API cuModuleUnload(CUmodule module) {
  ENTER_UNLESS_CAPTURING(cuModuleUnload);
  finish_all();
  delete module;
  return success;
}

API cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  ENTER_WITH_CONTEXT(cuModuleGetFunction);
  const auto kernel = module->text.kernels.find(name);
  REQUIRE(kernel != module->text.kernels.end(), not_found);
  *function = &module->functions.try_emplace(name, Function{&kernel->second}).first->second;
  return success;
}

API cuFuncSetAttribute(CUfunction function, int attribute, int value) {
  ENTER_WITH_CONTEXT(cuFuncSetAttribute);
  if (attribute != 8) return success;  // only the dynamic shared memory matters here
  int most = 0;
  cuDeviceGetAttribute(&most, 97, 0);
  REQUIRE(value >= 0 && value <= most, invalid_value);
  function->allowed_shared_bytes = static_cast<uint32_t>(value);
  return success;
}

API cuFuncGetAttribute(int *value, int attribute, CUfunction function) {
  ENTER_WITH_CONTEXT(cuFuncGetAttribute);
  *value = attribute == 8   ? static_cast<int>(function->allowed_shared_bytes)
           : attribute == 0 ? 1024
                            : 0;
  return success;
}
