#include "Operators.h"

#include <algorithm>
#include <cmath>

namespace {

/// A tensor that is not there is a matrix without rows.
bool read(const DML_TENSOR_DESC *tensor, Matrix &matrix) {
  matrix = {};
  if (!tensor) return true;
  if (tensor->Type != DML_TENSOR_TYPE_BUFFER || !tensor->Desc) return false;
  const auto &buffer = *static_cast<const DML_BUFFER_TENSOR_DESC *>(tensor->Desc);
  if (buffer.DataType != DML_TENSOR_DATA_TYPE_FLOAT32 || buffer.Flags ||
      buffer.DimensionCount != 4 || buffer.Sizes[0] != 1 || buffer.Sizes[1] != 1 ||
      !buffer.Sizes[2] || !buffer.Sizes[3])
    return false;
  matrix.rows = buffer.Sizes[2];
  matrix.columns = buffer.Sizes[3];
  matrix.stride = buffer.Strides ? buffer.Strides[2] : matrix.columns;
  matrix.bytes = buffer.TotalTensorSizeInBytes;
  // DMLCalcBufferTensorSize: up to the last number, in multiples of four bytes.
  const UINT64 least = (UINT64(matrix.rows - 1) * matrix.stride + matrix.columns) * sizeof(float);
  return (!buffer.Strides || buffer.Strides[3] == 1) && matrix.bytes >= least;
}

bool same(const Matrix &a, const Matrix &b) {
  return a.rows && a.rows == b.rows && a.columns == b.columns;
}

bool readUnary(const DML_TENSOR_DESC *input, const DML_TENSOR_DESC *output, Operation &operation) {
  operation.inputs.resize(1);
  return read(input, operation.inputs[0]) && read(output, operation.output) &&
         same(operation.inputs[0], operation.output);
}

/// Addition, subtraction and multiplication have the same description.
bool readBinary(const DML_ELEMENT_WISE_ADD_OPERATOR_DESC &description, Operation &operation) {
  operation.inputs.resize(2);
  return read(description.ATensor, operation.inputs[0]) &&
         read(description.BTensor, operation.inputs[1]) &&
         read(description.OutputTensor, operation.output) &&
         same(operation.inputs[0], operation.output) && same(operation.inputs[1], operation.output);
}

bool readProduct(const DML_GEMM_OPERATOR_DESC &description, Operation &operation) {
  operation.inputs.resize(3);
  Matrix &a = operation.inputs[0], &b = operation.inputs[1], &c = operation.inputs[2];
  if (!read(description.ATensor, a) || !read(description.BTensor, b) ||
      !read(description.CTensor, c) || !read(description.OutputTensor, operation.output))
    return false;
  operation.transposes[0] = description.TransA == DML_MATRIX_TRANSFORM_TRANSPOSE;
  operation.transposes[1] = description.TransB == DML_MATRIX_TRANSFORM_TRANSPOSE;
  operation.alpha = description.Alpha;
  operation.beta = description.Beta;
  if (description.FusedActivation) {
    const auto *tanh = static_cast<const DML_ACTIVATION_TANH_OPERATOR_DESC *>(
        description.FusedActivation->Desc);
    if (description.FusedActivation->Type != DML_OPERATOR_ACTIVATION_TANH || tanh->InputTensor ||
        tanh->OutputTensor)
      return false;
    operation.ends_with_tanh = true;
  }
  const UINT rows = operation.transposes[0] ? a.columns : a.rows;
  const UINT depth = operation.transposes[0] ? a.rows : a.columns;
  const UINT columns = operation.transposes[1] ? b.rows : b.columns;
  const UINT other = operation.transposes[1] ? b.columns : b.rows;
  return rows && columns && depth == other && operation.output.rows == rows &&
         operation.output.columns == columns && (!c.rows || same(c, operation.output));
}

bool readReduction(const DML_REDUCE_OPERATOR_DESC &description, Operation &operation) {
  operation.inputs.resize(1);
  return description.Function == DML_REDUCE_FUNCTION_SUM && description.AxisCount == 1 &&
         description.Axes[0] == 2 && read(description.InputTensor, operation.inputs[0]) &&
         read(description.OutputTensor, operation.output) && operation.inputs[0].rows &&
         operation.output.rows == 1 && operation.output.columns == operation.inputs[0].columns;
}

}  // namespace

