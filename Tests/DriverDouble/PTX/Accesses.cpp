// Loads, stores, atomic operations, asynchronous copies: what touches memory.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "Warp.h"

namespace ptx {
namespace {

std::string hexadecimal(uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

[[noreturn]] void fail(const Warp &warp, const char *what, uint64_t address, int lane) {
  warp.fail(std::string(what) + " at " + hexadecimal(address) + ", lane " + std::to_string(lane));
}

void require_alignment(const Warp &warp, uint64_t address, uint64_t bytes, int lane) {
  if (address % bytes != 0) fail(warp, "a misaligned access", address, lane);
}

[[noreturn]] void fail(const Warp &warp, Conflict conflict, uint64_t address, int lane) {
  fail(warp,
       conflict == Conflict::with_copy    ? "an access while a copy is under way"
       : conflict == Conflict::with_write ? "a race with a write"
                                          : "a race with a read",
       address, lane);
}

enum class Use { read, write };

/// Counts an access if somebody asked for it.
template <typename Space>
void count(Warp &warp, const Instruction &i, uint32_t bytes) {
  if (!warp.launch.scrutiny.traffic) return;
  Traffic::Addresses addresses{};
  for (int lane = 0; lane < lanes; ++lane) addresses[lane] = warp.address(i, lane);
  Space::count(*warp.launch.scrutiny.traffic, addresses, warp.active, bytes);
}

/// What was done before the block called `first` cannot be in the way.
template <Use use>
void note(const Warp &warp, Trace *traces, uint32_t bytes, uint64_t first, uint64_t address,
          int lane) {
  if (!warp.launch.scrutiny.is_close) return;
  const Moment now = warp.now.of_lane(static_cast<uint64_t>(lane));
  for (uint32_t word = 0; word < bytes / 4; ++word) {
    const Conflict conflict = use == Use::read ? note_read(traces[word], now, first)
                                               : note_write(traces[word], now, first);
    if (conflict != Conflict::none) fail(warp, conflict, address + word * 4, lane);
  }
}

struct SharedSpace {
  explicit SharedSpace(Warp &warp) : warp(warp), shared(warp.launch.shared) {}

  static void count(Traffic &traffic, const Traffic::Addresses &addresses, Mask active,
                    uint32_t bytes) {
    traffic.count_shared(addresses, active, bytes);
  }

  template <Use use>
  std::byte *at(uint64_t address, uint32_t bytes, int lane) {
    require_alignment(warp, address, bytes, lane);
    if (address + bytes > shared.bytes.size() || address > shared.bytes.size())
      fail(warp, "outside of shared memory", address, lane);
    for (uint64_t word = address / 4; word < (address + bytes) / 4; ++word) {
      Shared::Word &state = shared.words[word];
      if (state == Shared::outside) fail(warp, "outside of an array", word * 4, lane);
      if (use == Use::write) state = Shared::written;
      if (state == Shared::unwritten && warp.launch.scrutiny.is_close)
        fail(warp, "shared memory read that nobody wrote", word * 4, lane);
    }
    note<use>(warp, &shared.traces[address / 4], bytes, warp.now.block(), address, lane);
    return shared.bytes.data() + address;
  }

  Warp &warp;
  Shared &shared;
};

struct GlobalSpace {
  explicit GlobalSpace(Warp &warp) : warp(warp) {}

  static void count(Traffic &traffic, const Traffic::Addresses &addresses, Mask active,
                    uint32_t bytes) {
    traffic.count_global(addresses, active, bytes);
  }

  void require(uint64_t address, uint32_t bytes, int lane) {
    require_alignment(warp, address, bytes, lane);
    if (!range.holds(address, bytes)) range = warp.launch.global.find(address);
    if (!range.holds(address, bytes)) fail(warp, "outside of any allocation", address, lane);
  }

  template <Use use>
  std::byte *at(uint64_t address, uint32_t bytes, int lane) {
    require(address, bytes, lane);
    note<use>(warp, range.traces + (address - range.start) / 4, bytes, warp.launch.first_block,
              address, lane);
    return reinterpret_cast<std::byte *>(address);
  }

  Warp &warp;
  GlobalMemory::Range range;
};

struct ParameterSpace {
  explicit ParameterSpace(Warp &warp) : warp(warp) {}

  static void count(Traffic &, const Traffic::Addresses &, Mask, uint32_t) {}

  template <Use>
  const std::byte *at(uint64_t address, uint32_t bytes, int lane) {
    require_alignment(warp, address, bytes, lane);
    if (address + bytes > warp.launch.parameter.size())
      fail(warp, "outside of the parameter", address, lane);
    return warp.launch.parameter.data() + address;
  }

  Warp &warp;
};

/// `Register` may be wider than `Value`.
template <typename Space, typename Value, int size, typename Register = Value>
void load(Warp &warp, const Instruction &i) {
  Space space(warp);
  count<Space>(warp, i, sizeof(Value) * size);
  each_of(warp.active, [&](int lane) {
    Value values[size];
    std::memcpy(values, space.template at<Use::read>(warp.address(i, lane), sizeof values, lane),
                sizeof values);
    for (int n = 0; n < size; ++n) warp.row<Register>(i.to[n])[lane] = values[n];
  });
}

template <typename Space, typename Value, int size>
void store(Warp &warp, const Instruction &i) {
  Space space(warp);
  count<Space>(warp, i, sizeof(Value) * size);
  each_of(warp.active, [&](int lane) {
    Value values[size];
    for (int n = 0; n < size; ++n) values[n] = warp.row<Value>(i.from[n + 1])[lane];
    std::memcpy(space.template at<Use::write>(warp.address(i, lane), sizeof values, lane), values,
                sizeof values);
  });
}

/// red.global: nothing in between can be seen of what others do.
template <auto operation>
void reduce(Warp &warp, const Instruction &i) {
  GlobalSpace space(warp);
  each_of(warp.active, [&](int lane) {
    const uint64_t address = warp.address(i, lane);
    space.require(address, 8, lane);
    auto *const at = reinterpret_cast<uint64_t *>(address);
    *at = operation(*at, warp.row<uint64_t>(i.from[1])[lane]);
  });
}

// cp.async: it may happen at any time until it is waited for, and here it happens last of all.
// Whoever looks before sees what was there, and is told of.

/// Says who wrote the 16 bytes there.
void set_writer(Warp &warp, uint32_t address, uint64_t lane) {
  for (uint32_t word = address / 4; word < address / 4 + 4; ++word)
    warp.launch.shared.traces[word].written = warp.now.of_lane(lane);
}

void begin_copy(Warp &warp, const Instruction &i) {
  SharedSpace shared(warp);
  GlobalSpace global(warp);
  if (warp.row<uint32_t>(i.from[2])[0] != 16) warp.fail("a copy of other than 16 bytes");
  count<SharedSpace>(warp, i, 16);
  Warp::Copy copy{warp.active, 0, {}, {}};
  each_of(warp.active, [&](int lane) {
    copy.to[lane] = static_cast<uint32_t>(warp.address(i, lane));
    copy.from[lane] = warp.row<uint64_t>(i.from[1])[lane];
    require_alignment(warp, copy.from[lane], 16, lane);
    const uint32_t bytes = warp.row<uint32_t>(i.from[3])[lane];
    if (bytes != 0 && bytes != 16) warp.fail("a copy that reads other than all or nothing");
    if (bytes == 16) {
      global.at<Use::read>(copy.from[lane], 16, lane);
      copy.reading |= Mask{1} << lane;
    }
    shared.at<Use::write>(copy.to[lane], 16, lane);
    set_writer(warp, copy.to[lane], copy_under_way);
  });
  if (Traffic *const traffic = warp.launch.scrutiny.traffic)
    traffic->count_global(copy.from, copy.reading, 16);
  warp.copies.push_back(copy);
}

void end_copy(Warp &warp, const Warp::Copy &copy) {
  each_of(copy.lanes, [&](int lane) {
    std::byte *const to = warp.launch.shared.bytes.data() + copy.to[lane];
    if (copy.reading >> lane & 1)
      std::memcpy(to, reinterpret_cast<const std::byte *>(copy.from[lane]), 16);
    else
      std::memset(to, 0, 16);
    set_writer(warp, copy.to[lane], static_cast<uint64_t>(lane));
  });
}

void commit_group(Warp &warp, const Instruction &) {
  warp.require_all("cp.async.commit_group");
  warp.groups.push_back(std::exchange(warp.copies, {}));
}

void wait_for_groups(Warp &warp, const Instruction &i) {
  warp.require_all("cp.async.wait_group");
  const uint32_t pending = warp.row<uint32_t>(i.from[0])[0];
  for (; warp.groups.size() > pending; warp.groups.pop_front())
    for (const Warp::Copy &copy : warp.groups.front()) end_copy(warp, copy);
}

/// Lane 8·n + row says where that row of matrix n is: 16 bytes, of which each lane gets four, lane
/// 4·row + column those of that column.
void load_matrices(Warp &warp, const Instruction &i) {
  warp.require_all("ldmatrix");
  SharedSpace space(warp);
  count<SharedSpace>(warp, i, 16);
  // All of it before the first is written: the addresses' register may be among the results.
  uint32_t matrices[4][lanes];
  for (int lane = 0; lane < lanes; ++lane)
    std::memcpy(&matrices[lane / 8][lane % 8 * 4],
                space.at<Use::read>(warp.address(i, lane), 16, lane), 16);
  for (int n = 0; n < 4; ++n)
    std::memcpy(warp.row<uint32_t>(i.to[n]), matrices[n], sizeof matrices[n]);
}

template <typename Space, typename Value>
void add_loads(Forms &forms, const std::string &space, std::initializer_list<const char *> types) {
  for (const std::string type : types) {
    constexpr bool wide = sizeof(Value) == 8;
    forms["ld" + space + type] = {load<Space, Value, 1>, wide ? "d=a" : "w=a"};
    forms["ld" + space + ".v2" + type] = {load<Space, Value, 2>, wide ? "dd=a" : "ww=a"};
    if constexpr (!wide) {
      forms["ld" + space + ".v4" + type] = {load<Space, Value, 4>, "wwww=a"};
      forms["ld" + space + type + " extended"] = {load<Space, Value, 1, uint64_t>, "d=a"};
    }
  }
}

template <typename Space, typename Value>
void add_stores(Forms &forms, const std::string &space, std::initializer_list<const char *> types) {
  for (const std::string type : types) {
    constexpr bool wide = sizeof(Value) == 8;
    forms["st" + space + type] = {store<Space, Value, 1>, wide ? "=ad" : "=aw"};
    forms["st" + space + ".v2" + type] = {store<Space, Value, 2>, wide ? "=add" : "=aww"};
    if constexpr (!wide) forms["st" + space + ".v4" + type] = {store<Space, Value, 4>, "=awwww"};
  }
}

}  // namespace

void add_accesses(Forms &forms) {
  add_loads<ParameterSpace, uint32_t>(forms, ".param", {".u32", ".f32"});
  add_loads<ParameterSpace, uint64_t>(forms, ".param", {".u64"});
  add_loads<GlobalSpace, uint32_t>(forms, ".global", {".u32", ".f32"});
  add_loads<GlobalSpace, uint64_t>(forms, ".global", {".u64"});
  add_loads<SharedSpace, uint32_t>(forms, ".shared", {".u32", ".f32"});
  add_stores<GlobalSpace, uint32_t>(forms, ".global", {".u32", ".f32"});
  add_stores<GlobalSpace, uint64_t>(forms, ".global", {".u64"});
  add_stores<SharedSpace, uint32_t>(forms, ".shared", {".u32", ".f32"});
  forms["red.global.add.u64"] = {reduce<[](uint64_t a, uint64_t b) { return a + b; }>, "=ad"};
  forms["red.global.min.u64"] = {reduce<[](uint64_t a, uint64_t b) { return std::min(a, b); }>,
                                 "=ad"};
  forms["cp.async.cg.shared.global"] = {begin_copy, "=aaww"};
  forms["cp.async.commit_group"] = {commit_group, "="};
  forms["cp.async.wait_group"] = {wait_for_groups, "=w"};
  forms["ldmatrix.sync.aligned.m8n8.x4.shared.b16"] = {load_matrices, "wwww=a"};
}

}  // namespace ptx
