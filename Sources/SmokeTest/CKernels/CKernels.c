#include "CKernels.h"

#include <stdlib.h>

#include "LZMA.h"

static const uint8_t base[] = {
#embed "base.packed"
};
static const uint8_t tensor[] = {
#embed "tensor.packed"
};

typedef struct {
  const uint8_t *bytes;
  size_t count;
} Packed;

static Packed packed(kernels_module module) {
  if (module == kernels_module_base) return (Packed){base, sizeof base};
  return (Packed){tensor, sizeof tensor};
}

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

size_t kernels_text_size(kernels_module module) { return number(packed(module).bytes, 4) + 1; }

void kernels_text(kernels_module module, char *text) {
  const Packed from = packed(module);
  const size_t size = number(from.bytes + 4, 4);
  uint8_t *distances = malloc(size);
  if (distances && lzma_decode(from.bytes + 8, from.count - 8, distances, size))
    text = with_numbers(distances, distances + size, text);
  free(distances);
  *text = 0;
}
