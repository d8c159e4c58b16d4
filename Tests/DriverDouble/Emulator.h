// The CUDA language for one CPU: what Sources/SmokeTest/CKernels/cuda/Device.h says for a GPU.
//
// Every CUDA thread is a fibre with its own stack. The fibres of a block run on one thread of the
// host, in order, each until it waits for the others: so a shared variable is a thread-local one.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define GLOBAL
#define DEVICE static inline
#define MEMBER inline
#define INLINE
#define UNROLL(times)
#define KERNEL(threads, blocks) static void
#define SHARED static thread_local
#define EXTERN_SHARED(name) float *const name = emulator::shared_memory()

namespace emulator {

/// The place of the running fibre.
struct Place {
  int thread, block_x, block_y, block_z, grid_x;
};
const Place &place();

/// The dynamic shared memory of the running block.
float *shared_memory();

/// Waits for the other threads of the block.
void wait_for_block();
/// Waits for the other lanes of the warp.
void wait_for_warp();

/// What the lanes of a warp show each other in one exchange: `size` bytes of each lane.
const void *exchange(const void *mine, size_t size);

/// Every lane's value, in order.
template <typename Value>
const Value *exchange(const Value &mine) {
  return static_cast<const Value *>(exchange(&mine, sizeof mine));
}

struct Grid {
  uint32_t x, y, z, threads;
  size_t shared_bytes;
};

/// Runs `kernel` with `parameter` in every thread of the grid.
void run(const Grid &grid, void (*kernel)(const void *parameter), const void *parameter);

}  // namespace emulator

DEVICE int thread_index() { return emulator::place().thread; }
DEVICE int block_x() { return emulator::place().block_x; }
DEVICE int block_y() { return emulator::place().block_y; }
DEVICE int block_z() { return emulator::place().block_z; }
DEVICE int grid_x() { return emulator::place().grid_x; }
DEVICE void barrier() { emulator::wait_for_block(); }
DEVICE void warp_barrier() { emulator::wait_for_warp(); }
DEVICE float shuffle_xor(float value, int lanes) {
  const float *values = emulator::exchange(value);
  return values[(thread_index() % 32) ^ lanes];
}
DEVICE float exp2_fast(float x) { return std::exp2f(x); }
DEVICE float log2_fast(float x) { return std::log2f(x); }
DEVICE float reciprocal(float x) { return 1.0f / x; }
DEVICE float fused(float a, float b, float c) { return a * b + c; }
DEVICE void add_to(uint64_t *sum, uint64_t value) {
  __atomic_fetch_add(sum, value, __ATOMIC_RELAXED);
}
DEVICE void lower_to(uint64_t *lowest, uint64_t value) {
  uint64_t seen = __atomic_load_n(lowest, __ATOMIC_RELAXED);
  while (value < seen && !__atomic_compare_exchange_n(lowest, &seen, value, true, __ATOMIC_RELAXED,
                                                      __ATOMIC_RELAXED)) {
  }
}
