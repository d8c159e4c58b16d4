// The driver API's types, as NVIDIA documents them; the double includes none of its headers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "Faults.h"
#include "PTX/Warp.h"

enum CUresult : int {
  success = 0,
  invalid_value = 1,
  out_of_memory = 2,
  not_initialized = 3,
  no_device = 100,
  invalid_device = 101,
  invalid_context = 201,
  no_binary_for_gpu = 209,
  invalid_ptx = 218,
  unsupported_ptx_version = 222,
  invalid_handle = 400,
  not_found = 500,
  not_ready = 600,
  launch_out_of_resources = 701,
  launch_failed = 719,
  stream_capture_unsupported = 900,
  stream_capture_invalidated = 901,
};

using CUdevice = int;
using CUdeviceptr = uint64_t;

/// A kernel of a loaded module.
struct Function {
  const ptx::Kernel *kernel;
  uint32_t allowed_shared_bytes = 48 << 10;
};
struct Module {
  ptx::Module text;
  std::map<std::string, Function> functions;
};
/// Work that a captured stream recorded.
using Graph = std::vector<std::function<CUresult()>>;
struct Stream {
  std::unique_ptr<Graph> capture;
  /// Something happened that the capture does not have.
  bool is_invalidated = false;
  /// Asked for and not done.
  Graph pending;
  bool waits_for_null_stream = true;
};
struct Event {
  enum State { fresh, asked, recorded } state = fresh;
  std::chrono::steady_clock::time_point time;
};
struct Context {
  int retained = 0;
};

using CUmodule = Module *;
using CUfunction = Function *;
using CUstream = Stream *;
using CUevent = Event *;
using CUgraph = Graph *;
using CUgraphExec = Graph *;
using CUcontext = Context *;

/// Crashes, hangs or fails as the environment asks of `function`, and holds it to the order of
/// calls: nothing before cuInit, and, where it says so, a context.
CUresult enter(const char *function, bool needs_context);

/// Refuses in a thread that captures a stream, and the capture with it.
CUresult refuse_in_capture();
/// The same unless the capture is a relaxed one: of what is done at once, and not when a stream comes to
/// it.
CUresult refuse_unless_relaxed();

/// Asks `stream` for `work`, or records it when the stream is captured.
CUresult enqueue(CUstream stream, std::function<CUresult()> work);
/// What the launches that were done took of the device's own clock, in microseconds; with
/// KILN_DOUBLE_TICK.
extern std::atomic<uint64_t> ticked;
/// Does all that a stream, or each, was asked for.
CUresult finish(CUstream stream);
CUresult finish_all();

/// The device's memory: allocations of the host's.
struct Memory : ptx::GlobalMemory {
  std::mutex lock;
  std::map<CUdeviceptr, Range> blocks;
  size_t used = 0;

  Range find(CUdeviceptr address) override;
  /// Whether `bytes` from `address` on lie in one allocation.
  bool holds(CUdeviceptr address, size_t bytes) { return find(address).holds(address, bytes); }
  /// The bit that sticks, for KILN_DOUBLE_WRONG=memory.
  void spoil(CUdeviceptr address, size_t bytes);
};
Memory &memory();

extern bool is_initialized;
extern thread_local CUcontext current_context;

#define ENTER(function)                                                            \
  if (const CUresult status = enter(#function, false); status != success) return status
#define ENTER_WITH_CONTEXT(function)                                               \
  if (const CUresult status = enter(#function, true); status != success) return status
#define ENTER_UNLESS_CAPTURING(function) \
  ENTER_WITH_CONTEXT(function);          \
  if (const CUresult status = refuse_unless_relaxed(); status != success) return status
#define REQUIRE(condition, otherwise) \
  if (!(condition)) return otherwise
#define API extern "C" __attribute__((visibility("default"))) CUresult
