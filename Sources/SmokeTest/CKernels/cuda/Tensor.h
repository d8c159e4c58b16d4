// What sm_80 brought: asynchronous copies to shared memory, reading 8 × 8 matrices, and multiplying
// TF32 matrices with a warp.
#pragma once

#include "Device.h"

DEVICE uint32_t shared_address(const float *shared) {
  return (uint32_t)(uintptr_t)(const __attribute__((address_space(3))) float *)shared;
}

/// Copies 16 bytes, or writes zeros and reads nothing.
DEVICE void copy_chunk(float *to, const_floats from, bool inside) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from),
               "r"(inside ? 16 : 0)
               : "memory");
}
DEVICE void end_of_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/// Waits until at most `pending` of the groups of copies before are under way.
template <int pending>
DEVICE void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

/// Reads four 8 × 4 matrices of float32 for each `result`, `stride` floats from one result to the
/// next. Lane 8·i + j tells where row j of matrix i is; lane l gets of each matrix row l / 4,
/// element l % 4.
template <int stride, int count>
DEVICE void read_matrices(const float *at, float (&result)[count][4]) {
  const uint32_t address = shared_address(at);
  UNROLL(4)
  for (int i = 0; i < count; ++i) {
    uint32_t a, b, c, d;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(a), "=r"(b), "=r"(c), "=r"(d)
                 : "r"(address + i * stride * 4)
                 : "memory");
    result[i][0] = __builtin_bit_cast(float, a);
    result[i][1] = __builtin_bit_cast(float, b);
    result[i][2] = __builtin_bit_cast(float, c);
    result[i][3] = __builtin_bit_cast(float, d);
  }
}

/// Rounds to the nearest TF32 number, ties away from zero, as cvt.rna.tf32 does: the multiplication
/// ignores the 13 bits below. An addition has a higher throughput than that instruction.
DEVICE uint32_t rounded(float value) { return __builtin_bit_cast(uint32_t, value) + 0x1000; }

/// sums[m][n] += left[m] · right[n], in each 16 × 8 results from a depth of 8.
template <int columns>
DEVICE void multiply_fragments(float (&sums)[4][columns][4], const float (&left)[4][4],
                               const float (&right)[columns][2]) {
  uint32_t l[4][4], r[columns][2];
  UNROLL(4)
  for (int m = 0; m < 4; ++m)
    UNROLL(4)
    for (int i = 0; i < 4; ++i) l[m][i] = rounded(left[m][i]);
  UNROLL(8)
  for (int n = 0; n < columns; ++n)
    UNROLL(2)
    for (int i = 0; i < 2; ++i) r[n][i] = rounded(right[n][i]);
  UNROLL(4)
  for (int m = 0; m < 4; ++m)
    UNROLL(8)
    for (int n = 0; n < columns; ++n) {
      float(&sum)[4] = sums[m][n];
      asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
          "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
          : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
          : "r"(l[m][0]), "r"(l[m][1]), "r"(l[m][2]), "r"(l[m][3]), "r"(r[n][0]), "r"(r[n][1]));
    }
}
