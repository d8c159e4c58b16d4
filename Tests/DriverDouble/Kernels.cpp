#include "Kernels.h"

#include <map>

#include "../../Sources/SmokeTest/CKernels/include/CKernels.h"

std::optional<size_t> result_offset(std::string_view name) {
  static const std::map<std::string_view, size_t> offsets = {
      {"product_nn", offsetof(kernels_product, result)},
      {"product_tn", offsetof(kernels_product, result)},
      {"product_nt", offsetof(kernels_product, result)},
      {"product_nn_128", offsetof(kernels_product, result)},
      {"product_tn_128", offsetof(kernels_product, result)},
      {"product_nt_128", offsetof(kernels_product, result)},
      {"product_nn_256", offsetof(kernels_product, result)},
      {"product_tn_256", offsetof(kernels_product, result)},
      {"thin_output", offsetof(kernels_thin_output, gradient)},
      {"thin_hidden", offsetof(kernels_thin_hidden, hidden_gradient)},
      {"softmax", offsetof(kernels_softmax, gradient)},
      {"activate", offsetof(kernels_activate, matrix)},
      {"column_sums", offsetof(kernels_column_sums, partials)},
      {"update", offsetof(kernels_update, hidden_weights.parameters)},
      {"pattern_write", offsetof(kernels_pattern, words)},
      {"pattern_check", offsetof(kernels_pattern, outcome)},
      {"copy", offsetof(kernels_copy, to)},
      {"fill", offsetof(kernels_fill, to)},
      {"noise", offsetof(kernels_fill, to)},
  };
  const auto offset = offsets.find(name);
  return offset == offsets.end() ? std::nullopt : std::optional(offset->second);
}
