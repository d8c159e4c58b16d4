// A decoder for LZMA streams, after the format's specification (LZMA SDK, public domain). Names of
// the states and trees are the specification's.
#include "CLZMA.h"

#include <string.h>

enum {
  literal_context_bits = 3,
  states = 12,
  end_position_model = 14,
  full_distances = 1 << (end_position_model / 2),
  align_bits = 4,
  position_slots = 6,
  length_states = 4,
  shortest_match = 2,
};

/// The probability of a zero, in 2048ths.
typedef uint16_t Probability;

typedef struct {
  const uint8_t *next, *end;
  uint32_t range, code;
  int is_short;
} RangeDecoder;

typedef struct {
  Probability choice[2], low[8], middle[8], high[256];
} LengthModel;

typedef struct {
  Probability is_match[states], is_repeat[states], is_repeat0[states], is_repeat0_long[states];
  Probability is_repeat1[states], is_repeat2[states];
  LengthModel length, repeated_length;
  Probability slots[length_states][1 << position_slots];
  Probability distances[1 + full_distances - end_position_model];
  Probability align[1 << align_bits];
  Probability literals[1 << literal_context_bits][0x300];
} Model;

static void normalize(RangeDecoder *decoder) {
  if (decoder->range >= 1u << 24) return;
  decoder->range <<= 8;
  if (decoder->next == decoder->end) decoder->is_short = 1;
  decoder->code = decoder->code << 8 | (decoder->is_short ? 0 : *decoder->next++);
}

static unsigned decode_bit(RangeDecoder *decoder, Probability *probability) {
  uint32_t bound = (decoder->range >> 11) * *probability;
  unsigned bit = decoder->code >= bound;
  if (bit) {
    *probability -= *probability >> 5;
    decoder->code -= bound;
    decoder->range -= bound;
  } else {
    *probability += (2048 - *probability) >> 5;
    decoder->range = bound;
  }
  normalize(decoder);
  return bit;
}

static uint32_t decode_direct(RangeDecoder *decoder, int bits) {
  uint32_t value = 0;
  while (bits-- > 0) {
    decoder->range >>= 1;
    unsigned bit = decoder->code >= decoder->range;
    if (bit) decoder->code -= decoder->range;
    value = value << 1 | bit;
    normalize(decoder);
  }
  return value;
}

static unsigned decode_tree(RangeDecoder *decoder, Probability *tree, int bits) {
  unsigned node = 1;
  for (int i = 0; i < bits; ++i) node = node << 1 | decode_bit(decoder, &tree[node]);
  return node - (1u << bits);
}

static unsigned decode_reverse_tree(RangeDecoder *decoder, Probability *tree, int bits) {
  unsigned node = 1, value = 0;
  for (int i = 0; i < bits; ++i) {
    unsigned bit = decode_bit(decoder, &tree[node]);
    node = node << 1 | bit;
    value |= bit << i;
  }
  return value;
}

static unsigned decode_length(RangeDecoder *decoder, LengthModel *model) {
  if (!decode_bit(decoder, &model->choice[0])) return decode_tree(decoder, model->low, 3);
  if (!decode_bit(decoder, &model->choice[1])) return 8 + decode_tree(decoder, model->middle, 3);
  return 16 + decode_tree(decoder, model->high, 8);
}

static uint32_t decode_distance(RangeDecoder *decoder, Model *model, unsigned length) {
  unsigned state = length < length_states ? length : length_states - 1;
  unsigned slot = decode_tree(decoder, model->slots[state], position_slots);
  if (slot < 4) return slot;
  int bits = (int)(slot >> 1) - 1;
  uint32_t distance = (2 | (slot & 1)) << bits;
  if (slot < end_position_model)
    return distance + decode_reverse_tree(decoder, model->distances + distance - slot, bits);
  distance += decode_direct(decoder, bits - align_bits) << align_bits;
  return distance + decode_reverse_tree(decoder, model->align, align_bits);
}

static uint8_t decode_literal(
    RangeDecoder *decoder, Probability *tree, int after_match, uint8_t matched) {
  unsigned node = 1;
  while (after_match && node < 0x100) {
    unsigned expected = matched >> 7;
    matched <<= 1;
    unsigned bit = decode_bit(decoder, &tree[((1 + expected) << 8) + node]);
    node = node << 1 | bit;
    if (bit != expected) break;
  }
  while (node < 0x100) node = node << 1 | decode_bit(decoder, &tree[node]);
  return (uint8_t)node;
}

/// A match of an earlier distance: which one, moved to the front. Returns whether it is one byte.
static int decode_repeat(RangeDecoder *decoder, Model *model, int state, uint32_t last[4]) {
  if (!decode_bit(decoder, &model->is_repeat0[state]))
    return !decode_bit(decoder, &model->is_repeat0_long[state]);
  int which = !decode_bit(decoder, &model->is_repeat1[state])   ? 1
              : !decode_bit(decoder, &model->is_repeat2[state]) ? 2
                                                                : 3;
  uint32_t distance = last[which];
  memmove(last + 1, last, (size_t)which * sizeof *last);
  last[0] = distance;
  return 0;
}

int lzma_decode(const uint8_t *packed, size_t packed_size, uint8_t *output, size_t size) {
  if (packed_size < 5) return 0;
  RangeDecoder decoder = {packed + 5, packed + packed_size, UINT32_MAX, 0, 0};
  for (int i = 1; i < 5; ++i) decoder.code = decoder.code << 8 | packed[i];
  Model model;
  for (size_t i = 0; i < sizeof model / sizeof(Probability); ++i) ((Probability *)&model)[i] = 1024;

  uint32_t last[4] = {0};
  int state = 0;
  size_t position = 0;
  while (position < size && !decoder.is_short) {
    if (!decode_bit(&decoder, &model.is_match[state])) {
      uint8_t before = position > 0 ? output[position - 1] : 0;
      uint8_t matched = position > last[0] ? output[position - last[0] - 1] : 0;
      output[position++] = decode_literal(
          &decoder, model.literals[before >> (8 - literal_context_bits)], state >= 7, matched);
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    unsigned length;
    if (!decode_bit(&decoder, &model.is_repeat[state])) {
      memmove(last + 1, last, 3 * sizeof *last);
      length = decode_length(&decoder, &model.length);
      last[0] = decode_distance(&decoder, &model, length);
      length += shortest_match;
      state = state < 7 ? 7 : 10;
    } else if (decode_repeat(&decoder, &model, state, last)) {
      length = 1;
      state = state < 7 ? 9 : 11;
    } else {
      length = decode_length(&decoder, &model.repeated_length) + shortest_match;
      state = state < 7 ? 8 : 11;
    }
    if (last[0] >= position) return 0;
    // The last match may reach beyond what is wanted.
    if (length > size - position) length = (unsigned)(size - position);
    for (; length > 0; --length, ++position) output[position] = output[position - last[0] - 1];
  }
  return !decoder.is_short;
}
