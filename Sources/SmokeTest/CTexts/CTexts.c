#include "CTexts.h"

// Ordinary builds have the texts as Swift's own constants.
#ifdef EMBEDDED_SWIFT
#include <CLZMA.h>
#include <stdlib.h>
#include <string.h>

/// The size in four bytes, then LZMA's: each text after its name, both with a final zero.
static const uint8_t packed[] = {
#embed <texts.packed>
};

static size_t unpacked_size(void) {
  return packed[0] | (size_t)packed[1] << 8 | (size_t)packed[2] << 16 | (size_t)packed[3] << 24;
}

const char *texts_find(const char *name) {
  static char *texts;
  size_t size = unpacked_size();
  if (!texts) {
    char *room = malloc(size);
    if (room && lzma_decode(packed + 4, sizeof packed - 4, (uint8_t *)room, size))
      texts = room;
    else
      free(room);
  }
  for (const char *next = texts; next && next < texts + size;) {
    const char *text = next + strlen(next) + 1;
    if (strcmp(next, name) == 0) return text;
    next = text + strlen(text) + 1;
  }
  return "";
}
#endif
