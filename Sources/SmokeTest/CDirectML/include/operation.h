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

/// Direct3D and DirectML want what they work with to begin at such multiples of bytes.
enum { dml_alignment = 256 };

/// `count` numbers with the room up to where the next may begin.
static inline size_t dml_aligned(size_t count) {
  const size_t unit = dml_alignment / sizeof(float);
  return (count + unit - 1) / unit * unit;
}

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

/// Where an operator's inputs and its output are among numbers, for a check of it.
typedef struct {
  size_t start[dml_most_buffers + 1], count[dml_most_buffers + 1];
  size_t total;
} dml_place;

/// Inputs and output, each from a multiple of 256 bytes on; in place, the output is where the first
/// input is.
dml_place dml_place_operation(const dml_operation *operation, bool in_place);

static inline size_t dml_place_start(const dml_place *place, size_t index) {
  return place->start[index];
}
static inline size_t dml_place_count(const dml_place *place, size_t index) {
  return place->count[index];
}

/// Numbers from -1 up to 1 for the inputs, and elsewhere what is no number: what an operator does not
/// write is seen.
void dml_fill_inputs(
    const dml_operation *operation, const dml_place *place, uint64_t seed, float *numbers);

/// The operator's result in float64, of the inputs among `numbers`.
void dml_expect(
    const dml_operation *operation, const dml_place *place, const float *numbers, double *result);

/// The largest distance of two results, absolutely below 1, else relatively; where it is, or where the
/// first one is that is no number.
double dml_distance(const float *got, const double *wanted, size_t count, size_t *index);

#endif
