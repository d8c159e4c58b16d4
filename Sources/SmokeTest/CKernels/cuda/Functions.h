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

/// What the epilogue makes of one sum; for `update` that is the new velocity.
DEVICE float finish(const kernels_product &p, float sum, float extra) {
  switch (p.epilogue) {
    case kernels_epilogue_bias: return sum + extra;
    case kernels_epilogue_bias_tanh: return hyperbolic_tangent(sum + extra);
    case kernels_epilogue_tanh_gradient: return sum * fused(-extra, extra, 1.0f);
    case kernels_epilogue_update: return fused(p.momentum, extra, sum);
    default: return sum;
  }
}

/// Stores four sums of one row, which lie at `staged`, as the epilogue says.
DEVICE void store_sums(const kernels_product &p, const float *staged, int row, int column) {
  if (row >= p.rows || column >= p.columns) return;
  const bool has_matrix =
      p.epilogue == kernels_epilogue_tanh_gradient || p.epilogue == kernels_epilogue_update;
  const bool has_row = p.epilogue == kernels_epilogue_bias || p.epilogue == kernels_epilogue_bias_tanh;
  const int64_t at = ((int64_t)block_z() * p.rows + row) * p.columns + column;
  const floats result = floats_at(p.result) + at;
  const floats extra = floats_at(p.extra) + (has_matrix ? at : column);
  if ((p.columns & 3) == 0 && ((p.result | p.extra) & 15) == 0) {
    const float4 sums = *(const float4 *)staged;
    float4 extras = 0;
    if (has_matrix || has_row) extras = *(GLOBAL const float4 *)extra;
    float4 values = {finish(p, sums.x, extras.x), finish(p, sums.y, extras.y),
                     finish(p, sums.z, extras.z), finish(p, sums.w, extras.w)};
    if (p.epilogue == kernels_epilogue_update) {
      *(GLOBAL float4 *)extra = values;
      values = *(GLOBAL const float4 *)result - p.rate * values;
    }
    *(GLOBAL float4 *)result = values;
    return;
  }
  const int count = p.columns - column < 4 ? p.columns - column : 4;
  for (int i = 0; i < count; ++i) {
    float value = finish(p, staged[i], has_matrix || has_row ? extra[i] : 0.0f);
    if (p.epilogue == kernels_epilogue_update) {
      extra[i] = value;
      value = fused(-p.rate, value, result[i]);
    }
    result[i] = value;
  }
}
