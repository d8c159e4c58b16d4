// Kernels that pass over memory once.
#pragma once

#include "Device.h"

/// The first index of this thread, and the distance to its next one.
#define FOR_EACH(index, count)                                                   \
  for (uint64_t index = (uint64_t)block_x() * 256 + thread_index(); index < (count); \
       index += (uint64_t)grid_x() * 256)

KERNEL(256, 1) pattern_write(kernels_pattern p) {
  GLOBAL uint64_t *words = (GLOBAL uint64_t *)p.words;
  FOR_EACH(index, p.count) words[index] = kernels_pattern_word(p.seed, index);
}

KERNEL(256, 1) pattern_check(kernels_pattern p) {
  GLOBAL const uint64_t *words = (GLOBAL const uint64_t *)p.words;
  uint64_t wrong = 0, lowest = UINT64_MAX;
  FOR_EACH(index, p.count) {
    if (words[index] == kernels_pattern_word(p.seed, index)) continue;
    wrong += 1;
    lowest = index < lowest ? index : lowest;
  }
  if (wrong == 0) return;
  // Sums and minima of integers do not depend on the order.
  GLOBAL uint64_t *outcome = (GLOBAL uint64_t *)p.outcome;
  add_to(outcome, wrong);
  lower_to(outcome + 1, lowest);
}

KERNEL(256, 1) copy(kernels_copy p) {
  GLOBAL const float4 *from = (GLOBAL const float4 *)p.from;
  GLOBAL float4 *to = (GLOBAL float4 *)p.to;
  const uint64_t stride = (uint64_t)grid_x() * 256;
  uint64_t index = (uint64_t)block_x() * 256 + thread_index();
  // Four loads in flight a thread, before the first store, keep the memory busy.
  for (; index + 3 * stride < p.count; index += 4 * stride) {
    float4 a = from[index], b = from[index + stride];
    float4 c = from[index + 2 * stride], d = from[index + 3 * stride];
    to[index] = a;
    to[index + stride] = b;
    to[index + 2 * stride] = c;
    to[index + 3 * stride] = d;
  }
  for (; index < p.count; index += stride) to[index] = from[index];
}

KERNEL(256, 1) fill(kernels_fill p) {
  floats to = floats_at(p.to);
  FOR_EACH(index, p.count) to[index] = p.value;
}

KERNEL(256, 1) noise(kernels_fill p) {
  floats to = floats_at(p.to);
  FOR_EACH(index, p.count) {
    // 24 bits fit a float32 exactly.
    const int bits = (int)(kernels_pattern_word(p.seed, index) >> 40);
    to[index] = (float)(bits - (1 << 23)) * (1.0f / (1 << 23));
  }
}
