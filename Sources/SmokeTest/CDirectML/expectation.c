#include "CDirectML.h"

// log1p and expm1: exp and log themselves are too new for the oldest systems (GLIBC_2.29).
#include <math.h>

dml_place dml_place_operation(const dml_operation *operation, bool in_place) {
  dml_place place = {};
  for (size_t i = 0; i <= operation->inputs; i++) {
    const bool is_output = i == operation->inputs;
    place.count[i] = dml_numbers(is_output ? operation->output : operation->input[i]);
    if (is_output && in_place) continue;
    place.start[i] = place.total;
    place.total += dml_aligned(place.count[i]);
  }
  return place;
}

void dml_fill_inputs(
    const dml_operation *operation, const dml_place *place, uint64_t seed, float *numbers) {
  for (size_t i = 0; i < place->total; i++) numbers[i] = NAN;
  for (size_t i = 0; i < operation->inputs; i++)
    com_fill_noise(numbers + place->start[i], place->count[i], seed + i);
}

double dml_distance(const float *got, const double *wanted, size_t count, size_t *index) {
  double worst = 0;
  for (size_t i = 0; i < count; i++) {
    const double distance = fabs(got[i] - wanted[i]) / fmax(1, fabs(wanted[i]));
    if (distance <= worst) continue;
    *index = i;
    worst = distance;
    if (isnan(distance)) break;
  }
  return worst;
}

static void multiply(
    const dml_operation *operation, const dml_place *place, const float *numbers, double *result) {
  const float *a = numbers + place->start[0], *b = numbers + place->start[1];
  const size_t rows = operation->output.rows, columns = operation->output.columns;
  const size_t depth =
      operation->transposes[0] ? operation->input[0].rows : operation->input[0].columns;
  for (size_t row = 0; row < rows; row++) {
    double *sums = result + row * columns;
    for (size_t column = 0; column < columns; column++)
      sums[column] = operation->input[2].rows ? numbers[place->start[2] + column] : 0;
    // The columns inside: down a column of b each number is on another line of the cache.
    for (size_t k = 0; k < depth; k++) {
      const double left = a[operation->transposes[0] ? k * rows + row : row * depth + k];
      for (size_t column = 0; column < columns; column++)
        sums[column] += left * b[operation->transposes[1] ? column * depth + k : k * columns + column];
    }
    if (operation->ends_with_tanh)
      for (size_t column = 0; column < columns; column++) sums[column] = tanh(sums[column]);
  }
}

void dml_expect(
    const dml_operation *operation, const dml_place *place, const float *numbers, double *result) {
  const float *a = numbers + place->start[0], *b = numbers + place->start[1];
  const size_t columns = operation->output.columns;
  if (operation->type == dml_gemm_operator) return multiply(operation, place, numbers, result);
  if (operation->type == dml_reduce_operator)
    for (size_t i = 0; i < columns; i++) result[i] = 0;
  const size_t count = dml_numbers(operation->input[0]);
  for (size_t i = 0; i < count; i++) {
    switch (operation->type) {
      case dml_identity_operator: result[i] = (double)a[i] * operation->scale + operation->bias; break;
      case dml_add_operator: result[i] = (double)a[i] + b[i]; break;
      case dml_multiply_operator: result[i] = (double)a[i] * b[i]; break;
      case dml_subtract_operator: result[i] = (double)a[i] - b[i]; break;
      case dml_tanh_operator: result[i] = tanh(a[i]); break;
      case dml_softmax_operator: result[i] = expm1(a[i]) + 1; break;
      case dml_reduce_operator: result[i % columns] += a[i]; break;
      case dml_gemm_operator: break;
    }
  }
  if (operation->type != dml_softmax_operator) return;
  for (size_t start = 0; start < count; start += columns) {
    double total = 0;
    for (size_t i = 0; i < columns; i++) total += result[start + i];
    for (size_t i = 0; i < columns; i++) result[start + i] /= total;
  }
}
