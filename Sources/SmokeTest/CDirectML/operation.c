#include "CDirectML.h"

/// A tensor's description and what it refers to.
typedef struct {
  uint32_t sizes[4], strides[4];
  dml_buffer_tensor buffer;
  dml_tensor tensor;
} tensor_description;

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
          .bytes = dml_numbers(matrix) * sizeof(float),
      }};
  tensor->tensor = (dml_tensor){dml_buffer_tensor_type, &tensor->buffer};
  return &tensor->tensor;
}

com_answer dml_create_operation(void *dml, const dml_operation *operation) {
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
  return dml_create_operator(dml, &description);
}

dml_operation dml_product(uint32_t rows, uint32_t depth, uint32_t columns) {
  return (dml_operation){
      .type = dml_gemm_operator,
      .inputs = 3,
      .input = {{rows, depth, false}, {depth, columns, false}},
      .output = {rows, columns, false}};
}

const char *dml_operation_name(const dml_operation *operation) {
  switch (operation->type) {
    case dml_gemm_operator:
      if (operation->ends_with_tanh) return "GEMM TANH";
      if (operation->transposes[0]) return "GEMM TN";
      if (operation->transposes[1]) return "GEMM NT";
      return operation->input[2].rows ? "GEMM bias" : "GEMM";
    case dml_identity_operator: return "IDENTITY";
    case dml_add_operator: return "ADD";
    case dml_multiply_operator: return "MULTIPLY";
    case dml_subtract_operator: return "SUBTRACT";
    case dml_softmax_operator: return "SOFTMAX";
    case dml_tanh_operator: return "TANH";
    case dml_reduce_operator: return "REDUCE";
  }
  return "?";
}
