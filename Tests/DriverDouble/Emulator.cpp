#include "Emulator.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

// Switches stacks as a function call: only what a called function must keep is kept. The C
// library's swapcontext also makes two system calls.
extern "C" void kiln_switch(void **from, void *to);
#if defined(__x86_64__)
asm(R"(
.text
.type kiln_switch,@function
.hidden kiln_switch
kiln_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size kiln_switch,.-kiln_switch
)");
#elif defined(__aarch64__)
asm(R"(
.text
.type kiln_switch,%function
.hidden kiln_switch
kiln_switch:
  stp x29, x30, [sp, #-160]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
.size kiln_switch,.-kiln_switch
)");
#else
#error "the driver double knows the stacks of x86-64 and arm64"
#endif

namespace emulator {
namespace {

constexpr size_t stack_bytes = 64 << 10, most_threads = 1024, most_shared = 256 << 10;
/// Room for what a lane shows in an exchange.
constexpr size_t show_bytes = 256;

enum class State { runs, waits_for_warp, waits_for_block, done };

struct Fibre {
  Place place;
  State state;
  void *stack_pointer;
};

struct Warp {
  // Two, in turn: a lane that is through with one exchange may begin the next one while others
  // still read the first.
  alignas(16) char shown[2][32 * show_bytes];
  uint8_t turns[32];
};

/// What one host thread needs to run a block.
struct Room {
  char *stacks;
  float *shared;
  std::vector<Fibre> fibres{most_threads};
  std::vector<Warp> warps{most_threads / 32};
  void *scheduler;
  Fibre *running;
  void (*kernel)(const void *);
  const void *parameter;

  Room() {
    void *memory = mmap(nullptr, stack_bytes * most_threads + most_shared, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    stacks = static_cast<char *>(memory);
    shared = reinterpret_cast<float *>(stacks + stack_bytes * most_threads);
  }
  void prepare(Fibre &fibre, size_t index);
  void run_warp(size_t first, size_t count);
  void run_block(const Grid &grid, Place place);
};

thread_local Room *room;

void wait(State state) {
  Fibre *fibre = room->running;
  fibre->state = state;
  kiln_switch(&fibre->stack_pointer, room->scheduler);
}

void begin_fibre() {
  room->kernel(room->parameter);
  wait(State::done);
}

void Room::prepare(Fibre &fibre, size_t index) {
  void **top = reinterpret_cast<void **>(stacks + (index + 1) * stack_bytes);
#if defined(__x86_64__)
  // A return address for a function that never returns keeps the stack aligned as after a call.
  *--top = nullptr;
  *--top = reinterpret_cast<void *>(begin_fibre);
  top -= 6;
#else
  top -= 20;
  top[1] = reinterpret_cast<void *>(begin_fibre);
#endif
  fibre.stack_pointer = top;
  fibre.state = State::runs;
}

/// Runs the fibres of a warp until each waits for the block or is done.
void Room::run_warp(size_t first, size_t count) {
  bool again = true;
  while (again) {
    again = false;
    for (size_t i = first; i < first + count; ++i) {
      running = &fibres[i];
      if (running->state == State::waits_for_block || running->state == State::done) continue;
      kiln_switch(&scheduler, running->stack_pointer);
      again |= running->state == State::waits_for_warp;
    }
  }
}

void Room::run_block(const Grid &grid, Place place) {
  for (size_t i = 0; i < grid.threads; ++i) {
    prepare(fibres[i], i);
    fibres[i].place = place;
    fibres[i].place.thread = static_cast<int>(i);
  }
  for (size_t i = 0; i < (grid.threads + 31) / 32; ++i) std::memset(warps[i].turns, 0, 32);
  // What a block finds in shared memory is nothing to rely on: not a number.
  std::memset(shared, 0xFF, grid.shared_bytes);
  for (bool done = false; !done;) {
    for (size_t first = 0; first < grid.threads; first += 32)
      run_warp(first, std::min<size_t>(32, grid.threads - first));
    done = true;
    for (size_t i = 0; i < grid.threads; ++i) {
      if (fibres[i].state != State::waits_for_block) continue;
      fibres[i].state = State::runs;
      done = false;
    }
  }
}

/// Rooms outlive the host threads that use them, which live for one launch.
struct Rooms {
  std::mutex lock;
  std::vector<std::unique_ptr<Room>> idle;

  std::unique_ptr<Room> take() {
    std::lock_guard guard(lock);
    if (idle.empty()) return std::make_unique<Room>();
    auto room = std::move(idle.back());
    idle.pop_back();
    return room;
  }
  void give(std::unique_ptr<Room> room) {
    std::lock_guard guard(lock);
    idle.push_back(std::move(room));
  }
};

Rooms &rooms() {
  static auto *rooms = new Rooms;
  return *rooms;
}

}  // namespace

const Place &place() { return room->running->place; }
float *shared_memory() { return room->shared; }
void wait_for_block() { wait(State::waits_for_block); }
void wait_for_warp() { wait(State::waits_for_warp); }

const void *exchange(const void *mine, size_t size) {
  const int thread = place().thread, lane = thread % 32;
  Warp &warp = room->warps[static_cast<size_t>(thread / 32)];
  char *shown = warp.shown[warp.turns[lane] ^= 1];
  if (size > show_bytes) std::abort();
  std::memcpy(shown + static_cast<size_t>(lane) * size, mine, size);
  wait_for_warp();
  return shown;
}

void run(const Grid &grid, void (*kernel)(const void *), const void *parameter) {
  const uint64_t blocks = uint64_t{grid.x} * grid.y * grid.z;
  std::atomic<uint64_t> next = 0;
  const auto work = [&] {
    auto mine = rooms().take();
    room = mine.get();
    room->kernel = kernel;
    room->parameter = parameter;
    for (uint64_t block; (block = next.fetch_add(1)) < blocks;)
      room->run_block(grid, {0, static_cast<int>(block % grid.x),
                             static_cast<int>(block / grid.x % grid.y),
                             static_cast<int>(block / grid.x / grid.y), static_cast<int>(grid.x)});
    room = nullptr;
    rooms().give(std::move(mine));
  };
  const uint64_t cores = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> others;
  for (uint64_t i = 1; i < std::min(cores, blocks / 2); ++i) others.emplace_back(work);
  work();
  for (auto &other : others) other.join();
}

}  // namespace emulator
