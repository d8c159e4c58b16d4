#include "CProduct.h"

// A multiply-add rounds once wherever the instruction set has it, also where no flag says so.
#pragma clang fp contract(fast)

#define TEXT(argument) _Pragma(#argument)
#define EACH(count) TEXT(clang loop unroll_count(count))
#define PLAIN TEXT(clang loop unroll(disable) vectorize(disable))

#if defined(__x86_64__)

#include <cpuid.h>

#define TILE tile_avx512
#define TARGET __attribute__((target("avx512f")))
#define LANES 16
#define ROWS 8
#define VECTORS 2
#include "tile.inc"

#define TILE tile_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define LANES 8
#define ROWS 6
#define VECTORS 2
#include "tile.inc"

#define TILE tile_sse2
#define TARGET
#define LANES 4
#define ROWS 4
#define VECTORS 2
#include "tile.inc"

static const struct product_kernel avx512 = {"AVX-512", 8, 32, tile_avx512};
static const struct product_kernel avx2 = {"AVX2", 6, 16, tile_avx2};
static const struct product_kernel sse2 = {"SSE2", 4, 8, tile_sse2};

/// What the operating system keeps of the wide registers when it goes to another process: register XCR0.
static unsigned kept_registers(void) {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

// By Intel's manual, volume 1, 14.3 and 15.2; __builtin_cpu_supports brings 1.5 KB that know every
// processor.
static int all_kernels(const struct product_kernel *found[3]) {
  unsigned a, b, c, d, features;
  int count = 0;
  __cpuid(1, a, b, features, d);
  if (features & bit_OSXSAVE && __get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    // The halves of the vector registers, and for AVX-512 also its masks and the further registers.
    const unsigned kept = kept_registers(), avx_state = 0x06, avx512_state = 0xE6;
    const int avx = (kept & avx_state) == avx_state, avx512s = (kept & avx512_state) == avx512_state;
    if (avx512s && b & bit_AVX512F) found[count++] = &avx512;
    if (avx && b & bit_AVX2 && features & bit_FMA) found[count++] = &avx2;
  }
  found[count++] = &sse2;
  return count;
}

#elif defined(__aarch64__)

#define TILE tile_neon
#define TARGET
#define LANES 4
#define ROWS 6
#define VECTORS 4
#include "tile.inc"

static const struct product_kernel neon = {"NEON", 6, 16, tile_neon};

static int all_kernels(const struct product_kernel *found[3]) {
  found[0] = &neon;
  return 1;
}

#else
#error "no tile for this architecture"
#endif

int product_kernel_count(void) {
  const struct product_kernel *found[3];
  return all_kernels(found);
}

struct product_kernel product_kernel_at(int index) {
  const struct product_kernel *found[3];
  all_kernels(found);
  return *found[index];
}

void product_pack(
  struct product_panel panel, long rows, long depth, long width, float *packed) {
  const float *from = panel.start;
  if (panel.row == 1) {
    for (long k = 0; k < depth; k++, from += panel.step) {
      for (long i = 0; i < rows; i++) packed[k * width + i] = from[i];
    }
  } else {
    // Rows that stand far apart are read one after the other: often they share lines of the cache.
    for (long i = 0; i < rows; i++, from += panel.row) {
      for (long k = 0; k < depth; k++) packed[k * width + i] = from[k * panel.step];
    }
  }
  for (long k = 0; rows < width && k < depth; k++) {
    for (long i = rows; i < width; i++) packed[k * width + i] = 0;
  }
}
