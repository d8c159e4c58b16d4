// Sees what a GPU would not tell of: two threads at one place of memory, one of them writing, and
// nothing that puts the two in order.
#pragma once

#include <cstdint>

namespace ptx {

/// When and by whom memory was used: what two uses are put in order by. Numbers beside one another
/// in one word, so that a comparison of many accesses takes little.
struct Moment {
  uint64_t bits = 0;

  // From the lowest bit on.
  static constexpr int lane_bits = 6, warp_barriers_bits = 8, warp_bits = 6, barriers_bits = 14;
  static constexpr int warp_barriers_at = lane_bits,
                       warp_at = warp_barriers_at + warp_barriers_bits,
                       barriers_at = warp_at + warp_bits, block_at = barriers_at + barriers_bits;
  static constexpr uint64_t lane_mask = (1 << lane_bits) - 1, warp_mask = (1 << warp_bits) - 1;

  /// A number for each block of each launch, growing.
  uint64_t block() const { return bits >> block_at; }
  uint64_t warp() const { return bits >> warp_at & warp_mask; }
  uint64_t lane() const { return bits & lane_mask; }
  /// Alike in all from that bit on.
  bool is_like(Moment other, int from) const { return (bits ^ other.bits) >> from == 0; }

  static Moment start(uint64_t block) { return {block << block_at}; }
  /// After a barrier of the block, or of the warp alone.
  void pass_barrier() { bits += uint64_t{1} << barriers_at; }
  void pass_warp_barrier() { bits += uint64_t{1} << warp_barriers_at; }
  Moment of_warp(uint64_t warp) const {
    return {(bits & ~(warp_mask << warp_at)) | warp << warp_at};
  }
  Moment of_lane(uint64_t lane) const { return {(bits & ~lane_mask) | lane}; }
};

// In place of one reader: several lanes of a warp, several warps of a block, several blocks.
constexpr uint64_t several_lanes = 32, several_warps = 32, several_blocks = 33;
// In place of a writer: an asynchronous copy that nobody waited for yet.
constexpr uint64_t copy_under_way = 32;

/// What was last done with four bytes.
struct Trace {
  Moment written, read;
};

enum class Conflict { none, with_write, with_read, with_copy };

/// Whether what was done `then` is over for whoever acts `now`, in the launch whose first block is
/// `launch`.
inline bool is_over(Moment then, Moment now, uint64_t launch) {
  if (then.block() < launch) return true;
  if (!then.is_like(now, Moment::block_at) || then.warp() == several_blocks) return false;
  // A barrier of the block lies between, or one of the warp, or it is one lane's doing.
  return !then.is_like(now, Moment::barriers_at) || then.bits == now.bits ||
         (then.is_like(now, Moment::warp_at) &&
          (!then.is_like(now, Moment::warp_barriers_at) || then.lane() == now.lane()));
}

inline Conflict conflict_with_write(const Trace &trace, Moment now, uint64_t launch) {
  // No barrier ends a copy.
  if (trace.written.lane() == copy_under_way && trace.written.is_like(now, Moment::block_at))
    return Conflict::with_copy;
  return is_over(trace.written, now, launch) ? Conflict::none : Conflict::with_write;
}

inline Conflict note_read(Trace &trace, Moment now, uint64_t launch) {
  if (const Conflict conflict = conflict_with_write(trace, now, launch); conflict != Conflict::none)
    return conflict;
  const Moment before = trace.read;
  trace.read = now;
  if (before.block() < launch) return Conflict::none;
  if (!before.is_like(now, Moment::block_at) || before.warp() == several_blocks)
    trace.read = now.of_warp(several_blocks);
  else if (!before.is_like(now, Moment::barriers_at))
    return Conflict::none;
  else if (!before.is_like(now, Moment::warp_at))
    trace.read = now.of_warp(several_warps);
  else if (before.is_like(now, Moment::warp_barriers_at) && before.lane() != now.lane())
    trace.read = now.of_lane(several_lanes);
  return Conflict::none;
}

inline Conflict note_write(Trace &trace, Moment now, uint64_t launch) {
  if (const Conflict conflict = conflict_with_write(trace, now, launch); conflict != Conflict::none)
    return conflict;
  if (!is_over(trace.read, now, launch)) return Conflict::with_read;
  trace.written = now;
  return Conflict::none;
}

}  // namespace ptx
