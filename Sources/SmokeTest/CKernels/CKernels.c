#include "CKernels.h"

#include <string.h>

static const char base[] = {
#embed "base.ptx" suffix(, 0)
};
static const char tensor[] = {
#embed "tensor.ptx" suffix(, 0)
};

size_t kernels_text_size(kernels_module module) {
  return module == kernels_module_base ? sizeof base : sizeof tensor;
}

void kernels_text(kernels_module module, char *text) {
  memcpy(text, module == kernels_module_base ? base : tensor, kernels_text_size(module));
}
