// Memory, streams, events, graphs, launches.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "Driver.h"
#include "Emulator.h"

namespace {

using Clock = std::chrono::steady_clock;

std::byte *host(CUdeviceptr address) { return reinterpret_cast<std::byte *>(address); }

Stream default_stream;

Stream &resolve(CUstream stream) { return stream ? *stream : default_stream; }

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
  return enqueue(stream, [=] {
    std::memcpy(host(to), from, bytes);
    memory().spoil(to, bytes);
    return success;
  });
}

CUresult to_host(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
  REQUIRE(memory().holds(from, bytes), invalid_value);
  return enqueue(stream, [=] {
    std::memcpy(to, host(from), bytes);
    return success;
  });
}

CUresult between(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  REQUIRE(memory().holds(from, bytes) && memory().holds(to, bytes), invalid_value);
  return enqueue(stream, [=] {
    std::memmove(host(to), host(from), bytes);
    return success;
  });
}

/// Turns one high bit of the first number that the kernel made.
void spoil_result(const EmulatedKernel &kernel, const std::vector<std::byte> &parameter) {
  CUdeviceptr address;
  std::memcpy(&address, parameter.data() + kernel.result_offset, sizeof address);
  if (memory().holds(address, 4)) host(address)[2] ^= std::byte{0x40};
}

CUresult launch(const EmulatedKernel &kernel, const emulator::Grid &grid,
                const std::vector<std::byte> &parameter) {
  if (faults().delay) usleep(static_cast<useconds_t>(faults().delay));
  emulator::run(grid, kernel.run, parameter.data());
  if (faults().wrong == kernel.name) spoil_result(kernel, parameter);
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

bool Memory::holds(CUdeviceptr address, size_t bytes) {
  std::lock_guard guard(lock);
  auto after = blocks.upper_bound(address);
  if (after == blocks.begin()) return false;
  const auto &[start, size] = *--after;
  return address - start <= size && bytes <= size - (address - start);
}

void Memory::spoil(CUdeviceptr address, size_t bytes) {
  if (faults().wrong == "memory" && bytes > 0) host(address)[bytes / 2] |= std::byte{1};
}

Memory &memory() {
  static auto *memory = new Memory;
  return *memory;
}

CUresult enqueue(CUstream stream, std::function<CUresult()> work) {
  if (!resolve(stream).capture) return work();
  resolve(stream).capture->push_back(std::move(work));
  return success;
}

API cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
  ENTER_WITH_CONTEXT(cuMemAlloc_v2);
  REQUIRE(bytes > 0, invalid_value);
  std::lock_guard guard(memory().lock);
  const size_t room = std::min(faults().memory, faults().allocatable);
  REQUIRE(bytes <= room && memory().used <= room - bytes, out_of_memory);
  void *mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(mapped != MAP_FAILED, out_of_memory);
  *address = reinterpret_cast<CUdeviceptr>(mapped);
  memory().blocks[*address] = bytes;
  memory().used += bytes;
  return success;
}

API cuMemFree_v2(CUdeviceptr address) {
  ENTER_WITH_CONTEXT(cuMemFree_v2);
  std::lock_guard guard(memory().lock);
  const auto block = memory().blocks.find(address);
  REQUIRE(block != memory().blocks.end(), invalid_value);
  munmap(host(address), block->second);
  memory().used -= block->second;
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
  ENTER_WITH_CONTEXT(cuMemAllocHost_v2);
  *address = std::malloc(bytes);
  return *address ? success : out_of_memory;
}

API cuMemFreeHost(void *address) {
  ENTER_WITH_CONTEXT(cuMemFreeHost);
  std::free(address);
  return success;
}

API cuMemHostRegister_v2(void *, size_t, unsigned) {
  ENTER_WITH_CONTEXT(cuMemHostRegister_v2);
  return success;
}

API cuMemHostUnregister(void *) {
  ENTER_WITH_CONTEXT(cuMemHostUnregister);
  return success;
}

API cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
  ENTER_WITH_CONTEXT(cuMemcpyHtoD_v2);
  return to_device(to, from, bytes, nullptr);
}

API cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
  ENTER_WITH_CONTEXT(cuMemcpyDtoH_v2);
  return to_host(to, from, bytes, nullptr);
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
  ENTER_WITH_CONTEXT(cuMemsetD8_v2);
  return set_bytes(to, value, count, nullptr);
}

API cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
  ENTER_WITH_CONTEXT(cuMemsetD8Async);
  return set_bytes(to, value, count, stream);
}

API cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) {
  ENTER_WITH_CONTEXT(cuMemsetD32_v2);
  return set_words(to, value, count, nullptr);
}

API cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream) {
  ENTER_WITH_CONTEXT(cuMemsetD32Async);
  return set_words(to, value, count, stream);
}

API cuStreamCreate(CUstream *stream, unsigned) {
  ENTER_WITH_CONTEXT(cuStreamCreate);
  *stream = new Stream;
  return success;
}

API cuStreamDestroy_v2(CUstream stream) {
  ENTER_WITH_CONTEXT(cuStreamDestroy_v2);
  delete stream;
  return success;
}

API cuStreamSynchronize(CUstream stream) {
  ENTER_WITH_CONTEXT(cuStreamSynchronize);
  REQUIRE(!resolve(stream).capture, stream_capture_unsupported);
  return success;
}

API cuStreamQuery(CUstream stream) {
  ENTER_WITH_CONTEXT(cuStreamQuery);
  REQUIRE(!resolve(stream).capture, stream_capture_unsupported);
  return success;
}

API cuStreamBeginCapture_v2(CUstream stream, int) {
  ENTER_WITH_CONTEXT(cuStreamBeginCapture_v2);
  REQUIRE(stream && !stream->capture, invalid_value);
  stream->capture = std::make_unique<Graph>();
  return success;
}

API cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  ENTER_WITH_CONTEXT(cuStreamEndCapture);
  REQUIRE(stream && stream->capture, invalid_value);
  *graph = stream->capture.release();
  return success;
}

API cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long) {
  ENTER_WITH_CONTEXT(cuGraphInstantiateWithFlags);
  *executable = new Graph(*graph);
  return success;
}

API cuGraphLaunch(CUgraphExec executable, CUstream stream) {
  ENTER_WITH_CONTEXT(cuGraphLaunch);
  return enqueue(stream, [executable] {
    for (const auto &work : *executable)
      if (const CUresult status = work(); status != success) return status;
    return success;
  });
}

API cuGraphExecDestroy(CUgraphExec executable) {
  ENTER_WITH_CONTEXT(cuGraphExecDestroy);
  delete executable;
  return success;
}

API cuGraphDestroy(CUgraph graph) {
  ENTER_WITH_CONTEXT(cuGraphDestroy);
  delete graph;
  return success;
}

API cuEventCreate(CUevent *event, unsigned) {
  ENTER_WITH_CONTEXT(cuEventCreate);
  *event = new Event;
  return success;
}

API cuEventDestroy_v2(CUevent event) {
  ENTER_WITH_CONTEXT(cuEventDestroy_v2);
  delete event;
  return success;
}

API cuEventRecord(CUevent event, CUstream stream) {
  ENTER_WITH_CONTEXT(cuEventRecord);
  return enqueue(stream, [event] {
    *event = {Clock::now(), true};
    return success;
  });
}

API cuEventQuery(CUevent event) {
  ENTER_WITH_CONTEXT(cuEventQuery);
  REQUIRE(event->recorded, invalid_handle);
  return success;
}

API cuEventSynchronize(CUevent event) {
  ENTER_WITH_CONTEXT(cuEventSynchronize);
  REQUIRE(event->recorded, invalid_handle);
  return success;
}

API cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) {
  ENTER_WITH_CONTEXT(cuEventElapsedTime);
  REQUIRE(start->recorded && end->recorded, invalid_handle);
  *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return success;
}

API cuLaunchKernel(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                   unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
                   CUstream stream, void **parameters, void **) {
  ENTER_WITH_CONTEXT(cuLaunchKernel);
  REQUIRE(grid_x > 0 && grid_y > 0 && grid_z > 0, invalid_value);
  REQUIRE(grid_y < 65536 && grid_z < 65536, invalid_value);
  REQUIRE(block_x > 0 && block_x <= 1024 && block_y == 1 && block_z == 1, invalid_value);
  REQUIRE(static_cast<int>(shared_bytes) <= function->allowed_shared_bytes, invalid_value);
  const auto *parameter = static_cast<const std::byte *>(parameters[0]);
  const std::vector<std::byte> copy(parameter, parameter + function->kernel->parameter_bytes);
  const EmulatedKernel &kernel = *function->kernel;
  return enqueue(stream, [=, &kernel] {
    return launch(kernel, {grid_x, grid_y, grid_z, block_x, shared_bytes}, copy);
  });
}
