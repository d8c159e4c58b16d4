// Unpacks what pack-digits packed, whose text says what the model is: both go the same way through the
// same integers.
#include "CDigits.h"

#include <stdint.h>
#include <stdlib.h>

static const uint8_t packed[] = {
#embed "digits.bin"
};

enum {
  guesses = 4,
  /// Places in the tree of a symbol's bits.
  nodes = 16,
  by_neighbour = digits_inputs * digits_classes * 17,
  by_four = 6 * 6 * 6 * 6,
  by_three = digits_inputs * 6 * 6 * 6,
  most_seen = 255,
};

/// How often a bit was 1 where some context was the same.
typedef struct {
  /// From -32768, never, to 32767, always.
  int16_t share;
  uint16_t seen;
} Guess;

typedef struct {
  const uint8_t *next;
  uint32_t low, high, code;
  int16_t stretched[4096], rates[most_seen + 1];
  int32_t weights[9 * nodes][guesses];
  Guess left[by_neighbour][nodes], above[by_neighbour][nodes];
  Guess four[by_four][nodes], three[by_three][nodes], label[guesses][digits_classes][nodes];
} Model;

/// 4096 / (1 + exp(-x / 256)).
static int squashed(int x) {
  static const uint16_t points[] = {1,    2,    3,    6,    10,   16,   27,   45,   73,
                                    120,  194,  310,  488,  747,  1101, 1546, 2047, 2549,
                                    2994, 3348, 3607, 3785, 3901, 3975, 4022, 4050, 4068,
                                    4079, 4085, 4089, 4092, 4093, 4094};
  if (x > 2047) return 4094;
  if (x < -2047) return 1;
  int part = x & 127, point = (x >> 7) + 16;
  return (points[point] * (128 - part) + points[point + 1] * part + 64) >> 7;
}

/// `contexts` are the guesses for the first bit of a symbol, `node` the bit's place.
static int next_bit(Model *model, Guess *const contexts[guesses], int weights, int node) {
  Guess *guess[guesses];
  int32_t *weight = model->weights[weights * nodes + node], stretched[guesses], sum = 0;
  for (int i = 0; i < guesses; ++i) {
    guess[i] = contexts[i] + node;
    stretched[i] = guess[i]->seen ? model->stretched[(guess[i]->share + 32768) >> 4] : 0;
    sum += weight[i] * stretched[i] >> 8;
  }
  int chance = squashed(sum >> 8);

  uint32_t middle = model->low + ((model->high - model->low) >> 12) * (uint32_t)chance;
  int bit = model->code <= middle;
  if (bit)
    model->high = middle;
  else
    model->low = middle + 1;
  while ((model->low ^ model->high) >> 24 == 0) {
    model->low <<= 8;
    model->high = model->high << 8 | 0xFF;
    model->code = model->code << 8 | *model->next++;
  }

  int error = ((bit << 12) - chance) * 2, wanted = bit ? 32767 : -32768;
  for (int i = 0; i < guesses; ++i) {
    weight[i] += (stretched[i] * error + 2048) >> 12;
    guess[i]->share += ((wanted - guess[i]->share) * model->rates[guess[i]->seen]) >> 14;
    guess[i]->seen += guess[i]->seen < most_seen;
  }
  return bit;
}

static int next_four(Model *model, Guess *const contexts[guesses], int weights, int node) {
  for (int i = 0; i < 4; ++i) node = node << 1 | next_bit(model, contexts, weights, node);
  return node - 16;
}

static int next_pixel(Model *model, const uint8_t *pixel, int place, int label) {
  int x = place % 8, y = place / 8;
  int left = x ? pixel[-1] : 0, above = y ? pixel[-8] : 0;
  int corner = x && y ? pixel[-9] : 0, right = y && x < 7 ? pixel[-7] : 0;
  int beside = left / 3 * 6 + above / 3;
  Guess *contexts[guesses] = {
      model->left[(place * 10 + label) * 17 + left],
      model->above[(place * 10 + label) * 17 + above],
      model->four[(beside * 6 + corner / 3) * 6 + right / 3],
      model->three[(place * 36 + beside) * 6 + right / 3],
  };
  return next_bit(model, contexts, y, 0) ? next_four(model, contexts, y, 1) + 1 : 0;
}

static void start(Model *model) {
  model->high = UINT32_MAX;
  model->next = packed;
  for (int i = 0; i < 4; ++i) model->code = model->code << 8 | *model->next++;
  int chance = 0;
  for (int x = -2047; x <= 2047; ++x)
    while (chance <= squashed(x)) model->stretched[chance++] = (int16_t)x;
  while (chance < 4096) model->stretched[chance++] = 2047;
  for (int seen = 0; seen <= most_seen; ++seen)
    model->rates[seen] = (int16_t)((2 << 14) / (2 * seen + 3));
  for (int i = 0; i < 9 * nodes; ++i)
    for (int k = 0; k < guesses; ++k) model->weights[i][k] = 20000;
}

int digits_unpack(uint8_t *pixels, uint8_t *labels) {
  Model *model = calloc(1, sizeof *model);
  if (!model) return 0;
  start(model);
  int label = 0;
  for (int i = 0; i < digits_count; ++i) {
    Guess *contexts[guesses];
    for (int k = 0; k < guesses; ++k) contexts[k] = model->label[k][label];
    label = next_four(model, contexts, 8, 1);
    *labels++ = (uint8_t)label;
    for (int place = 0; place < digits_inputs; ++place, ++pixels)
      *pixels = (uint8_t)next_pixel(model, pixels, place, label);
  }
  free(model);
  return 1;
}
