// The device's memory, and what copies and sets it.
#include <sys/mman.h>

#include <cstdlib>

#include "Driver.h"

namespace {

std::byte *host(CUdeviceptr address) { return reinterpret_cast<std::byte *>(address); }

/// The host's memory that is page-locked: the device uses it whenever it comes to it.
class Pinned {
 public:
  void add(void *address, size_t bytes) {
    std::lock_guard guard(lock);
    blocks[static_cast<const std::byte *>(address)] = bytes;
  }
  void remove(void *address) {
    std::lock_guard guard(lock);
    blocks.erase(static_cast<const std::byte *>(address));
  }
  bool hold(const void *address) {
    std::lock_guard guard(lock);
    const auto *const at = static_cast<const std::byte *>(address);
    const auto after = blocks.upper_bound(at);
    return after != blocks.begin() && at < std::prev(after)->first + std::prev(after)->second;
  }

 private:
  std::mutex lock;
  std::map<const std::byte *, size_t> blocks;
};

Pinned &pinned() {
  static auto *pinned = new Pinned;
  return *pinned;
}

/// What a synchronous call asked of the null stream.
CUresult at_once(CUresult asked) { return asked == success ? finish(nullptr) : asked; }

CUresult set_words(CUdeviceptr to, uint32_t value, size_t count, CUstream stream) {
  REQUIRE(memory().holds(to, count * 4), invalid_value);
  return enqueue(stream, [=] {
    for (size_t i = 0; i < count; ++i) std::memcpy(host(to) + i * 4, &value, 4);
    return success;
  });
}

CUresult set_bytes(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
  REQUIRE(memory().holds(to, count), invalid_value);
  return enqueue(stream, [=] {
    std::memset(host(to), value, count);
    return success;
  });
}

CUresult to_device(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
  REQUIRE(memory().holds(to, bytes), invalid_value);
  // The driver may put what is not page-locked into a place of its own first, but need not.
  return enqueue(stream, [=] {
    std::memcpy(host(to), from, bytes);
    memory().spoil(to, bytes);
    return success;
  });
}

CUresult to_host(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
  REQUIRE(memory().holds(from, bytes), invalid_value);
  const CUresult status = enqueue(stream, [=] {
    std::memcpy(to, host(from), bytes);
    return success;
  });
  return status != success || pinned().hold(to) ? status : finish(stream);
}

CUresult between(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  REQUIRE(memory().holds(from, bytes) && memory().holds(to, bytes), invalid_value);
  return enqueue(stream, [=] {
    std::memmove(host(to), host(from), bytes);
    return success;
  });
}

/// The most that is filled of fresh memory: of one so large that nobody reads it, all would take
/// long.
constexpr size_t poisoned_bytes = 64 << 20;

size_t trace_bytes(size_t bytes) { return (bytes + 3) / 4 * sizeof(ptx::Trace); }

void *map(size_t bytes) {
  void *const mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  // Page faults would take longer than all else.
  if (mapped != MAP_FAILED) madvise(mapped, bytes, MADV_HUGEPAGE);
  return mapped;
}

}  // namespace

ptx::GlobalMemory::Range Memory::find(CUdeviceptr address) {
  std::lock_guard guard(lock);
  const auto after = blocks.upper_bound(address);
  if (after == blocks.begin()) return {};
  const Range &range = std::prev(after)->second;
  return address - range.start <= range.bytes ? range : Range{};
}

void Memory::spoil(CUdeviceptr address, size_t bytes) {
  if (faults().wrong == "memory" && bytes > 0) host(address)[bytes / 2] |= std::byte{1};
}

Memory &memory() {
  static auto *memory = new Memory;
  return *memory;
}

API cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
  ENTER_UNLESS_CAPTURING(cuMemAlloc_v2);
  REQUIRE(bytes > 0, invalid_value);
  std::lock_guard guard(memory().lock);
  const size_t room = std::min(faults().memory, faults().allocatable);
  REQUIRE(bytes <= room && memory().used <= room - bytes, out_of_memory);
  void *const data = map(bytes), *const traces = map(trace_bytes(bytes));
  REQUIRE(data != MAP_FAILED && traces != MAP_FAILED, out_of_memory);
  // What is there before it is written is nothing to rely on: not a number.
  std::memset(data, 0xFF, std::min(bytes, poisoned_bytes));
  *address = reinterpret_cast<CUdeviceptr>(data);
  memory().blocks[*address] = {*address, bytes, static_cast<ptx::Trace *>(traces)};
  memory().used += bytes;
  return success;
}

API cuMemFree_v2(CUdeviceptr address) {
  ENTER_UNLESS_CAPTURING(cuMemFree_v2);
  finish_all();
  std::lock_guard guard(memory().lock);
  const auto block = memory().blocks.find(address);
  REQUIRE(block != memory().blocks.end(), invalid_value);
  const auto &[start, bytes, traces] = block->second;
  munmap(host(start), bytes);
  munmap(traces, trace_bytes(bytes));
  memory().used -= bytes;
  memory().blocks.erase(block);
  return success;
}

API cuMemGetInfo_v2(size_t *free, size_t *total) {
  ENTER_WITH_CONTEXT(cuMemGetInfo_v2);
  std::lock_guard guard(memory().lock);
  *total = faults().memory;
  *free = faults().memory - memory().used;
  return success;
}

API cuMemAllocHost_v2(void **address, size_t bytes) {
  ENTER_UNLESS_CAPTURING(cuMemAllocHost_v2);
  *address = std::malloc(bytes);
  REQUIRE(*address, out_of_memory);
  pinned().add(*address, bytes);
  return success;
}

API cuMemFreeHost(void *address) {
  ENTER_UNLESS_CAPTURING(cuMemFreeHost);
  finish_all();
  pinned().remove(address);
  std::free(address);
  return success;
}

API cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
  ENTER_UNLESS_CAPTURING(cuMemcpyHtoD_v2);
  return at_once(to_device(to, from, bytes, nullptr));
}

API cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
  ENTER_UNLESS_CAPTURING(cuMemcpyDtoH_v2);
  return at_once(to_host(to, from, bytes, nullptr));
}

API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
  ENTER_WITH_CONTEXT(cuMemcpyHtoDAsync_v2);
  return to_device(to, from, bytes, stream);
}

API cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
  ENTER_WITH_CONTEXT(cuMemcpyDtoHAsync_v2);
  return to_host(to, from, bytes, stream);
}

API cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  ENTER_WITH_CONTEXT(cuMemcpyDtoDAsync_v2);
  return between(to, from, bytes, stream);
}

API cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
  ENTER_UNLESS_CAPTURING(cuMemsetD8_v2);
  return at_once(set_bytes(to, value, count, nullptr));
}

API cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
  ENTER_WITH_CONTEXT(cuMemsetD8Async);
  return set_bytes(to, value, count, stream);
}

API cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) {
  ENTER_UNLESS_CAPTURING(cuMemsetD32_v2);
  return at_once(set_words(to, value, count, nullptr));
}

API cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream) {
  ENTER_WITH_CONTEXT(cuMemsetD32Async);
  return set_words(to, value, count, stream);
}
