// What every device from sm_50 on runs.
#include "Product.h"
#include "Streams.h"
#include "Thin.h"
#include "Training.h"

KERNEL(256, 2) product_nn(kernels_product p) { multiply<true, false>(p); }
KERNEL(256, 2) product_tn(kernels_product p) { multiply<false, false>(p); }
