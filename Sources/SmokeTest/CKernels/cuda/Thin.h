// The output layer of a network with few classes. It is bound by memory, so each kernel reads the
// activations once and makes all that can be made of them.
#pragma once

#include "Functions.h"

enum : int {
  classes_most = kernels_thin_classes,
  output_rows = 32,
  output_deep = 128,
  // Four rows of weights stand in different banks.
  output_stride = classes_most + 4,
};

/// Softmax, loss and gradient of one row, whose `classes` logits become its gradient, times
/// `scale`.
DEVICE float cross_entropy(float *logits, int classes, int label, float scale) {
  float largest = logits[0], total = 0;
  const float wanted = logits[label];
  for (int c = 1; c < classes; ++c) largest = logits[c] > largest ? logits[c] : largest;
  for (int c = 0; c < classes; ++c) {
    logits[c] = exponential(logits[c] - largest);
    total += logits[c];
  }
  const float share = reciprocal(total);
  for (int c = 0; c < classes; ++c)
    logits[c] = (logits[c] * share - (c == label ? 1.0f : 0.0f)) * scale;
  return (logarithm(total) + largest - wanted) * scale;
}

/// A warp makes four rows: its lanes share the depth, then the sums are added through shared
/// memory.
KERNEL(256, 1) thin_output(kernels_thin_output p) {
  SHARED float4 weight_tiles[2][output_deep * output_stride / 4];
  SHARED float partial[8][classes_most][33];
  SHARED float logits[output_rows][classes_most + 1];
  SHARED float losses[output_rows];
  const int warp = thread_index() / 32, lane = thread_index() % 32;
  const int first_row = block_x() * output_rows;
  const const_floats weights = floats_at(p.weights);
  const int row = first_row + warp * 4;

  float sums[4][classes_most] = {};
  float next[4][4];
  // What lies beyond the last row is dropped later, what lies beyond the depth meets zero weights.
  const_floats rows[4];
  UNROLL(4)
  for (int r = 0; r < 4; ++r)
    rows[r] = floats_at(p.activations) + (int64_t)lesser(row + r, p.batch - 1) * p.hidden;
  const auto load_activations = [&] INLINE (int from) {
    UNROLL(4)
    for (int step = 0; step < 4; ++step) {
      const int k = lesser(from + step * 32 + lane, p.hidden - 1);
      UNROLL(4)
      for (int r = 0; r < 4; ++r) next[step][r] = rows[r][k];
    }
  };
  // A thread loads one class of every sixteenth row.
  const int loaded_class = thread_index() % classes_most;
  const int loaded_row = thread_index() / classes_most;
  const const_floats loaded = weights + lesser(loaded_class, p.classes - 1);
  const auto load_weights = [&] INLINE (int from, float *tile) {
    float values[output_deep / 16];
    UNROLL(8)
    for (int i = 0; i < output_deep / 16; ++i) {
      const int k = from + loaded_row + i * 16;
      values[i] = loaded[(int64_t)lesser(k, p.hidden - 1) * p.classes];
      if (k >= p.hidden || loaded_class >= p.classes) values[i] = 0;
    }
    UNROLL(8)
    for (int i = 0; i < output_deep / 16; ++i)
      tile[(loaded_row + i * 16) * output_stride + loaded_class] = values[i];
  };
  load_activations(0);
  load_weights(0, (float *)weight_tiles[0]);
  int half = 0;
  for (int from = 0; from < p.hidden; from += output_deep) {
    barrier();
    float now[4][4];
    UNROLL(4)
    for (int step = 0; step < 4; ++step)
      UNROLL(4)
      for (int r = 0; r < 4; ++r) now[step][r] = next[step][r];
    if (from + output_deep < p.hidden) {
      load_activations(from + output_deep);
      load_weights(from + output_deep, (float *)weight_tiles[1 - half]);
    }
    UNROLL(4)
    for (int step = 0; step < 4; ++step) {
      const float4 *w = weight_tiles[half] + (step * 32 + lane) * (output_stride / 4);
      UNROLL(4)
      for (int q = 0; q < 4; ++q)
        UNROLL(4)
        for (int r = 0; r < 4; ++r)
          UNROLL(4)
          for (int c = 0; c < 4; ++c)
            sums[r][q * 4 + c] = fused(now[step][r], w[q][c], sums[r][q * 4 + c]);
    }
    half = 1 - half;
  }

  UNROLL(4)
  for (int r = 0; r < 4; ++r) {
    barrier();
    UNROLL(16)
    for (int c = 0; c < classes_most; ++c) partial[warp][c][lane] = sums[r][c];
    barrier();
    if (thread_index() < 8 * classes_most) {
      const int w = thread_index() / classes_most, c = thread_index() % classes_most;
      float sum = c < p.classes ? floats_at(p.biases)[c] : 0.0f;
      UNROLL(8)
      for (int i = 0; i < 32; ++i) sum += partial[w][c][i];
      logits[w * 4 + r][c] = sum;
    }
  }
  barrier();

  if (thread_index() < output_rows) {
    const int r = thread_index();
    losses[r] = 0;
    if (first_row + r < p.batch) {
      const int label = ((GLOBAL const int32_t *)p.labels)[first_row + r];
      losses[r] = cross_entropy(logits[r], p.classes, label, 1.0f / (float)p.batch);
    }
  }
  barrier();
  for (int i = thread_index(); i < output_rows * classes_most; i += 256) {
    const int r = i / classes_most, c = i % classes_most;
    if (first_row + r < p.batch)
      floats_at(p.gradient)[(int64_t)first_row * classes_most + i] =
          c < p.classes ? logits[r][c] : 0.0f;
  }
  const int here = lesser(p.batch - first_row, output_rows);
  if (thread_index() < p.classes) {
    float sum = 0;
    for (int r = 0; r < here; ++r) sum += logits[r][thread_index()];
    floats_at(p.bias_partials)[block_x() * p.classes + thread_index()] = sum;
  }
  if (thread_index() == 32) {
    float sum = 0;
    for (int r = 0; r < output_rows; ++r) sum += losses[r];
    floats_at(p.losses)[block_x()] = sum;
  }
}

