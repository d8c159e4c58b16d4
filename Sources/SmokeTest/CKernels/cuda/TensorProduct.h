// Matrix products on tensor cores in TF32, from sm_80 on.
//
// A block of eight warps makes 128 rows by 128 or 256 columns, a warp 64 rows by 32 or 64 columns,
// in multiplications of 16 × 8 results over a depth of 8. Tiles 32 deep come to shared memory by
// asynchronous copies of 16 bytes, three in flight, without touching a register.
//
// A stored row of a tile is a line of 16-byte chunks. Lines that run along the depth are read with
// ldmatrix, eight lines at a time; lines that run along the result are read four results at a time,
// and these four belong to four multiplications. Both ways the chunks of a line are permuted by its
// number, so that all that a warp reads at once lies in different banks.
#pragma once

#include "Functions.h"
#include "Tensor.h"

enum : int { block_rows = 128, step_depth = 8, tile_depth = 32, stages = 3, warp_rows = 64 };

/// One side of a product in shared memory: `Wide` lines along the depth, or `tile_depth` lines
/// along the result.
template <bool Along, int Wide>
struct TensorTile {
  enum : int {
    chunks_in_line = Along ? tile_depth / 4 : Wide / 4,
    floats_in_line = 4 * chunks_in_line,
    lines_at_once = 256 / chunks_in_line,
    copies = Wide * tile_depth / 4 / 256,
  };

  /// Where a chunk of a line stands in shared memory. `Permuted` lines are read four apart.
  template <bool Permuted>
  DEVICE int place(int line, int chunk) {
    const int turn = !Along ? line % 4 * 2 : Permuted ? line / 4 % 8 : line % 8;
    return line * floats_in_line + (chunk ^ turn) * 4;
  }

  /// Copies the tile at `wide_from`, `deep_from`, with zeros where the matrix is not. What a thread
  /// copies is the same in every tile.
  template <bool Permuted>
  DEVICE void copy(float *shared, const_floats matrix, int wide, int depth, int wide_from,
                   int deep_from, int deep_end) {
    const int line = thread_index() / chunks_in_line, chunk = thread_index() % chunks_in_line;
    const int across = wide_from + (Along ? line : chunk * 4);
    const int down = deep_from + (Along ? chunk * 4 : line);
    const int length = Along ? depth : wide;
    const_floats from =
        matrix + (int64_t)(Along ? across : down) * length + (Along ? down : across);
    float *to = shared + place<Permuted>(line, chunk);
    // Which of its lines are in the matrix, none when its chunks are beyond the other end.
    const int left = Along ? (down < deep_end ? wide - across : 0)
                           : (across < wide ? deep_end - down : 0);
    // In pairs: unrolled further, the addresses take registers that the sums need.
    UNROLL(2)
    for (int i = 0; i < copies; ++i) {
      copy_chunk(to + i * lines_at_once * floats_in_line, from, i * lines_at_once < left);
      from += (int64_t)lines_at_once * length;
    }
  }
};

/// What a lane holds of 64 rows of the left side at one step of the depth: four multiplications'
/// rows.
template <bool Along>
DEVICE void read_left(const float *shared, int warp_row, int step, float (&left)[4][4]) {
  using Tile = TensorTile<Along, block_rows>;
  const int lane = thread_index() % 32;
  if (Along) {
    const int line = warp_row + lane % 16;
    const float *at = shared + Tile::template place<false>(line, step * 2 + lane / 16);
    read_matrices<16 * Tile::floats_in_line>(at, left);
    return;
  }
  const int chunk = warp_row / 4 + lane / 4;
  UNROLL(2)
  for (int half = 0; half < 2; ++half) {
    const int line = step * step_depth + half * 4 + lane % 4;
    const float *at = shared + Tile::template place<false>(line, chunk);
    UNROLL(2)
    for (int group = 0; group < 2; ++group) {
      // Eight chunks on, the permutation is the same.
      const float4 four = *(const float4 *)(at + group * 32);
      left[group * 2][half * 2] = four.x;
      left[group * 2][half * 2 + 1] = four.y;
      left[group * 2 + 1][half * 2] = four.z;
      left[group * 2 + 1][half * 2 + 1] = four.w;
    }
  }
}

/// The row of the result, within the warp's, of a lane's first (`second` false) or second pair of
/// sums of multiplication `m`: `read_left` says which row that is.
template <bool Along>
DEVICE int row_of(int m, bool second) {
  const int group = thread_index() % 32 / 4;
  return Along ? m * 16 + group + (second ? 8 : 0)
               : m / 2 * 32 + group * 4 + m % 2 * 2 + (second ? 1 : 0);
}

/// The right side, whose multiplications take every fourth of 32 columns: so a lane ends with four
/// neighbouring columns.
template <bool Along, int Wide>
DEVICE void read_right(const float *shared, int warp_column, int step,
                       float (&right)[Wide / 32][2]) {
  using Tile = TensorTile<Along, Wide>;
  const int lane = thread_index() % 32;
  UNROLL(2)
  for (int group = 0; group < Wide / 128; ++group) {
    const int column = warp_column + group * 32;
    if (Along) {
      // Lanes 0 to 7 tell the lines of the first matrix, 8 to 15 of the second, and so on: two
      // multiplications, for each both halves of the step.
      const int line = column + lane % 8 * 4 + lane / 16;
      const float *at = shared + Tile::template place<true>(line, step * 2 + lane / 8 % 2);
      float matrices[2][4];
      read_matrices<2 * Tile::floats_in_line>(at, matrices);
      UNROLL(4)
      for (int j = 0; j < 4; ++j) {
        right[group * 4 + j][0] = matrices[j / 2][j % 2 * 2];
        right[group * 4 + j][1] = matrices[j / 2][j % 2 * 2 + 1];
      }
      continue;
    }
    UNROLL(2)
    for (int half = 0; half < 2; ++half) {
      const int line = step * step_depth + half * 4 + lane % 4;
      const float4 four = *(const float4 *)(
          shared + Tile::template place<false>(line, column / 4 + lane / 4));
      right[group * 4][half] = four.x;
      right[group * 4 + 1][half] = four.y;
      right[group * 4 + 2][half] = four.z;
      right[group * 4 + 3][half] = four.w;
    }
  }
}

