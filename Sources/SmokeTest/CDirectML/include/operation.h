#ifndef CDIRECTML_OPERATION_H
#define CDIRECTML_OPERATION_H

#include "dml.h"

/// A matrix of float32 numbers, row after row; there is none where `rows` is 0.
typedef struct {
  uint32_t rows, columns;
  /// Whether one row in memory stands for all.
  bool repeats_row;
} dml_matrix;

/// An operator on matrices, without a pointer in it.
typedef struct {
  dml_operator_type type;
  uint32_t inputs;
  dml_matrix input[dml_most_buffers];
  dml_matrix output;
  /// Of a product: which factors are read columns for rows, and whether the hyperbolic tangent ends it.
  bool transposes[2];
  bool ends_with_tanh;
  /// Of an identity: output = scale · input + bias.
  float scale, bias;
} dml_operation;

/// How many numbers a matrix has in memory.
static inline uint64_t dml_numbers(dml_matrix matrix) {
  return (uint64_t)(matrix.repeats_row ? 1 : matrix.rows) * matrix.columns;
}

static inline dml_matrix dml_input(const dml_operation *operation, size_t index) {
  return operation->input[index];
}

/// left · right.
dml_operation dml_product(uint32_t rows, uint32_t depth, uint32_t columns);

/// For reports, like `GEMM TANH`.
const char *dml_operation_name(const dml_operation *operation);

/// Describes `operation` to DirectML, whose descriptions refer to each other.
com_answer dml_create_operation(void *dml, const dml_operation *operation);

/// The operator's result in float64. Each input begins in `numbers` where `starts` says.
void dml_expect(
    const dml_operation *operation, const float *numbers, const size_t *starts, double *result);

#endif