/// A thread makes two columns of all rows of a slice, with their weights and the weights' gradients
/// in registers.
KERNEL(128, 4) thin_hidden(kernels_thin_hidden p) {
  SHARED float4 gradient[32][4];
  const int columns[2] = {block_x() * 256 + thread_index(), block_x() * 256 + 128 + thread_index()};
  const int begin = block_y() * p.slice_rows;
  const int end = begin + p.slice_rows < p.batch ? begin + p.slice_rows : p.batch;
  const const_floats activations = floats_at(p.activations);
  const floats hidden_gradient = floats_at(p.hidden_gradient);

  // With all classes there are, a thread's numbers are whole float4s: a fourth of the accesses, which a
  // short slice has more of than of anything else.
  const bool whole = p.classes == classes_most;
  float weights[2][classes_most] = {}, sums[2][classes_most] = {}, biases[2] = {};
  const const_floats all_weights = floats_at(p.weights);
  if (whole) {
    UNROLL(2)
    for (int j = 0; j < 2; ++j)
      if (columns[j] < p.hidden)
        UNROLL(4)
        for (int q = 0; q < 4; ++q) {
          const float4 four = ((GLOBAL const float4 *)all_weights)[(int64_t)columns[j] * 4 + q];
          UNROLL(4)
          for (int c = 0; c < 4; ++c) weights[j][q * 4 + c] = four[c];
        }
  } else {
    UNROLL(2)
    for (int j = 0; j < 2; ++j)
      UNROLL(16)
      for (int c = 0; c < classes_most; ++c)
        if (columns[j] < p.hidden && c < p.classes)
          weights[j][c] = all_weights[(int64_t)columns[j] * p.classes + c];
  }
  // Two rows ahead. What lies beyond the last row meets a zero gradient. Beyond the last column is
  // nothing to read: another thread's column may be written meanwhile, where the gradient takes its
  // place.
  float next[2][2] = {};
  const auto load = [&] INLINE (int row) {
    UNROLL(2)
    for (int j = 0; j < 2; ++j)
      if (columns[j] < p.hidden)
        UNROLL(2)
        for (int r = 0; r < 2; ++r)
          next[r][j] = activations[(int64_t)lesser(row + r, end - 1) * p.hidden + columns[j]];
  };
  load(begin);
  for (int from = begin; from < end; from += 32) {
    const int row = from + thread_index() / 4;
    barrier();
    float4 values = 0;
    if (row < end)
      values = ((GLOBAL const float4 *)p.gradient)[(int64_t)row * 4 + thread_index() % 4];
    gradient[thread_index() / 4][thread_index() % 4] = values;
    barrier();
    UNROLL(1)
    for (int first = 0; first < 32; first += 2) {
      float now[2][2] = {{next[0][0], next[0][1]}, {next[1][0], next[1][1]}};
      load(from + first + 2);
      UNROLL(2)
      for (int r = 0; r < 2; ++r) {
        float through[2] = {};
        UNROLL(4)
        for (int q = 0; q < 4; ++q) {
          const float4 g = gradient[first + r][q];
          UNROLL(4)
          for (int c = 0; c < 4; ++c)
            UNROLL(2)
            for (int j = 0; j < 2; ++j) {
              through[j] = fused(g[c], weights[j][q * 4 + c], through[j]);
              sums[j][q * 4 + c] = fused(g[c], now[r][j], sums[j][q * 4 + c]);
            }
        }
        UNROLL(2)
        for (int j = 0; j < 2; ++j) {
          const float result = through[j] * fused(-now[r][j], now[r][j], 1.0f);
          biases[j] += result;
          if (from + first + r < end && columns[j] < p.hidden)
            hidden_gradient[(int64_t)(from + first + r) * p.hidden + columns[j]] = result;
        }
      }
    }
  }
  UNROLL(2)
  for (int j = 0; j < 2; ++j) {
    if (columns[j] >= p.hidden) continue;
    const int64_t at = (int64_t)block_y() * p.hidden + columns[j];
    floats_at(p.bias_partials)[at] = biases[j];
    const floats to = floats_at(p.weight_partials) + at * p.classes;
    if (whole) {
      UNROLL(4)
      for (int q = 0; q < 4; ++q) {
        const float *four = &sums[j][q * 4];
        ((GLOBAL float4 *)to)[q] = float4{four[0], four[1], four[2], four[3]};
      }
    } else {
      UNROLL(16)
      for (int c = 0; c < classes_most; ++c)
        if (c < p.classes) to[c] = sums[j][c];
    }
  }
}
