// The end of a training step: the sums over slices, and the update.
#pragma once

#include "Functions.h"

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
