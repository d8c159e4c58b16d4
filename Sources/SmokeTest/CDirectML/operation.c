#include "CDirectML.h"

/// A tensor's description and what it refers to.
typedef struct {
  uint32_t sizes[4], strides[4];
  dml_buffer_tensor buffer;
  dml_tensor tensor;
} tensor_description;

uint64_t dml_matrix_bytes(dml_matrix matrix) {
  return (uint64_t)(matrix.repeats_row ? 1 : matrix.rows) * matrix.columns * sizeof(float);
}

/// DirectML's tensors have four dimensions; a matrix is the last two.
static const dml_tensor *describe(tensor_description *tensor, dml_matrix matrix) {
  if (!matrix.rows) return NULL;
  *tensor = (tensor_description){
      .sizes = {1, 1, matrix.rows, matrix.columns},
      .strides = {0, 0, 0, 1},
      .buffer = {
          .data_type = dml_float32,
          .dimensions = 4,
          .sizes = tensor->sizes,
          .strides = matrix.repeats_row ? tensor->strides : NULL,
          .bytes = dml_matrix_bytes(matrix),
      }};
  tensor->tensor = (dml_tensor){dml_buffer_tensor_type, &tensor->buffer};
  return &tensor->tensor;
}

com_result dml_create_operation(void *dml, const dml_operation *operation, void **result) {
  tensor_description tensors[dml_most_buffers + 1];
  const dml_tensor *input[dml_most_buffers] = {};
  for (uint32_t i = 0; i < operation->inputs && i < dml_most_buffers; i++)
    input[i] = describe(&tensors[i], operation->input[i]);
  const dml_tensor *output = describe(&tensors[dml_most_buffers], operation->output);

  // An activation inside of another operator has no tensors of its own.
  const dml_unary activation = {};
  const dml_operator tanh = {dml_tanh_operator, &activation};
  const dml_gemm gemm = {
      input[0], input[1], input[2], output, operation->transposes[0], operation->transposes[1],
      1, input[2] ? 1 : 0, operation->ends_with_tanh ? &tanh : NULL};
  const dml_scale_bias scale_bias = {operation->scale, operation->bias};
  const dml_identity identity = {input[0], output, &scale_bias};
  const dml_unary unary = {input[0], output};
  const dml_binary binary = {input[0], input[1], output};
  // Over the rows, so that one row is left.
  const uint32_t rows = 2;
  const dml_reduce reduce = {dml_sum, input[0], output, 1, &rows};

  dml_operator description = {operation->type, &binary};
  switch (operation->type) {
    case dml_gemm_operator: description.description = &gemm; break;
    case dml_identity_operator: description.description = &identity; break;
    case dml_softmax_operator:
    case dml_tanh_operator: description.description = &unary; break;
    case dml_reduce_operator: description.description = &reduce; break;
    case dml_add_operator:
    case dml_multiply_operator:
    case dml_subtract_operator: break;
  }
  return dml_create_operator(dml, &description, result);
}
