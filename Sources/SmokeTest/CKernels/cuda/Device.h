// What the kernels need of the CUDA language: clang compiles it for a GPU without any header of
// NVIDIA's.
#pragma once

#include "../include/CKernels.h"

// Memory that a kernel's parameter points to is global: told so, clang emits the faster accesses.
#define GLOBAL __attribute__((address_space(1)))
#define DEVICE static __attribute__((device, always_inline)) inline
#define MEMBER __attribute__((device, always_inline)) inline
#define INLINE __attribute__((device, always_inline))
#define UNROLL(times) _Pragma(STRING(unroll times))
#define STRING(text) #text
#define KERNEL(threads, blocks) \
  extern "C" __attribute__((global, launch_bounds(threads, blocks))) void
#define SHARED __attribute__((shared))
#define EXTERN_SHARED(name) extern SHARED __attribute__((aligned(128))) float name[]

DEVICE int thread_index() { return __nvvm_read_ptx_sreg_tid_x(); }
DEVICE int block_x() { return __nvvm_read_ptx_sreg_ctaid_x(); }
DEVICE int block_y() { return __nvvm_read_ptx_sreg_ctaid_y(); }
DEVICE int block_z() { return __nvvm_read_ptx_sreg_ctaid_z(); }
DEVICE int grid_x() { return __nvvm_read_ptx_sreg_nctaid_x(); }
DEVICE void barrier() { __syncthreads(); }
DEVICE void warp_barrier() { __nvvm_bar_warp_sync(0xFFFFFFFF); }
DEVICE float shuffle_xor(float value, int lanes) {
  return __nvvm_shfl_sync_bfly_f32(0xFFFFFFFF, value, lanes, 31);
}
DEVICE float exp2_fast(float x) { return __nvvm_ex2_approx_ftz_f(x); }
DEVICE float log2_fast(float x) { return __nvvm_lg2_approx_f(x); }
DEVICE float reciprocal(float x) { return __nvvm_rcp_approx_ftz_f(x); }
DEVICE float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
DEVICE void add_to(GLOBAL uint64_t *sum, uint64_t value) {
  asm volatile("red.global.add.u64 [%0], %1;" ::"l"(sum), "l"(value) : "memory");
}
DEVICE void lower_to(GLOBAL uint64_t *lowest, uint64_t value) {
  asm volatile("red.global.min.u64 [%0], %1;" ::"l"(lowest), "l"(value) : "memory");
}

typedef float float4 __attribute__((ext_vector_type(4)));

DEVICE float4 fused(float a, float4 b, float4 c) {
  float4 result = {fused(a, b.x, c.x), fused(a, b.y, c.y), fused(a, b.z, c.z), fused(a, b.w, c.w)};
  return result;
}
typedef GLOBAL float *floats;
typedef GLOBAL const float *const_floats;

DEVICE int lesser(int a, int b) { return a < b ? a : b; }
DEVICE floats floats_at(kernels_address address) { return (floats)address; }
