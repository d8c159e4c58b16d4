// Instructions that every lane does for itself with its registers.
#include <algorithm>
#include <cmath>
#include <tuple>
#include <type_traits>
#include <utility>

#include "Warp.h"

namespace ptx {
namespace {

using u32 = uint32_t;
using u64 = uint64_t;
using s32 = int32_t;
using s64 = int64_t;
using f32 = float;

template <typename T>
constexpr char kind = sizeof(T) == 8 ? 'd' : 'w';

void set(Warp &warp, const Instruction &i, Mask predicate) {
  Mask &to = warp.predicate(i.to[0]);
  to = (to & ~warp.active) | (predicate & warp.active);
}

/// An operation on numbers, done in each lane.
template <auto operation, typename Type = decltype(&decltype(operation)::operator())>
struct Lanewise;
template <auto operation, typename C, typename R, typename... A>
struct Lanewise<operation, R (C::*)(A...) const> {
  static void run(Warp &warp, const Instruction &i) {
    run(warp, i, std::index_sequence_for<A...>());
  }

  template <size_t... index>
  static void run(Warp &warp, const Instruction &i, std::index_sequence<index...>) {
    const std::tuple from{warp.row<const A>(i.from[index])...};
    if constexpr (std::is_same_v<R, bool>) {
      Mask found = 0;
      for (int lane = 0; lane < lanes; ++lane)
        found |= Mask{operation(std::get<index>(from)[lane]...)} << lane;
      set(warp, i, found);
    } else {
      R *const to = warp.row<R>(i.to[0]);
      warp.each([=](int lane) { to[lane] = operation(std::get<index>(from)[lane]...); });
    }
  }

  static constexpr char operands[] = {std::is_same_v<R, bool> ? 'p' : kind<R>, '=', kind<A>..., 0};
};

template <auto operation>
Form lanewise() {
  return {Lanewise<operation>::run, Lanewise<operation>::operands};
}

/// selp
template <typename T>
void choose(Warp &warp, const Instruction &i) {
  T *const to = warp.row<T>(i.to[0]);
  const T *const yes = warp.row<T>(i.from[0]), *const no = warp.row<T>(i.from[1]);
  const Mask chosen = warp.predicate(i.from[2]);
  warp.each([=](int lane) { to[lane] = chosen >> lane & 1 ? yes[lane] : no[lane]; });
}

/// An operation on predicates.
template <auto operation>
void join(Warp &warp, const Instruction &i) {
  set(warp, i, operation(warp.predicate(i.from[0]), warp.predicate(i.from[1])));
}

// float32 as the manual has it.

float flushed(float x) { return std::fabs(x) < 0x1p-126f ? std::copysign(0.0f, x) : x; }

/// An `.approx` instruction may err by a unit in the last place: so it does, by one that its
/// argument decides, up or down or not at all.
float approximated(float exact, float argument) {
  if (!std::isfinite(exact) || exact == 0 || argument == 0) return exact;
  const u32 mixed = std::bit_cast<u32>(argument) * 0x9E3779B9u;
  return std::bit_cast<float>(std::bit_cast<u32>(exact) + mixed / 0x55555556u - 1);
}
float exp2_approximately(float x) {
  return flushed(approximated(std::exp2f(flushed(x)), flushed(x)));
}
float reciprocal_approximately(float x) { return flushed(approximated(1 / flushed(x), x)); }
float log2_approximately(float x) { return approximated(std::log2f(x), x); }

#if defined(__x86_64__)
/// fma.rn.f32 where the CPU has the instruction; the C library's function is far slower.
__attribute__((target("avx2,fma"))) void fuse(Warp &warp, const Instruction &i) {
  float *const to = warp.row<float>(i.to[0]);
  const float *const a = warp.row<float>(i.from[0]), *const b = warp.row<float>(i.from[1]);
  const float *const c = warp.row<float>(i.from[2]);
  if (warp.active == all_lanes) {
#pragma clang loop vectorize(assume_safety)
    for (int lane = 0; lane < lanes; ++lane) to[lane] = __builtin_fmaf(a[lane], b[lane], c[lane]);
  } else {
    for (Mask rest = warp.active; rest != 0; rest &= rest - 1) {
      const int lane = std::countr_zero(rest);
      to[lane] = __builtin_fmaf(a[lane], b[lane], c[lane]);
    }
  }
}
#endif

Form fused() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2")) return {fuse, "w=www"};
#endif
  return lanewise<[](f32 a, f32 b, f32 c) { return std::fma(a, b, c); }>();
}

template <typename T>
void add_comparisons(Forms &forms, const std::string &type) {
  forms["setp.eq." + type] = lanewise<[](T a, T b) { return a == b; }>();
  forms["setp.lt." + type] = lanewise<[](T a, T b) { return a < b; }>();
  forms["setp.le." + type] = lanewise<[](T a, T b) { return a <= b; }>();
  forms["setp.gt." + type] = lanewise<[](T a, T b) { return a > b; }>();
  forms["setp.ge." + type] = lanewise<[](T a, T b) { return a >= b; }>();
  // Of two numbers that cannot be compared PTX says that they are not unequal.
  if constexpr (std::is_integral_v<T>)
    forms["setp.ne." + type] = lanewise<[](T a, T b) { return a != b; }>();
}

template <typename T>
void add_moves(Forms &forms, std::initializer_list<const char *> types) {
  constexpr std::string_view choice = sizeof(T) == 8 ? "d=ddp" : "w=wwp";
  for (const std::string type : types) {
    forms["mov." + type] = lanewise<[](T a) { return a; }>();
    forms["selp." + type] = {choose<T>, choice};
  }
}

/// `S` is for what depends on the sign, `U` for the rest, so that nothing overflows.
template <typename U, typename S>
void add_integers(Forms &forms, const std::string &bits) {
  for (const std::string &type : {"s" + bits, "u" + bits}) {
    forms["add." + type] = lanewise<[](U a, U b) { return a + b; }>();
    forms["sub." + type] = lanewise<[](U a, U b) { return a - b; }>();
    forms["mul.lo." + type] = lanewise<[](U a, U b) { return a * b; }>();
    forms["mad.lo." + type] = lanewise<[](U a, U b, U c) { return a * b + c; }>();
  }
  forms["div.u" + bits] = lanewise<[](U a, U b) { return b == 0 ? ~U{0} : a / b; }>();
  forms["min.u" + bits] = lanewise<[](U a, U b) { return std::min(a, b); }>();
  forms["max.u" + bits] = lanewise<[](U a, U b) { return std::max(a, b); }>();
  forms["min.s" + bits] = lanewise<[](S a, S b) { return std::min(a, b); }>();
  forms["max.s" + bits] = lanewise<[](S a, S b) { return std::max(a, b); }>();
  forms["and.b" + bits] = lanewise<[](U a, U b) { return a & b; }>();
  forms["or.b" + bits] = lanewise<[](U a, U b) { return a | b; }>();
  forms["xor.b" + bits] = lanewise<[](U a, U b) { return a ^ b; }>();
  forms["not.b" + bits] = lanewise<[](U a) { return ~a; }>();
  // A shift by more than the width leaves zeros, or the sign.
  constexpr u32 width = sizeof(U) * 8;
  forms["shl.b" + bits] = lanewise<[](U a, u32 n) { return n < width ? a << n : 0; }>();
  forms["shr.u" + bits] = lanewise<[](U a, u32 n) { return n < width ? a >> n : 0; }>();
  forms["shr.s" + bits] = lanewise<[](S a, u32 n) { return a >> std::min(n, width - 1); }>();
  add_comparisons<U>(forms, "u" + bits);
  add_comparisons<U>(forms, "b" + bits);
  add_comparisons<S>(forms, "s" + bits);
}

}  // namespace

