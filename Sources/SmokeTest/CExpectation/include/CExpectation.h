// What CUDA kernels should give for the same numbers, in float64: the arithmetic that CKernels.h
// describes, one number after the other. In C, where it is a third of the code that it is in Swift.
//
// Matrices are row-major without gaps. Sums are added to what is there: zeros.
#ifndef CEXPECTATION_H
#define CEXPECTATION_H

#include <CKernels.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// left · right over each `each` of the depth: as many matrices of `rows × columns`, one after the other.
///
/// `rounded`: the factors first get 10 bits after the binary point, of two nearest numbers the one away
/// from zero, as tensor cores get them (PTX's `cvt.rna.tf32.f32`).
void expected_product(
    const float *left, const float *right, size_t rows, size_t columns, size_t depth, size_t each,
    bool rounded, double *results);

/// The matrix with rows for columns.
void expected_transposition(const float *matrix, size_t rows, size_t columns, float *result);

/// Adds the biases to each row.
void expected_biases(const float *biases, size_t rows, size_t columns, double *matrix);

/// What an epilogue makes of sums. `other` is a matrix like the result: activations, or parameters whose
/// velocities were their negatives.
void expected_epilogue(
    kernels_epilogue epilogue, const double *sums, const float *biases, const float *other, size_t rows,
    size_t columns, float rate, float momentum, double *result);

/// The mean over the rows of log Σ exp(z) − z[label], each row's part of it, and its gradient in the place
/// of z.
void expected_softmax(
    const int32_t *labels, size_t rows, size_t classes, double *logits, double *losses);

/// Sums over each `each` rows.
void expected_column_sums(
    const double *matrix, size_t rows, size_t columns, size_t each, double *sums);

/// (gradient · weightsᵀ) ⊙ (1 − activations²).
void expected_hidden_gradient(
    const double *gradient, const float *weights, const float *activations, size_t rows, size_t hidden,
    size_t classes, double *result);

/// activationsᵀ · gradient over each `each` rows.
void expected_weight_gradients(
    const float *activations, const double *gradient, size_t rows, size_t hidden, size_t classes,
    size_t each, double *results);

/// An update by `slices` partial gradients: the new velocities and the new parameters.
void expected_update(
    const float *parameters, const float *velocities, const float *partials, size_t count,
    size_t slices, float rate, float momentum, double *new_velocities, double *new_parameters);

#endif
