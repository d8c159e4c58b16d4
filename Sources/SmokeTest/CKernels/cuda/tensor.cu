// What devices with tensor cores run, from sm_80 on.
#include "TensorProduct.h"
