// Elementary functions without NVIDIA's device library, and the end of every product.
#pragma once

#include "Device.h"

DEVICE float exponential(float x) { return exp2_fast(x * 1.44269504f); }
DEVICE float logarithm(float x) { return log2_fast(x) * 0.693147181f; }

/// Within 2e-7 of the hyperbolic tangent: the series near zero, where 1 − 2 / (e²ˣ + 1) cancels.
DEVICE float hyperbolic_tangent(float x) {
  const float square = x * x;
  float series = fused(square, -0.00886323f, 0.02186949f);
  series = fused(square, series, -0.05396825f);
  series = fused(square, series, 0.13333333f);
  series = fused(square, series, -0.33333333f);
  const float small = fused(x * square, series, x);
  // The exponential overflows to infinity, and the quotient is then zero.
  const float size = __builtin_fabsf(x);
  const float large = fused(-2.0f, reciprocal(exp2_fast(size * 2.88539008f) + 1.0f), 1.0f);
  return size < 0.3f ? small : __builtin_copysignf(large, x);
}

DEVICE float4 hyperbolic_tangent(float4 x) {
  float4 result = {hyperbolic_tangent(x.x), hyperbolic_tangent(x.y), hyperbolic_tangent(x.z),
                   hyperbolic_tangent(x.w)};
  return result;
}

/// What the epilogue makes of one sum; for `update` that is the new velocity.
template <typename Number>
DEVICE Number finish(const kernels_product &p, Number sum, Number extra) {
  switch (p.epilogue) {
    case kernels_epilogue_bias: return sum + extra;
    case kernels_epilogue_bias_tanh: return hyperbolic_tangent(sum + extra);
    case kernels_epilogue_tanh_gradient: return sum - sum * extra * extra;
    case kernels_epilogue_update: return p.momentum * extra + sum;
    default: return sum;
  }
}

/// Stores `count` times four sums as the epilogue says: the first four lie at `staged` and belong
/// to `row` from `column` on, the next ones lie `stride` floats and belong `row_step` rows further.
template <int count>
DEVICE void store_sums(const kernels_product &p, const float *staged, int stride, int row,
                       int row_step, int column) {
  const bool is_update = p.epilogue == kernels_epilogue_update;
  const bool has_matrix = is_update || p.epilogue == kernels_epilogue_tanh_gradient;
  const bool has_extra = p.epilogue != kernels_epilogue_store;
  const int64_t at = ((int64_t)block_z() * p.rows + row) * p.columns + column;
  const int64_t step = (int64_t)row_step * p.columns;
  floats result = floats_at(p.result) + at;
  floats extra = floats_at(p.extra) + (has_matrix ? at : column);
  const bool aligned = (p.columns & 3) == 0 && ((p.result | p.extra) & 15) == 0;
  if (aligned && column < p.columns && row + (count - 1) * row_step < p.rows) {
    // Together, so that the loads are all under way before the first one is waited for.
    float4 sums[count], extras[count];
    UNROLL(4)
    for (int i = 0; i < count; ++i) {
      sums[i] = *(const float4 *)(staged + i * stride);
      extras[i] = 0;
      if (has_extra) extras[i] = *(GLOBAL const float4 *)(extra + (has_matrix ? i * step : 0));
    }
    if (is_update) {
      float4 before[count];
      UNROLL(4)
      for (int i = 0; i < count; ++i) before[i] = *(GLOBAL const float4 *)(result + i * step);
      UNROLL(4)
      for (int i = 0; i < count; ++i) {
        const float4 velocity = p.momentum * extras[i] + sums[i];
        *(GLOBAL float4 *)(extra + i * step) = velocity;
        *(GLOBAL float4 *)(result + i * step) = before[i] - p.rate * velocity;
      }
      return;
    }
    UNROLL(4)
    for (int i = 0; i < count; ++i)
      *(GLOBAL float4 *)(result + i * step) = finish(p, sums[i], extras[i]);
    return;
  }
  const int columns = lesser(p.columns - column, 4);
  UNROLL(1)
  for (int i = 0; i < count * 4; ++i) {
    const int down = i / 4, across = i % 4;
    if (across >= columns || row + down * row_step >= p.rows) continue;
    const int64_t from = down * step + across;
    GLOBAL float &old = extra[has_matrix ? from : across];
    float value = finish(p, staged[down * stride + across], has_extra ? old : 0.0f);
    if (is_update) {
      old = value;
      value = result[from] - p.rate * value;
    }
    result[from] = value;
  }
}
