#include "Kernels.h"

#define KILN_DOUBLE
#include "../../Sources/SmokeTest/CKernels/cuda/base.cu"
#include "../../Sources/SmokeTest/CKernels/cuda/tensor.cu"
#include "../../Sources/SmokeTest/CKernels/cuda/wide.cu"

namespace {

#define ROW(kernel, parameter, result)                            \
  {                                                               \
    #kernel, sizeof(parameter), offsetof(parameter, result),      \
        [](const void *p) { kernel(*static_cast<const parameter *>(p)); } \
  }

const EmulatedKernel kernels[] = {
    ROW(product_nn, kernels_product, result),
    ROW(product_tn, kernels_product, result),
    ROW(product_nt, kernels_product, result),
    ROW(product_nn_128, kernels_product, result),
    ROW(product_tn_128, kernels_product, result),
    ROW(product_nt_128, kernels_product, result),
    ROW(product_nn_256, kernels_product, result),
    ROW(product_tn_256, kernels_product, result),
    ROW(thin_output, kernels_thin_output, gradient),
    ROW(thin_hidden, kernels_thin_hidden, hidden_gradient),
    ROW(softmax, kernels_softmax, gradient),
    ROW(activate, kernels_activate, matrix),
    ROW(column_sums, kernels_column_sums, partials),
    ROW(update, kernels_update, hidden_weights.parameters),
    ROW(pattern_write, kernels_pattern, words),
    ROW(pattern_check, kernels_pattern, outcome),
    ROW(copy, kernels_copy, to),
    ROW(fill, kernels_fill, to),
    ROW(noise, kernels_fill, to),
};

}  // namespace

const EmulatedKernel *find_kernel(std::string_view name) {
  for (const EmulatedKernel &kernel : kernels)
    if (kernel.name == name) return &kernel;
  return nullptr;
}
