// The rest of a training step: the loss of many classes, sums over rows, and the update.
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

/// The sum over slices of `count` numbers each, for `width` numbers from `first` on, in the threads
/// below `width`: the threads share the slices, and their sums are added two by two.
DEVICE float sum_slices(const_floats partials, int count, int slices, int first, int width) {
  SHARED float sums[256];
  const int at = first + thread_index() % width;
  float sum = 0;
  if (at < count) {
    UNROLL(4)
    for (int slice = thread_index() / width; slice < slices; slice += 256 / width)
      sum += partials[(int64_t)slice * count + at];
  }
  if (width == 256) return sum;
  sums[thread_index()] = sum;
  barrier();
  for (int half = 128; half >= width; half /= 2) {
    if (thread_index() < half) sums[thread_index()] += sums[thread_index() + half];
    barrier();
  }
  return sums[thread_index()];
}

/// Updates `region` if `block` is one of its blocks; else counts them off.
DEVICE bool update_region(const kernels_region &region, const kernels_update &p, int &block) {
  const int blocks = kernels_region_blocks(region.count, region.slices);
  if (block >= blocks) {
    block -= blocks;
    return false;
  }
  const int width = kernels_region_width(region.count, region.slices), first = block * width;
  const float gradient =
      sum_slices(floats_at(region.partials), region.count, region.slices, first, width);
  const int at = first + thread_index();
  if (thread_index() >= width || at >= region.count) return true;
  const floats velocity = floats_at(region.velocity) + at;
  const floats parameter = floats_at(region.parameters) + at;
  *velocity = fused(p.momentum, *velocity, gradient);
  *parameter = fused(-p.rate, *velocity, *parameter);
  return true;
}

KERNEL(256, 1) update(kernels_update p) {
  int block = block_x();
  if (update_region(p.hidden_weights, p, block) || update_region(p.hidden_biases, p, block) ||
      update_region(p.output_weights, p, block) || update_region(p.output_biases, p, block))
    return;
  const float loss = sum_slices(floats_at(p.loss_partials), 1, p.loss_slices, 0, 1);
  if (thread_index() != 0) return;
  GLOBAL int32_t *step = (GLOBAL int32_t *)p.step;
  floats_at(p.losses)[*step] = loss;
  *step += 1;
}
