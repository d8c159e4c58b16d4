// A running warp, and the block and the launch that it belongs to.
#pragma once

#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <span>

#include "Program.h"
#include "Traffic.h"
#include "Witness.h"

// Lanes are vectorised where their operation can be; some call a function.
#pragma clang diagnostic ignored "-Wpass-failed"

namespace ptx {

/// The device's memory as a kernel sees it.
class GlobalMemory {
 public:
  /// An allocation, and the traces of its words.
  struct Range {
    uint64_t start = 0, bytes = 0;
    Trace *traces = nullptr;
    bool holds(uint64_t address, uint64_t size) const {
      return address - start < bytes && size <= bytes - (address - start);
    }
  };
  virtual ~GlobalMemory() = default;
  /// The allocation that has `address`, or an empty one.
  virtual Range find(uint64_t address) = 0;
};

struct Grid {
  uint32_t x = 1, y = 1, z = 1, threads = 32;
  uint32_t shared_bytes = 0;
};

/// The shared memory of a block.
struct Shared {
  std::vector<std::byte> bytes;
  std::vector<Trace> traces;
  /// What each word is: of no array, or not written since the block began, or written.
  enum Word : uint8_t { outside, unwritten, written };
  std::vector<Word> words;
};

/// What a launch does beside running the kernel.
struct Scrutiny {
  /// Whether to look for races, and for what is read before it was written.
  bool is_close = true;
  /// Nothing where nobody counts.
  Traffic *traffic = nullptr;
};

/// A launch.
struct Launch {
  const Kernel &kernel;
  std::span<const std::byte> parameter;
  GlobalMemory &global;
  Shared shared;
  uint64_t first_block = 0;
  Scrutiny scrutiny;
};

/// Calls `work` with the number of each lane in `some`, in order.
template <typename Work>
void each_of(Mask some, Work work) {
  for (Mask rest = some; rest != 0; rest &= rest - 1) work(std::countr_zero(rest));
}

class Warp {
 public:
  Warp(Launch &launch, unsigned index);

  /// Starts a block anew.
  void begin(const std::array<uint32_t, specials> &specials);
  /// Runs until every lane has ended, or waits for the block, whose barriers are counted in
  /// `block`.
  void run(Moment block);
  bool is_done() const { return live == 0; }
  bool is_waiting = false;

  // What instructions need.

  template <typename Value>
  Value *row(Row at) {
    return reinterpret_cast<Value *>(registers.get() + at);
  }
  Mask &predicate(Row at) { return *row<Mask>(at); }

  /// Calls `work` for each active lane; all at once where it can.
  template <typename Work>
  void each(Work work) const {
    if (active == all_lanes) {
#pragma clang loop vectorize(assume_safety)
      for (int lane = 0; lane < lanes; ++lane) work(lane);
    } else {
      each_of(active, work);
    }
  }

  uint64_t address(const Instruction &instruction, int lane) {
    const Row at = instruction.from[0];
    const uint64_t base =
        instruction.wide_address ? row<uint64_t>(at)[lane] : row<uint32_t>(at)[lane];
    return base + static_cast<int64_t>(instruction.displacement);
  }

  /// When the lanes act.
  Moment now;

  /// All lanes that the block began with have to be here together.
  void require_all(const char *what) const {
    if (active != all_lanes) fail(std::string(what) + " that some lanes of the warp do not reach");
  }
  [[noreturn]] void fail(const std::string &what) const;

  void branch(const Instruction &instruction);
  void exit();
  void wait_for_block() {
    require_all("a barrier");
    is_waiting = true;
  }
  void wait_for_warp() {
    require_all("a barrier of the warp");
    now.pass_warp_barrier();
  }

  /// An asynchronous copy of 16 bytes a lane, zeros for those that do not read.
  struct Copy {
    Mask lanes, reading;
    std::array<uint32_t, ptx::lanes> to;
    std::array<uint64_t, ptx::lanes> from;
  };
  using Copies = std::vector<Copy>;
  /// Those of no group yet, and the groups that are under way.
  Copies copies;
  std::deque<Copies> groups;

  Launch &launch;
  /// The lanes that the instruction is for.
  Mask active = 0;

 private:
  struct Free {
    void operator()(std::byte *bytes) const { std::free(bytes); }
  };
  std::unique_ptr<std::byte, Free> registers;
  const unsigned index;

  /// The lanes that have not ended.
  Mask live = 0;
  uint32_t counter = 0;

  /// Lanes that go on at `counter`, and stop at `meeting` for those that stand below them.
  struct Path {
    Mask lanes;
    uint32_t counter, meeting;
  };
  /// Below the path that runs.
  std::vector<Path> paths;
  uint32_t meeting = 0;

  void take_next_path();
};

/// Runs `kernel`, whose parameter has these bytes, in blocks of whole warps.
///
/// \throws Finding
void run(const Kernel &kernel, const Grid &grid, std::span<const std::byte> parameter,
         GlobalMemory &global, const Scrutiny &scrutiny);

}  // namespace ptx
