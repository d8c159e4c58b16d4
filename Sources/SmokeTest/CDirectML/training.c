#include "CDirectML.h"

// log1p and expm1: exp and log themselves are too new for the oldest systems (GLIBC_2.29).
#include <math.h>
#include <string.h>

enum {
  hidden,
  output,
  softmax,
  error,
  mean,
  weights_2,
  biases_2,
  back,
  square,
  slope,
  weights_1,
  biases_1,
  momentum,
  add,
  rate
};

const dml_step dml_steps[dml_step_length] = {
    {hidden, {dml_x, dml_w1, dml_b1}, dml_a},
    {output, {dml_a, dml_w2, dml_b2}, dml_z},
    {softmax, {dml_z}, dml_p},
    {error, {dml_p, dml_y}, dml_z},
    {mean, {dml_z}, dml_s},
    {weights_2, {dml_a, dml_s}, dml_g_w2},
    {biases_2, {dml_s}, dml_g_b2},
    {back, {dml_s, dml_w2}, dml_da},
    // The slope of tanh is 1 − tanh².
    {square, {dml_a, dml_a}, dml_q},
    {slope, {dml_q}, dml_q},
    {square, {dml_da, dml_q}, dml_da},
    {weights_1, {dml_x, dml_da}, dml_g_w1},
    {biases_1, {dml_da}, dml_g_b1},
    {momentum, {dml_v}, dml_v},
    {add, {dml_v, dml_g}, dml_v},
    {rate, {dml_v}, dml_descent},
    {add, {dml_w, dml_descent}, dml_w},
};

dml_layout dml_lay_out(const dml_plan *plan, uint32_t steps) {
  const size_t batch = plan->batch;
  const size_t sizes[4] = {
      (size_t)plan->inputs * plan->hidden, plan->hidden, (size_t)plan->hidden * plan->classes,
      plan->classes};
  size_t parameters = 0;
  for (int i = 0; i < 4; i++) parameters += dml_aligned(sizes[i]);
  dml_layout layout = {};
  for (int part = dml_x; part <= dml_descent; part++) {
    const bool is_each_steps = part <= dml_p;
    const size_t count = part == dml_x ? batch * plan->inputs
                         : part == dml_y || part == dml_p || part == dml_z || part == dml_s
                             ? batch * plan->classes
                         : part >= dml_w ? parameters
                                         : batch * plan->hidden;
    layout.start[part] = layout.total;
    layout.count[part] = count;
    if (is_each_steps) layout.stride[part] = dml_aligned(count);
    layout.total += dml_aligned(count) * (is_each_steps ? steps : 1);
  }
  size_t within = 0;
  for (int i = 0; i < 4; i++) {
    layout.start[dml_w1 + i] = layout.start[dml_w] + within;
    layout.start[dml_g_w1 + i] = layout.start[dml_g] + within;
    layout.count[dml_w1 + i] = layout.count[dml_g_w1 + i] = sizes[i];
    within += dml_aligned(sizes[i]);
  }
  return layout;
}

void dml_fill_training(
    const dml_plan *plan, const dml_layout *layout, uint32_t steps, const float *rows,
    const int32_t *labels, const float *hidden_weights, const float *output_weights,
    float *numbers) {
  for (size_t i = 0; i < layout->total; i++) numbers[i] = NAN;
  // Between the matrices, too, where no gradient is ever written.
  for (int part = dml_w; part <= dml_g; part++)
    for (size_t i = 0; i < layout->count[part]; i++) numbers[layout->start[part] + i] = 0;
  memcpy(numbers + layout->start[dml_w1], hidden_weights, layout->count[dml_w1] * sizeof(float));
  memcpy(numbers + layout->start[dml_w2], output_weights, layout->count[dml_w2] * sizeof(float));
  for (size_t step = 0; step < steps; step++) {
    float *x = numbers + dml_start(layout, dml_x, step), *y = numbers + dml_start(layout, dml_y, step);
    memcpy(x, rows + step * layout->count[dml_x], layout->count[dml_x] * sizeof(float));
    for (size_t i = 0; i < layout->count[dml_y]; i++) y[i] = 0;
    for (size_t row = 0; row < plan->batch; row++)
      y[row * plan->classes + (size_t)labels[step * plan->batch + row]] = 1;
  }
}

float dml_mean_loss(const dml_plan *plan, const float *probabilities, const int32_t *labels) {
  double loss = 0;
  for (size_t row = 0; row < plan->batch; row++)
    loss -= log1p((double)probabilities[row * plan->classes + (size_t)labels[row]] - 1);
  return (float)(loss / plan->batch);
}

static dml_operation same(dml_operator_type type, uint32_t inputs, dml_matrix matrix) {
  return (dml_operation){
      .type = type, .inputs = inputs, .input = {matrix, matrix}, .output = matrix, .scale = 1};
}

static dml_operation scaled(dml_matrix matrix, float scale, float bias) {
  dml_operation operation = same(dml_identity_operator, 1, matrix);
  operation.scale = scale;
  operation.bias = bias;
  return operation;
}

/// left · right + the one row of biases.
static dml_operation layer(uint32_t rows, uint32_t depth, uint32_t columns, bool tanh) {
  dml_operation operation = dml_product(rows, depth, columns);
  operation.input[2] = (dml_matrix){rows, columns, true};
  operation.ends_with_tanh = tanh;
  return operation;
}

/// A product of which one factor stands columns for rows.
static dml_operation transposed(uint32_t rows, uint32_t depth, uint32_t columns, int factor) {
  dml_operation operation = dml_product(rows, depth, columns);
  const dml_matrix matrix = operation.input[factor];
  operation.input[factor] = (dml_matrix){matrix.columns, matrix.rows, false};
  operation.transposes[factor] = true;
  return operation;
}

static dml_operation sums(dml_matrix matrix) {
  dml_operation operation = same(dml_reduce_operator, 1, matrix);
  operation.output.rows = 1;
  return operation;
}

dml_operation dml_training_operation(const dml_plan *plan, size_t index) {
  const uint32_t batch = plan->batch, inputs = plan->inputs;
  const uint32_t width = plan->hidden, classes = plan->classes;
  const dml_matrix a = {batch, width, false}, z = {batch, classes, false};
  const dml_matrix all = {1, (uint32_t)dml_lay_out(plan, 1).count[dml_w], false};
  switch (index) {
    case hidden: return layer(batch, inputs, width, true);
    case output: return layer(batch, width, classes, false);
    case softmax: return same(dml_softmax_operator, 1, z);
    case error: return same(dml_subtract_operator, 2, z);
    case mean: return scaled(z, 1 / (float)batch, 0);
    case weights_2: return transposed(width, batch, classes, 0);
    case biases_2: return sums(z);
    case back: return transposed(batch, classes, width, 1);
    case square: return same(dml_multiply_operator, 2, a);
    case slope: return scaled(a, -1, 1);
    case weights_1: return transposed(inputs, batch, width, 0);
    case biases_1: return sums(a);
    case momentum: return scaled(all, plan->momentum, 0);
    case add: return same(dml_add_operator, 2, all);
    default: return scaled(all, -plan->learning_rate, 0);
  }
}
