// The handwritten digits, packed; `pack-digits` documents the format and credits the authors.
#ifndef CDIGITS_H
#define CDIGITS_H

/// The first of `digits_packed_size` bytes.
const unsigned char *digits_start(void);
extern const long digits_packed_size;

#endif
