#include "Traffic.h"

#include <algorithm>
#include <set>

namespace ptx {

// 32 banks give a word each at a time. Lanes with 8 or 16 bytes are served by halves or quarters of
// a warp (CUDA C++ Programming Guide, "Shared memory").
void Traffic::count_shared(const Addresses &addresses, Mask active, uint32_t bytes) {
  const uint32_t at_once = lanes * 4 / bytes;
  for (uint32_t first = 0; first < lanes; first += at_once) {
    std::array<std::set<uint64_t>, 32> banks;
    for (uint32_t lane = first; lane < first + at_once; ++lane) {
      if ((active >> lane & 1) == 0) continue;
      for (uint64_t word = addresses[lane] / 4; word < (addresses[lane] + bytes) / 4; ++word)
        banks[word % 32].insert(word);
    }
    size_t most = 0;
    for (const auto &words : banks) most = std::max(most, words.size());
    shared_requests += most > 0;
    shared_times += most;
  }
}

void Traffic::count_global(const Addresses &addresses, Mask active, uint32_t bytes) {
  std::set<uint64_t> words, moved;
  for (int lane = 0; lane < lanes; ++lane) {
    if ((active >> lane & 1) == 0) continue;
    for (uint64_t word = addresses[lane] / 4; word < (addresses[lane] + bytes) / 4; ++word) {
      words.insert(word);
      moved.insert(word / 8);
    }
  }
  sectors += moved.size();
  filled_sectors += (words.size() + 7) / 8;
}

}  // namespace ptx
