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

/// How many bytes a matrix takes in memory.
uint64_t dml_matrix_bytes(dml_matrix matrix);

/// Describes `operation` to DirectML, whose descriptions refer to each other.
com_result dml_create_operation(void *dml, const dml_operation *operation, void **result);

#endif
