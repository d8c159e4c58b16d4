#include "CKernels.h"

#include <CLZMA.h>
#include <stdlib.h>

/// For each module the size of its text and of the text with distances; then LZMA's.
static const uint8_t packed[] = {
#embed "kernels.packed"
};

static size_t number(const uint8_t *bytes, int count) {
  size_t value = 0;
  for (int i = count - 1; i >= 0; --i) value = value << 8 | bytes[i];
  return value;
}

/// Puts the numbers of registers where pack-ptx left their distances. Returns the text's end.
static char *with_numbers(const uint8_t *from, const uint8_t *end, char *text) {
  // By the letters of a kind of register, which give different places.
  size_t before[32] = {0};
  while (from < end) {
    const uint8_t byte = *from++;
    *text++ = (char)byte;
    if (byte != '%') continue;
    unsigned kind = 0;
    while (from < end && *from >= 'a' && *from <= 'z') {
      kind = (kind * 2 + *from) % 32;
      *text++ = (char)*from++;
    }
    if (from == end || *from < 0x80) continue;
    if (*from == 0xFF) {
      before[kind] = number(from + 1, 2);
      from += 3;
    } else {
      before[kind] += (size_t)*from++ - 0xBF;
    }
    char digits[8];
    int count = 0;
    for (size_t rest = before[kind]; count == 0 || rest > 0; rest /= 10)
      digits[count++] = (char)('0' + rest % 10);
    while (count > 0) *text++ = digits[--count];
  }
  return text;
}

static size_t text_size(int module) { return number(packed + 8 * module, 4); }
static size_t distances_size(int module) { return number(packed + 8 * module + 4, 4); }

size_t kernels_text_size(kernels_module module) { return text_size((int)module) + 1; }

void kernels_text(kernels_module module, char *text) {
  size_t first = 0;
  for (int i = 0; i < (int)module; ++i) first += distances_size(i);
  size_t end = first + distances_size((int)module), start = 8 * kernels_modules;
  uint8_t *distances = malloc(end);
  if (distances && lzma_decode(packed + start, sizeof packed - start, distances, end))
    text = with_numbers(distances + first, distances + end, text);
  free(distances);
  *text = 0;
}