void add_arithmetic(Forms &forms) {
  add_integers<u32, s32>(forms, "32");
  add_integers<u64, s64>(forms, "64");
  add_comparisons<f32>(forms, "f32");
  add_moves<u32>(forms, {"b32", "u32", "s32", "f32"});
  add_moves<u64>(forms, {"b64", "u64", "s64"});

  forms["mul.wide.u32"] = lanewise<[](u32 a, u32 b) { return u64{a} * b; }>();
  forms["mul.wide.s32"] = lanewise<[](s32 a, s32 b) { return s64{a} * b; }>();
  forms["bfe.u32"] = lanewise<[](u32 a, u32 from, u32 count) {
    const u32 shifted = (from & 255) < 32 ? a >> (from & 255) : 0;
    return (count & 255) < 32 ? shifted & ((1u << (count & 255)) - 1) : shifted;
  }>();
  forms["cvt.u64.u32"] = lanewise<[](u32 a) { return u64{a}; }>();
  forms["cvt.s64.s32"] = lanewise<[](s32 a) { return s64{a}; }>();
  forms["cvt.u32.u64"] = lanewise<[](u64 a) { return static_cast<u32>(a); }>();
  forms["cvt.rn.f32.u32"] = lanewise<[](u32 a) { return static_cast<f32>(a); }>();
  forms["cvt.rn.f32.s32"] = lanewise<[](s32 a) { return static_cast<f32>(a); }>();

  forms["add.f32"] = lanewise<[](f32 a, f32 b) { return a + b; }>();
  forms["sub.f32"] = lanewise<[](f32 a, f32 b) { return a - b; }>();
  forms["mul.f32"] = lanewise<[](f32 a, f32 b) { return a * b; }>();
  forms["fma.rn.f32"] = fused();
  forms["neg.f32"] = lanewise<[](f32 a) { return -a; }>();
  forms["abs.f32"] = lanewise<[](f32 a) { return std::fabs(a); }>();
  forms["rcp.rn.f32"] = lanewise<[](f32 a) { return 1 / a; }>();
  forms["rcp.approx.ftz.f32"] = lanewise<[](f32 a) { return reciprocal_approximately(a); }>();
  forms["ex2.approx.ftz.f32"] = lanewise<[](f32 a) { return exp2_approximately(a); }>();
  forms["lg2.approx.f32"] = lanewise<[](f32 a) { return log2_approximately(a); }>();

  forms["and.pred"] = {join<[](Mask a, Mask b) { return a & b; }>, "p=pp"};
  forms["or.pred"] = {join<[](Mask a, Mask b) { return a | b; }>, "p=pp"};
}

}  // namespace ptx
