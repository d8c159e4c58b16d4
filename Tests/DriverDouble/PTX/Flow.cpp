// Where lanes that a branch parts meet again: at the first place that each of them must come to.
#include "Program.h"

namespace ptx {
namespace {

/// The instructions that may follow each, and, as the last, the end that all come to.
std::vector<std::vector<uint32_t>> successors(const Kernel &kernel) {
  const auto end = static_cast<uint32_t>(kernel.instructions.size());
  std::vector<std::vector<uint32_t>> result(end + 1);
  for (uint32_t at = 0; at < end; ++at) {
    const Instruction &instruction = kernel.instructions[at];
    if (instruction.flow == Flow::exit) {
      result[at] = {end};
      continue;
    }
    if (instruction.flow == Flow::next || instruction.guarded) result[at].push_back(at + 1);
    if (instruction.flow == Flow::branch) result[at].push_back(instruction.target);
  }
  return result;
}

}  // namespace

// Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", on the reversed graph.
void find_meetings(Kernel &kernel) {
  const auto after = successors(kernel);
  const auto end = static_cast<uint32_t>(kernel.instructions.size());
  std::vector<std::vector<uint32_t>> before(end + 1);
  for (uint32_t at = 0; at < end; ++at)
    for (const uint32_t next : after[at]) before[next].push_back(at);

  // In the order in which a walk backwards from the end leaves them.
  constexpr uint32_t unknown = UINT32_MAX;
  std::vector<uint32_t> order, number(end + 1, unknown);
  std::vector<std::pair<uint32_t, size_t>> path{{end, 0}};
  std::vector<bool> seen(end + 1);
  seen[end] = true;
  while (!path.empty()) {
    auto &[at, index] = path.back();
    if (index < before[at].size()) {
      const uint32_t next = before[at][index++];
      if (!seen[next]) {
        seen[next] = true;
        path.push_back({next, 0});
      }
    } else {
      number[at] = static_cast<uint32_t>(order.size());
      order.push_back(at);
      path.pop_back();
    }
  }

  std::vector<uint32_t> meeting(end + 1, unknown);
  meeting[end] = end;
  const auto common = [&](uint32_t a, uint32_t b) {
    while (a != b) {
      while (number[a] < number[b]) a = meeting[a];
      while (number[b] < number[a]) b = meeting[b];
    }
    return a;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (auto at = order.rbegin() + 1; at != order.rend(); ++at) {
      uint32_t found = unknown;
      for (const uint32_t next : after[*at])
        if (meeting[next] != unknown) found = found == unknown ? next : common(found, next);
      changed |= meeting[*at] != found;
      meeting[*at] = found;
    }
  }
  for (uint32_t at = 0; at < end; ++at) kernel.instructions[at].meeting = meeting[at];
}

}  // namespace ptx
