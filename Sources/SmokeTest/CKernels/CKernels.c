#include "CKernels.h"

#include <CLZMA.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// For each module the size of its text and of the text with places; then LZMA's.
static const uint8_t packed[] = {
#embed "kernels.packed"
};

static size_t number(const uint8_t *bytes, int count) {
  size_t value = 0;
  for (int i = count - 1; i >= 0; --i) value = value << 8 | bytes[i];
  return value;
}

enum {
  /// What a kernel has of registers of one kind at most, and of labels; a test unpacks all.
  most_names = 1024,
  /// Kinds of names, by their letters.
  kinds = 32,
};

/// The numbers of one kind of name in a kernel, the last used first.
typedef struct {
  size_t count;
  uint16_t numbers[most_names];
} Names;

/// The number at `place`, which comes to the front.
static unsigned used(Names *names, size_t place) {
  unsigned number = names->numbers[place];
  memmove(names->numbers + 1, names->numbers, place * sizeof *names->numbers);
  names->numbers[0] = (uint16_t)number;
  return number;
}

/// Puts the numbers of registers and labels where pack-ptx left their places. Returns the text's end.
static char *with_numbers(const uint8_t *from, const uint8_t *end, char *text, Names *names) {
  unsigned kind = 0;
  while (from < end) {
    const uint8_t byte = *from++;
    if (byte < 0x80) {
      if (byte == '}' && text[-1] == '\n')
        for (int i = 0; i < kinds; ++i) names[i].count = 0;
      kind = byte == '%' || byte == '$' ? 0 : (kind * 2 + byte) % kinds;
      *text++ = (char)byte;
      continue;
    }
    Names *same = names + kind;
    size_t place = byte - 0x81u;
    if (byte == 0xFF) {
      place = number(from, 2);
      from += 2;
    } else if (byte == 0x80) {
      place = same->count++;
      same->numbers[place] = (uint16_t)(place + 1);
    }
    text += snprintf(text, 8, "%u", used(same, place));
  }
  return text;
}

static size_t text_size(int module) { return number(packed + 8 * module, 4); }
static size_t places_size(int module) { return number(packed + 8 * module + 4, 4); }

size_t kernels_text_size(kernels_module module) { return text_size((int)module) + 1; }

void kernels_text(kernels_module module, char *text) {
  size_t first = 0;
  for (int i = 0; i < (int)module; ++i) first += places_size(i);
  size_t end = first + places_size((int)module), start = 8 * kernels_modules;
  uint8_t *places = malloc(end);
  Names *names = calloc(kinds, sizeof *names);
  if (places && names && lzma_decode(packed + start, sizeof packed - start, places, end))
    text = with_numbers(places + first, places + end, text, names);
  free(names);
  free(places);
  *text = 0;
}
