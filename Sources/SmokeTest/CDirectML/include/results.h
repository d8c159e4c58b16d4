#ifndef CDIRECTML_RESULTS_H
#define CDIRECTML_RESULTS_H

#include "com.h"

/// Microsoft's name of a result; empty for one that is not known here.
const char *com_result_name(uint32_t result);

/// Numbers from -1 up to 1.
void com_fill_noise(float *numbers, size_t count, uint64_t seed);

/// Words that depend on their address, every bit of them: those of a piece of memory that begins at
/// `first`. `flip` is XORed to each.
void com_fill_pattern(uint64_t *words, size_t count, uint64_t first, uint64_t flip);

/// - Returns: how many of the words are others; `wrong` is the first of them.
size_t com_check_pattern(
    const uint64_t *words, size_t count, uint64_t first, uint64_t flip, size_t *wrong);

#endif
