// A network with many classes: their loss, and sums over rows; and what follows cuBLAS's products.
#pragma once

#include "Functions.h"

/// A warp takes a row.
KERNEL(256, 1) softmax(kernels_softmax p) {
  SHARED float losses[8];
  const int warp = thread_index() / 32, lane = thread_index() % 32;
  const int row = block_x() * 8 + warp;
  const float scale = 1.0f / (float)p.batch;
  float loss = 0;
  if (row < p.batch) {
    const const_floats logits = floats_at(p.logits) + (int64_t)row * p.classes;
    const floats gradient = floats_at(p.gradient) + (int64_t)row * p.classes;
    const int label = ((GLOBAL const int32_t *)p.labels)[row];
    const float wanted = logits[label];
    float largest = -3.4e38f, total = 0;
    for (int c = lane; c < p.classes; c += 32) largest = logits[c] > largest ? logits[c] : largest;
    for (int lanes = 16; lanes > 0; lanes /= 2) {
      const float other = shuffle_xor(largest, lanes);
      largest = other > largest ? other : largest;
    }
    for (int c = lane; c < p.classes; c += 32) total += exponential(logits[c] - largest);
    for (int lanes = 16; lanes > 0; lanes /= 2) total += shuffle_xor(total, lanes);
    // The gradient may overwrite the logits: all lanes have read what they need of others.
    warp_barrier();
    const float share = reciprocal(total);
    for (int c = lane; c < p.classes; c += 32)
      gradient[c] = (exponential(logits[c] - largest) * share - (c == label ? 1.0f : 0.0f)) * scale;
    loss = (logarithm(total) + largest - wanted) * scale;
  }
  if (lane == 0) losses[warp] = loss;
  barrier();
  if (thread_index() != 0) return;
  for (int w = 1; w < 8; ++w) loss += losses[w];
  floats_at(p.losses)[block_x()] = loss;
}

KERNEL(256, 1) column_sums(kernels_column_sums p) {
  const int column = block_x() * 256 + thread_index();
  if (column >= p.columns) return;
  const int begin = block_y() * p.slice_rows;
  const int end = begin + p.slice_rows < p.rows ? begin + p.slice_rows : p.rows;
  const const_floats from = floats_at(p.matrix) + column;
  float sum = 0;
  UNROLL(4)
  for (int row = begin; row < end; ++row) sum += from[(int64_t)row * p.columns];
  floats_at(p.partials)[(int64_t)block_y() * p.columns + column] = sum;
}

KERNEL(256, 4) activate(kernels_activate p) {
  const int column = block_x() * 256 + thread_index();
  if (column >= p.columns) return;
  const int begin = block_y() * p.slice_rows;
  const int end = begin + p.slice_rows < p.rows ? begin + p.slice_rows : p.rows;
  const float bias = floats_at(p.biases)[column];
  const floats numbers = floats_at(p.matrix) + column;
  UNROLL(4)
  for (int row = begin; row < end; ++row) {
    const int64_t at = (int64_t)row * p.columns;
    numbers[at] = hyperbolic_tangent(numbers[at] + bias);
  }
}
