// Matrix products in float32 for any device and any size: 128 × 128 results a block of 256 threads,
// 8 × 8 a thread.
#pragma once

#include "Functions.h"

enum : int { tile = 128, deep = 8, tile_stride = tile + 4 };

/// A stored matrix, of which a product reads tiles of `tile` by `deep`. `Along` says whether its
/// rows run along the depth of the product; else they run along the result.
template <bool Along>
struct Operand {
  const_floats elements;
  /// Of the result's rows or columns, and of the depth.
  int wide, end;
  bool aligned;

  /// Where a thread's four elements of a tile lie, in the tile.
  DEVICE int wide_at() { return Along ? thread_index() / 2 : thread_index() % 32 * 4; }
  DEVICE int deep_at() { return Along ? thread_index() % 2 * 4 : thread_index() / 32; }

  MEMBER float4 load(int wide_from, int deep_from, int depth) const {
    const int across = wide_from + wide_at(), down = deep_from + deep_at();
    const_floats from =
        elements + (Along ? (int64_t)across * depth + down : (int64_t)down * wide + across);
    const int left = Along ? end - down : wide - across;
    float4 values = 0;
    if (across >= wide || down >= end) return values;
    if (aligned && left >= 4) return *(GLOBAL const float4 *)from;
    values.x = from[0];
    if (left > 1) values.y = from[1];
    if (left > 2) values.z = from[2];
    if (left > 3) values.w = from[3];
    return values;
  }

  /// Shared tiles run along the result, so that a thread reads four results' factors at once.
  DEVICE void store(float *shared, float4 values) {
    float *to = shared + deep_at() * tile_stride + wide_at();
    if (!Along) {
      *(float4 *)to = values;
      return;
    }
    to[0] = values.x;
    to[tile_stride] = values.y;
    to[2 * tile_stride] = values.z;
    to[3 * tile_stride] = values.w;
  }
};

template <bool LeftAlong, bool RightAlong>
DEVICE void multiply(const kernels_product &p) {
  SHARED float4 buffer[2 * 2 * deep * tile_stride / 4];
  float *const shared = (float *)buffer;
  const int row = block_y() * tile, column = block_x() * tile;
  const int64_t begin = (int64_t)block_z() * p.slice_depth;
  const int end = begin + p.slice_depth < p.depth ? (int)(begin + p.slice_depth) : p.depth;
  const Operand<LeftAlong> left = {
      floats_at(p.left), p.rows, end,
      ((LeftAlong ? p.depth : p.rows) & 3) == 0 && (p.left & 15) == 0};
  const Operand<RightAlong> right = {
      floats_at(p.right), p.columns, end,
      ((RightAlong ? p.depth : p.columns) & 3) == 0 && (p.right & 15) == 0};

  // Eight warps of 32 × 64 results, in each 4 × 8 threads of two by two 4 × 4 squares: what a warp
  // reads of a shared row lies in different banks.
  const int warp = thread_index() / 32, lane = thread_index() % 32;
  const int thread_row = warp / 2 * 32 + lane / 8 * 4, thread_column = warp % 2 * 64 + lane % 8 * 4;
  float4 sums[8][2] = {};
  float4 next_left = left.load(row, (int)begin, p.depth);
  float4 next_right = right.load(column, (int)begin, p.depth);
  int half = 0;
  for (int from = (int)begin; from < end; from += deep) {
    float *const lefts = shared + half, *const rights = lefts + deep * tile_stride;
    left.store(lefts, next_left);
    right.store(rights, next_right);
    barrier();
    next_left = left.load(row, from + deep, p.depth);
    next_right = right.load(column, from + deep, p.depth);
    UNROLL(1)
    for (int k = 0; k < deep; ++k) {
      const float *l = lefts + k * tile_stride + thread_row;
      const float *r = rights + k * tile_stride + thread_column;
      const float4 factors[2] = {*(const float4 *)l, *(const float4 *)(l + 16)};
      const float4 right_low = *(const float4 *)r, right_high = *(const float4 *)(r + 32);
      UNROLL(8)
      for (int i = 0; i < 8; ++i) {
        sums[i][0] = fused(factors[i / 4][i % 4], right_low, sums[i][0]);
        sums[i][1] = fused(factors[i / 4][i % 4], right_high, sums[i][1]);
      }
    }
    half = 2 * deep * tile_stride - half;
  }

  // The epilogue is written once: each turn takes every thread's first row and moves the others up.
  UNROLL(1)
  for (int i = 0; i < 8; ++i) {
    barrier();
    float *to = shared + (warp / 2 * 4 + lane / 8) * tile_stride + thread_column;
    *(float4 *)to = sums[0][0];
    *(float4 *)(to + 32) = sums[0][1];
    barrier();
    // Of the 16 rows here a warp stores one, and one 64 rows below it.
    const int result = warp / 4 * 32 + i / 4 * 16 + warp % 4 * 4 + i % 4;
    store_sums<2>(p, shared + warp * tile_stride + lane * 4, 8 * tile_stride, row + result, 64,
                  column + lane * 4);
    UNROLL(7)
    for (int j = 0; j < 7; ++j) {
      sums[j][0] = sums[j + 1][0];
      sums[j][1] = sums[j + 1][1];
    }
  }
}
