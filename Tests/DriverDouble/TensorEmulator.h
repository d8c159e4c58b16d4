// What Sources/SmokeTest/CKernels/cuda/Tensor.h says for sm_80, by the PTX manual's tables of which
// lane holds which element.
#pragma once

#include <algorithm>

#include "Emulator.h"

DEVICE void copy_chunk(float *to, const float *from, bool inside) {
  if (inside)
    std::memcpy(to, from, 16);
  else
    std::memset(to, 0, 16);
}
DEVICE void end_of_copies() {}
template <int pending>
DEVICE void wait_for_copies() {}

template <int stride, int count>
DEVICE void read_matrices(const float *at, float (&result)[count][4]) {
  const int lane = thread_index() % 32;
  const float *const *rows = emulator::exchange(at);
  for (int i = 0; i < count; ++i)
    for (int matrix = 0; matrix < 4; ++matrix)
      result[i][matrix] = rows[matrix * 8 + lane / 4][i * stride + lane % 4];
}

/// TF32 has ten bits of mantissa: cvt.rna.tf32 rounds to the nearest, ties away from zero.
DEVICE float rounded(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  bits = (bits + 0x1000) & ~0x1FFFu;
  std::memcpy(&value, &bits, 4);
  return value;
}

/// The fragments that a lane brings to a multiplication, all of a step at once.
template <int columns>
struct Fragments {
  float left[4][4], right[columns][2];
};

template <int columns>
DEVICE void multiply_fragments(float (&sums)[4][columns][4], const float (&left)[4][4],
                               const float (&right)[columns][2]) {
  Fragments<columns> mine;
  for (int m = 0; m < 4; ++m)
    std::transform(left[m], left[m] + 4, mine.left[m], rounded);
  for (int n = 0; n < columns; ++n)
    std::transform(right[n], right[n] + 2, mine.right[n], rounded);
  const Fragments<columns> *lanes = emulator::exchange(mine);
  const int group = thread_index() % 32 / 4, in_group = thread_index() % 4;
  for (int m = 0; m < 4; ++m)
    for (int n = 0; n < columns; ++n)
      for (int i = 0; i < 4; ++i) {
        // Sum i is in row `group`, or eight below it for the last two, and in column 2·in_group, or
        // one beside it. Of the left side lane 4·row + k holds (row, k), (row + 8, k), (row, k +
        // 4), (row + 8, k + 4); of the right side lane 4·column + k holds (k, column), (k + 4,
        // column).
        const int second = i / 2, column = in_group * 2 + i % 2;
        for (int k = 0; k < 8; ++k)
          sums[m][n][i] += lanes[group * 4 + k % 4].left[m][k / 4 * 2 + second] *
                           lanes[column * 4 + k % 4].right[n][k / 4];
      }
}
