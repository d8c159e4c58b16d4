// What every device from sm_50 on runs.
#include "Product.h"
#include "Streams.h"
#include "Thin.h"
#include "Training.h"
