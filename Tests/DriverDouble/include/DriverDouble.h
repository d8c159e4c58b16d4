// A libcuda.so.1 for tests: it answers the driver API and runs the PTX that it is given on the CPU,
// one instruction after another. Its device is called "kiln test double", which gpu-smoke-test never
// counts as a GPU.
//
// It is as unkind as a GPU and its driver may be, and says why: memory holds no zeros before it is
// written; what a stream is asked for, and an asynchronous copy of a kernel, is done when it is waited
// for and not before; approximate instructions err. A launch fails that reads or writes outside of what
// it may or unaligned, reads shared memory that was not written, has two threads at one place that
// nothing puts in order, or lanes that do not come to a barrier. Of launches that are all alike the
// first is looked at so closely.
//
// The environment makes it misbehave. It is read at the first call. FUNCTION is the name of an
// exported function as the caller looks it up (`cuLaunchKernel`, `cuMemAlloc_v2`):
//
//   KILN_DOUBLE_INIT=CODE           cuInit returns CODE
//   KILN_DOUBLE_FAIL=FUNCTION:CODE  FUNCTION returns CODE
//   KILN_DOUBLE_CRASH=FUNCTION      FUNCTION raises SIGSEGV
//   KILN_DOUBLE_HANG=FUNCTION       FUNCTION never returns
//   KILN_DOUBLE_WRONG=KERNEL        every launch of KERNEL spoils the first number that it made
//   KILN_DOUBLE_WRONG=memory        one bit in the middle of all that is written to memory sticks:
//                                   by copies from the host and by pattern_write
//   KILN_DOUBLE_WRONG=cublas        cuBLAS doubles products that are not square
//   KILN_DOUBLE_SLOW=MICROSECONDS   a launch takes that much longer
//   KILN_DOUBLE_TICK=MICROSECONDS   events tell the time by the launches: each took that long
//   KILN_DOUBLE_OUT_OF_MEMORY=BYTES no allocation beyond BYTES in all succeeds
//   KILN_DOUBLE_MODULES=NUMBER      no more modules are compiled than that
//   KILN_DOUBLE_MEMORY=BYTES        the device's memory, else 1 GiB
//   KILN_DOUBLE_VERSION=NUMBER      cuDriverGetVersion, else 12080; with its PTX version
//   KILN_DOUBLE_CAPABILITY=X.Y      the compute capability, else 9.0
//   KILN_DOUBLE_DEVICES=NUMBER      devices, else 1; with 0 cuInit returns CUDA_ERROR_NO_DEVICE
//   KILN_DOUBLE_INTEGRATED=1        the device's memory is the host's
//   KILN_DOUBLE_CLOCK=KILOHERTZ     the multiprocessors' clock, else 1000
//   KILN_DOUBLE_CACHE=BYTES         the second-level cache, else 1 MiB
//   KILN_DOUBLE_UNKNOWN=ATTRIBUTE   cuDeviceGetAttribute refuses the attribute of that number
//   KILN_DOUBLE_COUNTS=1            kiln_double_traffic has what a launch's accesses cost
//   KILN_DOUBLE_NAME=TEXT           the device's name
//
// A process that cannot change its environment, as a test among others, loads a copy of the library
// under a path of its own, which is a double of its own, and tells it before the first call:
#ifndef DRIVER_DOUBLE_H
#define DRIVER_DOUBLE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C"
#endif
/// As if the environment had KILN_DOUBLE_`name` with `value`.
__attribute__((visibility("default")))
void kiln_double_set(const char *name, const char *value);

#ifdef __cplusplus
extern "C"
#endif
/// What was last found of a kernel that does what a GPU need not bear; the launch failed with
/// CUDA_ERROR_LAUNCH_FAILED.
__attribute__((visibility("default")))
const char *kiln_double_finding(void);

#ifdef __cplusplus
extern "C"
#endif
/// How often a function of the driver was called.
__attribute__((visibility("default")))
uint64_t kiln_double_calls(const char *function);

#ifdef __cplusplus
extern "C"
#endif
/// What the last launch that was done would cost a GPU: what its warps asked of shared memory that could
/// be done at once, and how many times the banks took for it; how many sectors of 32 bytes what it asked of
/// global memory would fill, and how many it moved.
__attribute__((visibility("default")))
void kiln_double_traffic(uint64_t counts[4]);

#endif
