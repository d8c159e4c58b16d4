// The kernels that pass over memory; a part of CKernels.h.
#ifndef KERNEL_STREAMS_H
#define KERNEL_STREAMS_H

#include "CKernels.h"

/// `pattern_write` stores 64-bit words that depend on their index, so that a word at a wrong
/// address is seen; `pattern_check` reads them back.
typedef struct kernels_pattern {
  kernels_address words;
  uint64_t count;
  /// Mixed into every word. The complement of a pattern's seed does not give its complement.
  uint64_t seed;
  /// For pattern_check: two 64-bit words, which the caller sets to 0 and to UINT64_MAX: the number
  /// of wrong words is added to the first, the second becomes the lowest wrong index.
  kernels_address outcome;
} kernels_pattern;

/// The word at `index`.
KERNELS_ON_BOTH_SIDES
static inline uint64_t kernels_pattern_word(uint64_t seed, uint64_t index) {
  uint64_t word = seed + index * 0x9E3779B97F4A7C15u;
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
  return word ^ (word >> 27);
}

/// Copies `count` times 16 bytes, both addresses 16-byte aligned.
typedef struct kernels_copy {
  kernels_address from, to;
  uint64_t count;
} kernels_copy;

/// `fill` stores `value` in `count` floats; `noise` numbers in [−1, 1) from `seed` and the index.
typedef struct kernels_fill {
  kernels_address to;
  uint64_t count;
  float value;
  uint32_t seed;
} kernels_fill;

/// The kernels that pass over memory.
typedef enum kernels_stream {
  kernels_stream_pattern_write,
  kernels_stream_pattern_check,
  kernels_stream_copy,
  kernels_stream_fill,
  kernels_stream_noise,
} kernels_stream;

/// Their blocks stride over `count`.
static inline kernels_launch kernels_stream_launch(kernels_stream stream, uint64_t count) {
  static const char *const names[] = {"pattern_write", "pattern_check", "copy", "fill", "noise"};
  uint64_t blocks = (count + 1023) / 1024;
  kernels_launch launch = {
      names[stream], blocks < 8192 ? (uint32_t)blocks : 8192, 1, 1, 256, 0, kernels_module_base};
  return launch;
}

#endif