template <bool LeftAlong, bool RightAlong, int Columns>
DEVICE void multiply_tensors(const kernels_product &p) {
  using Left = TensorTile<LeftAlong, block_rows>;
  using Right = TensorTile<RightAlong, Columns>;
  enum : int {
    stage_floats = (block_rows + Columns) * tile_depth,
    multiplications = Columns / 32,
    steps = tile_depth / step_depth,
    // With 64 sums a thread two blocks share a multiprocessor, which hides the reading of
    // fragments; with 128 there is one, which has to read ahead of its multiplications.
    ahead = Columns == 256 ? 1 : 0,
  };
  EXTERN_SHARED(shared);
  const int row = block_y() * block_rows, column = block_x() * Columns;
  const int begin = block_z() * p.slice_depth;
  const int end = p.depth - begin > p.slice_depth ? begin + p.slice_depth : p.depth;
  const int warp = thread_index() / 32, lane = thread_index() % 32;
  const int warp_row = warp / 4 * warp_rows, warp_column = warp % 4 * (Columns / 4);

  const auto copy = [&] INLINE (int from, int stage) {
    float *to = shared + stage * stage_floats;
    Left::template copy<false>(to, floats_at(p.left), p.rows, p.depth, row, from, end);
    Right::template copy<true>(to + block_rows * tile_depth, floats_at(p.right), p.columns, p.depth,
                               column, from, end);
  };
  float left[1 + ahead][4][4], right[1 + ahead][multiplications][2];
  const auto read = [&] INLINE (int into, int stage, int step) {
    const float *from = shared + stage * stage_floats;
    read_left<LeftAlong>(from, warp_row, step, left[into]);
    read_right<RightAlong, Columns>(from + block_rows * tile_depth, warp_column, step, right[into]);
  };

  float sums[4][multiplications][4] = {};
  UNROLL(2)
  for (int stage = 0; stage < stages - 1; ++stage) {
    // Past the end nothing is copied but zeros.
    copy(begin + stage * tile_depth, stage);
    end_of_copies();
  }
  wait_for_copies<stages - 2>();
  barrier();
  int reading = 0, writing = stages - 1;
  if (ahead) read(0, 0, 0);
  UNROLL(1)
  for (int from = begin; from < end; from += tile_depth) {
    UNROLL(4)
    for (int step = 0; step < steps; ++step) {
      if (!ahead) read(0, reading, step);
      const bool last = step == steps - 1;
      if (last) {
        // The next tile has arrived, and all warps are about to be done with this one.
        reading = reading == stages - 1 ? 0 : reading + 1;
        wait_for_copies<stages - 2>();
        barrier();
      }
      if (ahead) read((step + 1) % 2, reading, last ? 0 : step + 1);
      const int now = ahead ? step % 2 : 0;
      multiply_fragments<multiplications>(sums, left[now], right[now]);
      if (step == 0) {
        // Into the tile that all warps were done with at the last barrier.
        copy(from + (stages - 1) * tile_depth, writing);
        end_of_copies();
        writing = writing == stages - 1 ? 0 : writing + 1;
      }
    }
  }
  wait_for_copies<0>();
  barrier();

  // Through shared memory, so that the epilogue is written once and whole rows go out.
  const int stride = Columns + 4;
  UNROLL(4)
  for (int m = 0; m < 4; ++m)
    UNROLL(2)
    for (int pair = 0; pair < 2; ++pair) {
      const int down = warp_row + row_of<LeftAlong>(m, pair == 1);
      float *to = shared + down * stride + warp_column + lane % 4 * 8;
      UNROLL(2)
      for (int group = 0; group < Columns / 128; ++group)
        UNROLL(2)
        for (int odd = 0; odd < 2; ++odd) {
          const int c = pair * 2 + odd;
          const float4 four = {sums[m][group * 4][c], sums[m][group * 4 + 1][c],
                               sums[m][group * 4 + 2][c], sums[m][group * 4 + 3][c]};
          *(float4 *)(to + group * 32 + odd * 4) = four;
        }
    }
  barrier();
  const int across = thread_index() * 4 % Columns, down = thread_index() * 4 / Columns;
  enum : int { rows_at_once = 256 * 4 / Columns, turns = Columns == 256 ? 4 : 2 };
  UNROLL(1)
  for (int r = down; r < block_rows; r += turns * rows_at_once)
    store_sums<turns>(p, shared + r * stride + across, rows_at_once * stride, row + r, rows_at_once,
                  column + across);
}

KERNEL(256, 2) product_nn_128(kernels_product p) { multiply_tensors<true, false, 128>(p); }
KERNEL(256, 2) product_tn_128(kernels_product p) { multiply_tensors<false, false, 128>(p); }
KERNEL(256, 2) product_nt_128(kernels_product p) { multiply_tensors<true, true, 128>(p); }
KERNEL(256, 1) product_nn_256(kernels_product p) { multiply_tensors<true, false, 256>(p); }
KERNEL(256, 1) product_tn_256(kernels_product p) { multiply_tensors<false, false, 256>(p); }
