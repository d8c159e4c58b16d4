// What networks with many classes run besides.
#include "Product.h"
#include "Wide.h"

KERNEL(256, 2) product_nt(kernels_product p) { multiply<true, true>(p); }
