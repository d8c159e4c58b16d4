#include "Warp.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>

namespace ptx {

Warp::Warp(Launch &launch, unsigned index)
    : launch(launch),
      registers(static_cast<std::byte *>(std::aligned_alloc(128, launch.kernel.register_bytes))),
      index(index) {
  if (!registers) throw Finding{"no memory for the registers"};
  // What a register holds before it is written is nothing to rely on: not a number.
  std::memset(registers.get(), 0xFF, launch.kernel.register_bytes);
  for (const Constant &constant : launch.kernel.constants)
    for (int lane = 0; lane < lanes; ++lane)
      if (constant.wide)
        row<uint64_t>(constant.row)[lane] = constant.value;
      else
        row<uint32_t>(constant.row)[lane] = static_cast<uint32_t>(constant.value);
}

void Warp::begin(const std::array<uint32_t, specials> &values) {
  for (int special = 0; special < specials; ++special)
    for (int lane = 0; lane < lanes; ++lane)
      row<uint32_t>(launch.kernel.special_rows[special])[lane] =
          special == thread_x ? static_cast<uint32_t>(index * lanes + lane) : values[special];
  live = active = all_lanes;
  counter = 0;
  meeting = static_cast<uint32_t>(launch.kernel.instructions.size());
  paths.clear();
  is_waiting = false;
  copies.clear();
  groups.clear();
}

void Warp::run(Moment block) {
  is_waiting = false;
  now = block.of_warp(index);
  const Instruction *const instructions = launch.kernel.instructions.data();
  while (live != 0 && !is_waiting) {
    const Instruction &instruction = instructions[counter++];
    instruction.run(*this, instruction);
    while (counter == meeting && live != 0) take_next_path();
  }
}

void Warp::branch(const Instruction &instruction) {
  const Mask chosen = instruction.guarded ? predicate(instruction.guard) : all_lanes;
  const Mask taken = active & (instruction.negated ? ~chosen : chosen);
  if (taken == active) {
    counter = instruction.target;
  } else if (taken != 0) {
    // In a loop that lanes leave one by one the path below would be the same each time.
    if (instruction.meeting != meeting) paths.push_back({active, instruction.meeting, meeting});
    meeting = instruction.meeting;
    if (instruction.target != meeting) paths.push_back({taken, instruction.target, meeting});
    active &= ~taken;
  }
}

void Warp::exit() {
  live &= ~active;
  if (live != 0) take_next_path();
}

void Warp::take_next_path() {
  do {
    if (paths.empty()) fail("lanes that nothing leads on");
    active = paths.back().lanes & live;
    counter = paths.back().counter;
    meeting = paths.back().meeting;
    paths.pop_back();
  } while (active == 0);
}

void Warp::fail(const std::string &what) const {
  const Instruction &instruction = launch.kernel.instructions[counter - 1];
  throw Finding{launch.kernel.name + ", line " + std::to_string(instruction.line) +
                " of the PTX, warp " + std::to_string(index) + ": " + what};
}

namespace {

/// The arrays of a block's shared memory, nothing written yet.
void clear(Shared &shared, const Kernel &kernel, uint32_t dynamic_bytes) {
  const size_t bytes = dynamic_start + (dynamic_bytes + 3) / 4 * 4;
  shared.bytes.resize(bytes);
  shared.traces.resize(bytes / 4);
  shared.words.resize(bytes / 4);
  const auto clear = [&](uint32_t start, uint32_t size) {
    // What a block finds there is nothing to rely on: not a number.
    std::memset(shared.bytes.data() + start, 0xFF, size);
    std::fill_n(shared.words.begin() + start / 4, size / 4, Shared::unwritten);
  };
  for (const auto &[start, size] : kernel.arrays) clear(start, size);
  clear(dynamic_start, static_cast<uint32_t>(bytes) - dynamic_start);
}

void run_block(std::vector<Warp> &warps, Moment now) {
  for (;;) {
    size_t waiting = 0, done = 0;
    for (Warp &warp : warps) {
      if (!warp.is_done()) warp.run(now);
      waiting += warp.is_waiting;
      done += warp.is_done();
    }
    if (done == warps.size()) return;
    if (waiting != warps.size())
      throw Finding{warps[0].launch.kernel.name + ": a barrier that some warps do not reach"};
    now.pass_barrier();
  }
}

/// A number for each block that ever runs, so that traces of earlier launches are known as such.
std::atomic<uint64_t> next_block = 1;

}  // namespace

void run(const Kernel &kernel, const Grid &grid, std::span<const std::byte> parameter,
         GlobalMemory &global, const Scrutiny &scrutiny) {
  uint64_t block = next_block.fetch_add(uint64_t{grid.x} * grid.y * grid.z);
  Launch launch{kernel, parameter, global, {}, block, scrutiny};
  std::vector<Warp> warps;
  warps.reserve(grid.threads / lanes);
  for (uint32_t i = 0; i < grid.threads / lanes; ++i) warps.emplace_back(launch, i);
  for (uint32_t z = 0; z < grid.z; ++z)
    for (uint32_t y = 0; y < grid.y; ++y)
      for (uint32_t x = 0; x < grid.x; ++x) {
        clear(launch.shared, kernel, grid.shared_bytes);
        for (Warp &warp : warps) warp.begin({0, x, y, z, grid.x});
        run_block(warps, Moment::start(block++));
      }
}

}  // namespace ptx
