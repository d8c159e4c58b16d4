// Unpacks what the packers of kernels and texts packed.
#ifndef CLZMA_H
#define CLZMA_H

#include <stddef.h>
#include <stdint.h>

/// Decodes a raw LZMA stream (lc 3, lp 0, pb 0) of at least `size` bytes into `output`, whose bytes
/// are also the dictionary. Returns whether the stream was whole.
int lzma_decode(const uint8_t *packed, size_t packed_size, uint8_t *output, size_t size);

#endif