bool Operation::read(const DML_OPERATOR_DESC &description, Operation &operation) {
  operation.type = description.Type;
  switch (description.Type) {
    case DML_OPERATOR_GEMM:
      return readProduct(*static_cast<const DML_GEMM_OPERATOR_DESC *>(description.Desc), operation);
    case DML_OPERATOR_REDUCE:
      return readReduction(
          *static_cast<const DML_REDUCE_OPERATOR_DESC *>(description.Desc), operation);
    case DML_OPERATOR_ACTIVATION_SOFTMAX: {
      const auto &d = *static_cast<const DML_ACTIVATION_SOFTMAX_OPERATOR_DESC *>(description.Desc);
      return readUnary(d.InputTensor, d.OutputTensor, operation);
    }
    case DML_OPERATOR_ELEMENT_WISE_IDENTITY: {
      const auto &d =
          *static_cast<const DML_ELEMENT_WISE_IDENTITY_OPERATOR_DESC *>(description.Desc);
      if (d.ScaleBias) {
        operation.scale = d.ScaleBias->Scale;
        operation.bias = d.ScaleBias->Bias;
      }
      return readUnary(d.InputTensor, d.OutputTensor, operation);
    }
    case DML_OPERATOR_ELEMENT_WISE_ADD:
    case DML_OPERATOR_ELEMENT_WISE_SUBTRACT:
    case DML_OPERATOR_ELEMENT_WISE_MULTIPLY:
      return readBinary(
          *static_cast<const DML_ELEMENT_WISE_ADD_OPERATOR_DESC *>(description.Desc), operation);
    default: return false;
  }
}

static void multiply(
    const Operation &operation, const std::vector<const float *> &inputs, float *output) {
  const Matrix &a = operation.inputs[0], &b = operation.inputs[1], &c = operation.inputs[2];
  const UINT depth = operation.transposes[0] ? a.rows : a.columns;
  std::vector<double> sums(operation.output.columns);
  for (UINT row = 0; row < operation.output.rows; row++) {
    std::fill(sums.begin(), sums.end(), 0);
    for (UINT k = 0; k < depth; k++) {
      const double left =
          inputs[0][operation.transposes[0] ? k * a.stride + row : row * a.stride + k];
      for (UINT column = 0; column < sums.size(); column++)
        sums[column] +=
            left *
            inputs[1][operation.transposes[1] ? column * b.stride + k : k * b.stride + column];
    }
    for (UINT column = 0; column < sums.size(); column++) {
      double sum = operation.alpha * sums[column];
      if (c.rows) sum += operation.beta * inputs[2][row * c.stride + column];
      output[row * operation.output.stride + column] =
          static_cast<float>(operation.ends_with_tanh ? std::tanh(sum) : sum);
    }
  }
}

static void softmax(const Matrix &matrix, const float *input, float *output) {
  for (UINT row = 0; row < matrix.rows; row++) {
    const float *from = input + size_t(row) * matrix.columns;
    float *to = output + size_t(row) * matrix.columns;
    const float largest = *std::max_element(from, from + matrix.columns);
    double total = 0;
    for (UINT column = 0; column < matrix.columns; column++)
      total += std::exp(double(from[column]) - largest);
    for (UINT column = 0; column < matrix.columns; column++)
      to[column] = static_cast<float>(std::exp(double(from[column]) - largest) / total);
  }
}

static void reduce(const Matrix &matrix, const float *input, float *output) {
  for (UINT column = 0; column < matrix.columns; column++) {
    double sum = 0;
    for (UINT row = 0; row < matrix.rows; row++)
      sum += input[size_t(row) * matrix.columns + column];
    output[column] = static_cast<float>(sum);
  }
}

void Operation::compute(const std::vector<const float *> &numbers, float *result) const {
  const size_t count = output.count();
  switch (type) {
    case DML_OPERATOR_GEMM: return multiply(*this, numbers, result);
    case DML_OPERATOR_REDUCE: return reduce(inputs[0], numbers[0], result);
    case DML_OPERATOR_ACTIVATION_SOFTMAX: return softmax(output, numbers[0], result);
    case DML_OPERATOR_ELEMENT_WISE_IDENTITY:
      for (size_t i = 0; i < count; i++) result[i] = scale * numbers[0][i] + bias;
      return;
    case DML_OPERATOR_ELEMENT_WISE_ADD:
      for (size_t i = 0; i < count; i++) result[i] = numbers[0][i] + numbers[1][i];
      return;
    case DML_OPERATOR_ELEMENT_WISE_SUBTRACT:
      for (size_t i = 0; i < count; i++) result[i] = numbers[0][i] - numbers[1][i];
      return;
    default:
      for (size_t i = 0; i < count; i++) result[i] = numbers[0][i] * numbers[1][i];
  }
}
