// Reads PTX as `tidy-ptx` leaves it: one statement a line, no comments but the first.
#include <algorithm>
#include <charconv>
#include <optional>

#include "Program.h"

namespace ptx {
namespace {

/// So far apart are the arrays in shared memory: what runs over an end falls into a gap.
constexpr uint32_t gap = 1024;
constexpr uint32_t row_bytes = lanes * 4;

bool take(std::string_view &text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// What stands before `end`, which goes too.
std::string_view until(std::string_view &text, char end) {
  const size_t at = std::min(text.find(end), text.size());
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return before;
}

/// Splits at commas, but not within brackets; what is in braces is several operands.
std::vector<std::string_view> operands(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    if (take(text, "{") || take(text, "}") || take(text, ",")) continue;
    size_t end = text.starts_with('[') ? text.find(']') + 1 : text.find_first_of(",}");
    if (end == 0) end = text.size();
    result.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end, text.size()));
  }
  return result;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest(text) {}

  Module read() {
    while (!rest.empty()) {
      ++line;
      statement(until(rest, '\n'));
    }
    if (module.version == 0 || module.target == 0) fail("neither .version nor .target");
    if (inside) fail("it ends within a kernel");
    return std::move(module);
  }

 private:
  Module module;
  std::string_view rest;
  uint32_t line = 0;

  /// An array that a module declares; the kernels that name it have it.
  struct Shared {
    uint32_t alignment, bytes;
  };
  std::map<std::string, Shared, std::less<>> shared;

  // The kernel that is being read.
  Kernel kernel;
  bool inside = false;
  struct Place {
    Row row;
    char kind;
  };
  std::map<std::string, Place, std::less<>> places;
  std::map<std::string, uint32_t, std::less<>> labels;
  std::map<std::string, uint32_t, std::less<>> addresses;
  std::map<std::pair<uint64_t, bool>, Row> constants;
  struct Branch {
    size_t instruction;
    std::string label;
  };
  std::vector<Branch> branches;

  [[noreturn]] void fail(const std::string &why) const {
    throw Finding{"line " + std::to_string(line) + " of the PTX: " + why};
  }
  [[noreturn]] void fail(const char *why, std::string_view what) const {
    fail(std::string(why) + " " + std::string(what));
  }

