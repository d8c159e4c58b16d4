// A kernel of a PTX text, ready to be run: what Reader.cpp makes and Warp.h runs.
//
// All is in rows: an operand is a place in a warp's registers, which has the values of its 32 lanes
// one after another. Constants and what the machine tells a thread have rows as well. A predicate
// is one word, a bit a lane.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ptx {

constexpr int lanes = 32;
/// A bit for each lane.
using Mask = uint32_t;
constexpr Mask all_lanes = ~Mask{0};

class Warp;

/// Offsets in bytes into a warp's registers.
using Row = uint32_t;

enum class Flow : uint8_t { next, branch, exit };

struct Instruction {
  void (*run)(Warp &, const Instruction &) = nullptr;
  std::array<Row, 4> to{};
  std::array<Row, 10> from{};
  /// What is added to an address.
  int32_t displacement = 0;
  /// Whether the row of the address has 64-bit numbers.
  bool wide_address = false;
  Flow flow = Flow::next;
  /// A branch: where to, where the lanes that it parts meet again, and for which lanes it is.
  uint32_t target = 0, meeting = 0;
  bool guarded = false, negated = false;
  Row guard = 0;
  /// In the text, from one on.
  uint32_t line = 0;
};

/// What the machine tells a thread.
enum Special { thread_x, block_x, block_y, block_z, grid_x, specials };

/// A value that no instruction changes.
struct Constant {
  Row row;
  uint64_t value;
  bool wide;
};

/// The launch's shared memory begins behind all that an array of fixed size can reach.
constexpr uint32_t dynamic_start = 64 << 10;

struct Kernel {
  std::string name;
  std::vector<Instruction> instructions;
  uint32_t parameter_bytes = 0, most_threads = 1024;
  /// Shared memory: the arrays of fixed size, with gaps that belong to none.
  struct Array {
    uint32_t start, bytes;
  };
  std::vector<Array> arrays;
  uint32_t register_bytes = 0;
  std::array<Row, specials> special_rows{};
  std::vector<Constant> constants;
};

struct Module {
  int version = 0, target = 0;
  std::map<std::string, Kernel, std::less<>> kernels;
};

/// Why a text cannot be read, or what a running kernel did that a GPU need not bear.
struct Finding {
  std::string text;
};

/// \throws Finding
Module read(std::string_view text);

/// Sets `meeting` of every instruction.
void find_meetings(Kernel &kernel);

/// How an instruction is written and what it does. The operands are what it writes, `=`, and what
/// it reads: `w` has 32 bits, `d` 64, `p` is a predicate, `a` an address in brackets, `l` a label.
struct Form {
  void (*run)(Warp &, const Instruction &);
  std::string_view operands;
  Flow flow = Flow::next;
};

/// The form of an instruction such as `add.f32`, or nothing.
const Form *find_form(std::string_view name);

using Forms = std::map<std::string, Form, std::less<>>;
void add_arithmetic(Forms &forms);
void add_accesses(Forms &forms);
void add_warp_operations(Forms &forms);

}  // namespace ptx
