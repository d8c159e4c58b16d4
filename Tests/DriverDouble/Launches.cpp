// Launches of kernels, as faults have them.
#include <unistd.h>

#include <cstdio>
#include <tuple>

#include "Driver.h"
#include "Kernels.h"
#include "include/DriverDouble.h"

namespace {

/// Turns one high bit of the first number that the kernel made.
void spoil_result(size_t offset, const std::vector<std::byte> &parameter) {
  CUdeviceptr address;
  std::memcpy(&address, parameter.data() + offset, sizeof address);
  if (memory().holds(address, 4)) reinterpret_cast<std::byte *>(address)[2] ^= std::byte{0x40};
}

std::mutex result_lock;
std::string last_finding;
ptx::Traffic last_traffic;

/// Whether this launch is the first of its like: a step of a training is like the one before, and
/// what threads do to one another does not depend on the numbers.
bool is_first(const ptx::Kernel &kernel, const ptx::Grid &grid,
              const std::vector<std::byte> &parameter) {
  using Like = std::tuple<std::string, uint32_t, uint32_t, uint32_t, uint32_t,
                          std::vector<std::byte>>;
  static auto &seen = *new std::set<Like>;
  std::lock_guard guard(result_lock);
  return seen.emplace(kernel.name, grid.x, grid.y, grid.z, grid.threads, parameter).second;
}

CUresult launch(const ptx::Kernel &kernel, const ptx::Grid &grid,
                const std::vector<std::byte> &parameter) {
  if (faults().delay) usleep(static_cast<useconds_t>(faults().delay));
  ticked += faults().tick;
  ptx::Traffic traffic;
  try {
    ptx::run(kernel, grid, parameter, memory(),
             {is_first(kernel, grid, parameter), faults().counts ? &traffic : nullptr});
  } catch (const ptx::Finding &finding) {
    std::fprintf(stderr, "driver double: %s\n", finding.text.c_str());
    std::lock_guard guard(result_lock);
    last_finding = finding.text;
    return launch_failed;
  }
  {
    std::lock_guard guard(result_lock);
    last_traffic = traffic;
  }
  if (faults().wrong == kernel.name)
    if (const auto offset = result_offset(kernel.name)) spoil_result(*offset, parameter);
  if (kernel.name == "pattern_write") {
    CUdeviceptr words;
    uint64_t count;
    std::memcpy(&words, parameter.data(), 8);
    std::memcpy(&count, parameter.data() + 8, 8);
    memory().spoil(words, count * 8);
  }
  return success;
}

}  // namespace

std::atomic<uint64_t> ticked = 0;

API cuLaunchKernel(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                   unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
                   CUstream stream, void **parameters, void **) {
  ENTER_WITH_CONTEXT(cuLaunchKernel);
  REQUIRE(grid_x > 0 && grid_y > 0 && grid_z > 0, invalid_value);
  REQUIRE(grid_y < 65536 && grid_z < 65536, invalid_value);
  REQUIRE(block_x > 0 && block_x <= 1024 && block_y == 1 && block_z == 1, invalid_value);
  const ptx::Kernel &kernel = *function->kernel;
  REQUIRE(block_x <= kernel.most_threads && block_x % ptx::lanes == 0, invalid_value);
  REQUIRE(shared_bytes <= function->allowed_shared_bytes, invalid_value);
  const auto *parameter = static_cast<const std::byte *>(parameters[0]);
  const std::vector<std::byte> copy(parameter, parameter + kernel.parameter_bytes);
  return enqueue(stream, [=, &kernel] {
    return launch(kernel, {grid_x, grid_y, grid_z, block_x, shared_bytes}, copy);
  });
}

const char *kiln_double_finding() {
  static thread_local std::string copy;
  std::lock_guard guard(result_lock);
  copy = last_finding;
  return copy.c_str();
}

void kiln_double_traffic(uint64_t counts[4]) {
  std::lock_guard guard(result_lock);
  counts[0] = last_traffic.shared_requests;
  counts[1] = last_traffic.shared_times;
  counts[2] = last_traffic.filled_sectors;
  counts[3] = last_traffic.sectors;
}
