// What a kernel's accesses would cost a GPU, by the rules that all of them share.
#pragma once

#include <array>
#include <cstdint>

#include "Program.h"

namespace ptx {

struct Traffic {
  /// Shared memory: what could be done at once, and the times that the banks took for it.
  uint64_t shared_requests = 0, shared_times = 0;
  /// Global memory: the sectors of 32 bytes that were moved, and how many the bytes that were asked
  /// for would fill.
  uint64_t sectors = 0, filled_sectors = 0;

  using Addresses = std::array<uint64_t, lanes>;
  /// An access of the lanes in `active` to `bytes` each.
  void count_shared(const Addresses &addresses, Mask active, uint32_t bytes);
  void count_global(const Addresses &addresses, Mask active, uint32_t bytes);
};

}  // namespace ptx
