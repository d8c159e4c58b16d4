#include "CExpectation.h"

// log1p and expm1: exp and log themselves are too new for the oldest systems (GLIBC_2.29).
#include <math.h>
#include <string.h>

static float factor(float value, bool rounded) {
  uint32_t bits;
  if (!rounded) return value;
  memcpy(&bits, &value, sizeof bits);
  bits = (bits + 0x1000) & ~0x1FFFu;
  memcpy(&value, &bits, sizeof value);
  return value;
}

void expected_product(
    const float *left, const float *right, size_t rows, size_t columns, size_t depth, size_t each,
    bool rounded, double *results) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t k = 0; k < depth; k++) {
      const double a = factor(left[row * depth + k], rounded);
      double *result = results + (k / each * rows + row) * columns;
      for (size_t i = 0; i < columns; i++) result[i] += a * factor(right[k * columns + i], rounded);
    }
  }
}

void expected_transposition(const float *matrix, size_t rows, size_t columns, float *result) {
  for (size_t i = 0; i < rows * columns; i++) result[i % columns * rows + i / columns] = matrix[i];
}

void expected_biases(const float *biases, size_t rows, size_t columns, double *matrix) {
  for (size_t row = 0; row < rows; row++)
    for (size_t i = 0; i < columns; i++) *matrix++ += biases[i];
}

void expected_epilogue(
    kernels_epilogue epilogue, const double *sums, const float *biases, const float *other, size_t rows,
    size_t columns, float rate, float momentum, double *result) {
  for (size_t i = 0, column = 0; i < rows * columns; i++, column = column + 1 < columns ? column + 1 : 0) {
    const double sum = sums[i], biased = sum + biases[column], old = other[i];
    switch (epilogue) {
      case kernels_epilogue_store: result[i] = sum; break;
      case kernels_epilogue_bias: result[i] = biased; break;
      case kernels_epilogue_bias_tanh: result[i] = tanh(biased); break;
      case kernels_epilogue_tanh_gradient: result[i] = sum * (1 - old * old); break;
      case kernels_epilogue_update: result[i] = old - rate * (sum - momentum * old); break;
    }
  }
}

void expected_softmax(
    const int32_t *labels, size_t rows, size_t classes, double *logits, double *losses) {
  for (size_t row = 0; row < rows; row++) {
    double *z = logits + row * classes, largest = z[0], total = 0;
    for (size_t i = 0; i < classes; i++) largest = fmax(largest, z[i]);
    const double label = z[labels[row]];
    for (size_t i = 0; i < classes; i++) total += z[i] = expm1(z[i] - largest) + 1;
    for (size_t i = 0; i < classes; i++) z[i] /= total * rows;
    z[labels[row]] -= 1.0 / rows;
    losses[row] = (log1p(total - 1) + largest - label) / rows;
  }
}

void expected_column_sums(
    const double *matrix, size_t rows, size_t columns, size_t each, double *sums) {
  for (size_t row = 0; row < rows; row++)
    for (size_t i = 0; i < columns; i++) sums[row / each * columns + i] += *matrix++;
}

void expected_hidden_gradient(
    const double *gradient, const float *weights, const float *activations, size_t rows, size_t hidden,
    size_t classes, double *result) {
  for (size_t i = 0; i < rows * hidden; i++) {
    double sum = 0;
    for (size_t k = 0; k < classes; k++)
      sum += gradient[i / hidden * classes + k] * weights[i % hidden * classes + k];
    result[i] = sum * (1 - (double)activations[i] * activations[i]);
  }
}

void expected_weight_gradients(
    const float *activations, const double *gradient, size_t rows, size_t hidden, size_t classes,
    size_t each, double *results) {
  for (size_t row = 0; row < rows; row++) {
    double *result = results + row / each * hidden * classes;
    for (size_t unit = 0; unit < hidden; unit++)
      for (size_t i = 0; i < classes; i++)
        *result++ += (double)activations[row * hidden + unit] * gradient[row * classes + i];
  }
}

void expected_update(
    const float *parameters, const float *velocities, const float *partials, size_t count,
    size_t slices, float rate, float momentum, double *new_velocities, double *new_parameters) {
  for (size_t i = 0; i < count; i++) {
    double velocity = (double)momentum * velocities[i];
    for (size_t slice = 0; slice < slices; slice++) velocity += partials[slice * count + i];
    new_velocities[i] = velocity;
    new_parameters[i] = parameters[i] - rate * velocity;
  }
}
