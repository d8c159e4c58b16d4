// DirectML's operators on matrices of float32 numbers, as far as the double has them.
#pragma once

#include "Microsoft.h"

#include <vector>

/// A tensor of four dimensions, the first two of which are 1.
struct Matrix {
  UINT rows = 0, columns = 0;
  /// Between rows, in numbers.
  UINT stride = 0;
  UINT64 bytes = 0;

  size_t count() const { return size_t(rows) * columns; }
};

struct Operation {
  DML_OPERATOR_TYPE type = DML_OPERATOR_INVALID;
  /// One without rows is not there.
  std::vector<Matrix> inputs;
  Matrix output;
  bool transposes[2] = {};
  float alpha = 1, beta = 0;
  bool ends_with_tanh = false;
  float scale = 1, bias = 0;

  /// Whether `description` is one that DirectML takes, and what it says.
  static bool read(const DML_OPERATOR_DESC &description, Operation &operation);

  /// Whether the output may take an input's place.
  bool mayBeInPlace() const { return type != DML_OPERATOR_GEMM && type != DML_OPERATOR_REDUCE; }

  void compute(const std::vector<const float *> &inputs, float *output) const;
};
