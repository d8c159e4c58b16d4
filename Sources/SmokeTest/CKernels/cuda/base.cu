// What every device from sm_50 on runs.
#include "Streams.h"
