// The 1,797 handwritten digits, packed by pack-digits.
#ifndef CDIGITS_H
#define CDIGITS_H

#include <stdint.h>

enum { digits_count = 1797, digits_inputs = 64, digits_classes = 10 };

/// Unpacks the ink of all pixels, 0 to 16, and the digit that each 64 of them are, in the order of the
/// data set. Returns whether there was memory to do so.
int digits_unpack(uint8_t *pixels, uint8_t *labels);

#endif
