#ifndef CDIRECTML_TRAINING_H
#define CDIRECTML_TRAINING_H

#include "operation.h"

/// What is trained, and how.
typedef struct {
  uint32_t batch, inputs, hidden, classes;
  float learning_rate, momentum;
} dml_plan;

/// What a training step works with, each a part of one buffer: A = tanh(X·W₁ + b₁),
/// P = softmax(A·W₂ + b₂), S = (P − Y) / batch, and back from there.
enum {
  dml_nothing,
  /// Of each step its own: the rows, 1 where the label is, the probabilities.
  dml_x,
  dml_y,
  dml_p,
  dml_a,
  dml_da,
  dml_q,
  dml_z,
  dml_s,
  /// The parameters, their velocities and gradients as one row each, so that momentum and descent are
  /// four operators and not sixteen.
  dml_w,
  dml_v,
  dml_g,
  dml_descent,
  /// Parts of those rows.
  dml_w1,
  dml_b1,
  dml_w2,
  dml_b2,
  dml_g_w1,
  dml_g_b1,
  dml_g_w2,
  dml_g_b2,
  dml_parts
};

/// In float32 numbers; between parts there is room, since a tensor begins at a multiple of 256 bytes.
typedef struct {
  size_t start[dml_parts], count[dml_parts];
  /// How far apart the parts of two steps are; 0 for what all steps share.
  size_t stride[dml_parts];
  size_t total;
} dml_layout;

dml_layout dml_lay_out(const dml_plan *plan, uint32_t steps);

/// What the buffer begins with: samples, parameters (biases are 0), no velocity, and elsewhere what is no
/// number, so that what is read before it was written is seen.
void dml_fill_training(
    const dml_plan *plan, const dml_layout *layout, uint32_t steps, const float *rows,
    const int32_t *labels, const float *hidden_weights, const float *output_weights,
    float *numbers);

/// Of one step, by its probabilities.
float dml_mean_loss(const dml_plan *plan, const float *probabilities, const int32_t *labels);

/// Where a part begins, and of a step its own.
static inline size_t dml_start(const dml_layout *layout, size_t part, size_t step) {
  return layout->start[part] + step * layout->stride[part];
}

static inline size_t dml_count(const dml_layout *layout, size_t part) { return layout->count[part]; }

enum { dml_operations = 15, dml_step_length = 17 };

/// One dispatch: which operator, on which parts. A step whose output is its first input works in place.
typedef struct {
  uint8_t operation, input[dml_most_buffers], output;
} dml_step;

/// Each sees what those before it wrote.
extern const dml_step dml_steps[dml_step_length];

static inline size_t dml_step_operation(size_t index) { return dml_steps[index].operation; }
static inline size_t dml_step_input(size_t index, size_t input) {
  return dml_steps[index].input[input];
}
static inline size_t dml_step_output(size_t index) { return dml_steps[index].output; }

/// The operator that steps call `index`.
dml_operation dml_training_operation(const dml_plan *plan, size_t index);

/// The step's inputs, then its output.
static inline size_t dml_step_part(const dml_plan *plan, size_t index, size_t buffer) {
  const uint32_t inputs = dml_training_operation(plan, dml_steps[index].operation).inputs;
  return buffer == inputs ? dml_steps[index].output : dml_steps[index].input[buffer];
}

#endif
