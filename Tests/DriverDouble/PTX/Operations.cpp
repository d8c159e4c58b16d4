// What the lanes of a warp do together, and where they go.
#include <algorithm>
#include <cmath>

#include "Warp.h"

namespace ptx {
namespace {

/// shfl.sync.bfly.b32: each lane gets the value of the lane whose number differs in these bits.
void shuffle(Warp &warp, const Instruction &i) {
  warp.require_all("shfl.sync");
  uint32_t values[lanes];
  std::memcpy(values, warp.row<uint32_t>(i.from[0]), sizeof values);
  const uint32_t *const bits = warp.row<uint32_t>(i.from[1]);
  if (warp.row<uint32_t>(i.from[2])[0] != lanes - 1) warp.fail("a shuffle within a part of a warp");
  for (int lane = 0; lane < lanes; ++lane)
    warp.row<uint32_t>(i.to[0])[lane] = values[(static_cast<uint32_t>(lane) ^ bits[lane]) % lanes];
}

/// The exponent of a double as its bits have it.
int exponent(double value) {
  return static_cast<int>(std::bit_cast<uint64_t>(value) >> 52 & 0x7FF);
}

/// `value` towards zero to a multiple of the power of two with the exponent `unit`.
double truncated(double value, int unit) {
  const int below = 52 - (exponent(value) - unit);
  if (below > 52) return 0;
  const uint64_t kept = below <= 0 ? ~uint64_t{0} : ~uint64_t{0} << below;
  return std::bit_cast<double>(std::bit_cast<uint64_t>(value) & kept);
}

/// `value` towards zero to a float32 that is no subnormal number.
float truncated(double value) { return static_cast<float>(truncated(value, exponent(value) - 23)); }

/// A sum and four products, as tensor cores of sm_80 were found to add them: with the point of the
/// largest, one bit more than float32 has, and what is below cut off, in the result too (Fasi,
/// Higham, Mikaitis, Pranesh, "Numerical behavior of NVIDIA tensor cores", 2021). Later ones keep
/// more bits.
float accumulated(float sum, const float *left, const float *right) {
  double terms[5] = {sum}, largest = std::fabs(terms[0]);
  for (int k = 0; k < 4; ++k) {
    terms[k + 1] = static_cast<double>(left[k]) * static_cast<double>(right[k]);
    largest = std::max(largest, std::fabs(terms[k + 1]));
  }
  if (largest == 0 || !std::isfinite(largest)) {
    for (int k = 1; k < 5; ++k) terms[0] += terms[k];
    return static_cast<float>(terms[0]);
  }
  double total = 0;
  for (const double term : terms) total += truncated(term, exponent(largest) - 24);
  return truncated(total);
}

/// mma.m16n8k8 of TF32 numbers. Of the left matrix lane 4·row + k has (row, k), (row + 8, k),
/// (row, k + 4), (row + 8, k + 4); of the right one lane 4·column + k has (k, column), (k + 4,
/// column); of the sums lane 4·row + n has (row, 2·n), (row, 2·n + 1) and those of row + 8.
void multiply(Warp &warp, const Instruction &i) {
  warp.require_all("mma.sync");
  // The multiplication ignores the 13 bits that TF32 does not have.
  const auto factor = [&](int operand, int lane) {
    return std::bit_cast<float>(warp.row<uint32_t>(i.from[operand])[lane] & ~0x1FFFu);
  };
  float left[16][8], right[8][8];
  for (int lane = 0; lane < lanes; ++lane) {
    const int row = lane / 4, k = lane % 4;
    for (int part = 0; part < 4; ++part)
      left[row + part % 2 * 8][k + part / 2 * 4] = factor(part, lane);
    for (int part = 0; part < 2; ++part) right[row][k + part * 4] = factor(4 + part, lane);
  }
  for (int lane = 0; lane < lanes; ++lane)
    for (int part = 0; part < 4; ++part) {
      const float *const a = left[lane / 4 + part / 2 * 8];
      const float *const b = right[lane % 4 * 2 + part % 2];
      const float sum = warp.row<float>(i.from[6 + part])[lane];
      warp.row<float>(i.to[part])[lane] = accumulated(accumulated(sum, a, b), a + 4, b + 4);
    }
}

}  // namespace

void add_warp_operations(Forms &forms) {
  const auto branch = [](Warp &warp, const Instruction &i) { warp.branch(i); };
  forms["bra"] = {branch, "=l", Flow::branch};
  forms["bra.uni"] = {branch, "=l", Flow::branch};
  forms["ret"] = {[](Warp &warp, const Instruction &) { warp.exit(); }, "=", Flow::exit};
  forms["bar.sync"] = {[](Warp &warp, const Instruction &) { warp.wait_for_block(); }, "=w"};
  forms["bar.warp.sync"] = {[](Warp &warp, const Instruction &) { warp.wait_for_warp(); }, "=w"};
  forms["shfl.sync.bfly.b32"] = {shuffle, "w=wwww"};
  forms["mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32"] = {multiply, "wwww=wwwwwwwwww"};
}

}  // namespace ptx