  uint64_t number(std::string_view text) const {
    const bool negative = take(text, "-");
    const int base = take(text, "0x") ? 16 : 10;
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) fail("no number:", text);
    return negative ? -value : value;
  }

  void statement(std::string_view text) {
    if (text.empty() || text.starts_with("//") || text.starts_with(".pragma")) return;
    if (take(text, ".version ")) {
      module.version = static_cast<int>(number(until(text, '.')) * 10 + number(text));
    } else if (take(text, ".target sm_")) {
      module.target = static_cast<int>(number(text));
    } else if (text == ".address_size 64" || text == ")") {
      return;
    } else if (take(text, ".extern .shared .align ")) {
      declare(text, true);
    } else if (take(text, ".shared .align ")) {
      declare(text, false);
    } else if (take(text, ".visible .entry ")) {
      kernel = {};
      kernel.name = until(text, '(');
    } else if (take(text, ".param .align 8 .b8 p0[")) {
      kernel.parameter_bytes = static_cast<uint32_t>(number(until(text, ']')));
    } else if (take(text, ".maxntid ")) {
      kernel.most_threads = static_cast<uint32_t>(number(until(text, ',')));
    } else if (text.starts_with(".minnctapersm ")) {
      return;
    } else if (text == "{") {
      begin();
    } else if (text == "}") {
      end();
    } else if (!inside) {
      fail("not understood outside of a kernel:", text);
    } else if (take(text, ".reg ")) {
      registers(text);
    } else if (text.ends_with(':')) {
      text.remove_suffix(1);
      labels[std::string(text)] = static_cast<uint32_t>(kernel.instructions.size());
    } else if (text.ends_with(';')) {
      text.remove_suffix(1);
      instruction(text);
    } else {
      fail("not understood:", text);
    }
  }

  /// `128 .b8 name[4096];`; the launch says how many bytes an `extern` one has.
  void declare(std::string_view text, bool is_dynamic) {
    const auto alignment = static_cast<uint32_t>(number(until(text, ' ')));
    if (!take(text, ".b8 ")) fail("shared memory of another type:", text);
    const std::string name(until(text, '['));
    shared[name] = {alignment, is_dynamic ? 0 : static_cast<uint32_t>(number(until(text, ']')))};
  }

  void begin() {
    inside = true;
    places.clear();
    labels.clear();
    addresses.clear();
    constants.clear();
    branches.clear();
    addresses["p0"] = 0;
    const char *names[specials] = {"%tid.x", "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x"};
    for (int i = 0; i < specials; ++i) {
      kernel.special_rows[i] = room(row_bytes);
      places[names[i]] = {kernel.special_rows[i], 'w'};
    }
  }

  void end() {
    for (const Branch &branch : branches) {
      const auto label = labels.find(branch.label);
      if (label == labels.end()) fail("no such label:", branch.label);
      kernel.instructions[branch.instruction].target = label->second;
    }
    find_meetings(kernel);
    module.kernels[kernel.name] = std::move(kernel);
    inside = false;
  }

  Row room(uint32_t bytes) {
    const Row row = kernel.register_bytes;
    kernel.register_bytes += bytes;
    return row;
  }

  /// `.b32 %r<740>;`
  void registers(std::string_view text) {
    const std::string_view type = until(text, ' '), prefix = until(text, '<');
    const uint64_t count = number(until(text, '>'));
    const char kind = type == ".pred" ? 'p' : type.ends_with("64") ? 'd' : 'w';
    for (uint64_t i = 0; i < count; ++i) {
      // A predicate has a row of its own too, so that rows stay aligned.
      const uint32_t bytes = kind == 'd' ? 2 * row_bytes : row_bytes;
      places[std::string(prefix) + std::to_string(i)] = {room(bytes), kind};
    }
  }

  Row constant(uint64_t value, bool wide) {
    if (!wide) value = static_cast<uint32_t>(value);
    const auto [found, is_new] = constants.try_emplace({value, wide}, 0);
    if (is_new) {
      found->second = room(wide ? 2 * row_bytes : row_bytes);
      kernel.constants.push_back({found->second, value, wide});
    }
    return found->second;
  }

  /// The address of an array in shared memory, or of the parameter.
  std::optional<uint32_t> address(std::string_view name) {
    if (const auto known = addresses.find(name); known != addresses.end()) return known->second;
    const auto declared = shared.find(name);
    if (declared == shared.end()) return std::nullopt;
    const auto [alignment, bytes] = declared->second;
    uint32_t start = dynamic_start;
    if (bytes > 0) {
      start = kernel.arrays.empty() ? gap
                                    : kernel.arrays.back().start + kernel.arrays.back().bytes + gap;
      start += (alignment - start % alignment) % alignment;
      if (start + bytes > dynamic_start) fail("too much shared memory:", name);
      kernel.arrays.push_back({start, bytes});
    }
    addresses[std::string(name)] = start;
    return start;
  }

  Row operand(std::string_view text, char kind) {
    if (const auto place = places.find(text); place != places.end()) {
      if (place->second.kind != kind) fail("a register of another size:", text);
      return place->second.row;
    }
    if (kind == 'p') fail("no predicate:", text);
    if (const auto known = address(text)) return constant(*known, kind == 'd');
    if (take(text, "0f")) return constant(number("0x" + std::string(text)), kind == 'd');
    return constant(number(text), kind == 'd');
  }

  /// `[base+displacement]`
  Row place_in_memory(std::string_view text, Instruction &instruction) {
    if (!take(text, "[") || !text.ends_with(']')) fail("no address:", text);
    text.remove_suffix(1);
    const std::string_view base = until(text, '+');
    if (!text.empty()) instruction.displacement = static_cast<int32_t>(number(text));
    const auto place = places.find(base);
    instruction.wide_address = place == places.end() || place->second.kind == 'd';
    return operand(base, instruction.wide_address ? 'd' : 'w');
  }

  void instruction(std::string_view text) {
    Instruction made;
    made.line = line;
    if (take(text, "@")) {
      made.guarded = true;
      made.negated = take(text, "!");
      made.guard = operand(until(text, ' '), 'p');
    }
    const std::string_view name = until(text, ' ');
    const std::vector<std::string_view> given = operands(text);
    const Form *form = find_form(name);
    // What is loaded may be narrower than its register.
    if (form && form->operands == "w=a" && !given.empty() && given[0].starts_with("%rd"))
      form = find_form(std::string(name) + " extended");
    if (!form) fail("an instruction that this machine lacks:", name);
    if (made.guarded && form->flow != Flow::branch) fail("only branches may have a guard:", name);
    made.run = form->run;
    made.flow = form->flow;

    size_t next = 0, read = 0;
    bool writes = true;
    for (const char kind : form->operands) {
      if (kind == '=') {
        writes = false;
        continue;
      }
      if (next == given.size()) fail("too few operands:", name);
      const std::string_view written = given[next++];
      if (kind == 'l') {
        branches.push_back({kernel.instructions.size(), std::string(written)});
      } else if (kind == 'a') {
        // A copy has two addresses, the second in global memory and without a displacement.
        const bool second = read > 0;
        if (second && !written.starts_with("[%rd")) fail("no global address:", written);
        made.from[read++] = second ? operand(written.substr(1, written.size() - 2), 'd')
                                   : place_in_memory(written, made);
      } else if (writes) {
        made.to[next - 1] = operand(written, kind);
      } else {
        made.from[read++] = operand(written, kind);
      }
    }
    if (next != given.size()) fail("too many operands:", name);
    kernel.instructions.push_back(made);
  }
};

}  // namespace

Module read(std::string_view text) { return Reader(text).read(); }

const Form *find_form(std::string_view name) {
  static const Forms *forms = [] {
    auto *forms = new Forms;
    add_arithmetic(*forms);
    add_accesses(*forms);
    add_warp_operations(*forms);
    return forms;
  }();
  const auto form = forms->find(name);
  return form == forms->end() ? nullptr : &form->second;
}

}  // namespace ptx
