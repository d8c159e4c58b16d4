// cuBLAS as far as the smoke test asks for it, on the double's memory and streams: the tests give the
// double the names of libcublas and libcublasLt too.
#include <cmath>
#include <tuple>

#include "Driver.h"

namespace {

enum Status : int { done = 0, not_initialized_library = 1, wrong = 7, failed = 13, internal = 14 };
enum Type : int { float32 = 0, float16 = 2, bfloat16 = 14 };
enum Compute : int { compute_32f = 68, compute_32f_fast_tf32 = 77 };

struct Library {
  CUstream stream = nullptr;
  bool has_workspace = false;
};

struct Operand {
  CUdeviceptr address;
  int type, leading;
  bool turned;

  size_t size() const { return type == float32 ? 4 : 2; }

  /// The number in that row and column, of columns one after another.
  float at(int row, int column, bool to_tf32) const {
    const size_t index = turned ? static_cast<size_t>(row) * leading + column
                                : static_cast<size_t>(column) * leading + row;
    const auto *from = reinterpret_cast<const char *>(address) + index * size();
    uint32_t bits = 0;
    std::memcpy(&bits, from, size());
    if (type == bfloat16) bits <<= 16;
    if (type == float16) {
      const float scale = std::ldexp(1.0f, static_cast<int>(bits >> 10 & 31) - 15);
      return (bits >> 15 ? -scale : scale) * (1 + static_cast<float>(bits & 1023) / 1024);
    }
    if (to_tf32) bits = (bits + 0x1000) & ~0x1FFFu;
    float value;
    std::memcpy(&value, &bits, 4);
    return value;
  }
};

void store(CUdeviceptr to, size_t index, int type, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  if (type == bfloat16) bits >>= 16;
  if (type == float16) {
    int exponent;
    const float part = std::frexp(std::fabs(value), &exponent);
    bits = value == 0 ? 0
                      : (bits >> 16 & 0x8000) | static_cast<uint32_t>(exponent + 14) << 10 |
                            (static_cast<uint32_t>(part * 2048) & 1023);
  }
  const size_t size = type == float32 ? 4 : 2;
  std::memcpy(reinterpret_cast<char *>(to) + index * size, &bits, size);
}

}  // namespace

#define LIBRARY extern "C" __attribute__((visibility("default"))) int

LIBRARY cublasCreate_v2(Library **library) {
  REQUIRE(current_context, not_initialized_library);
  *library = new Library;
  return done;
}

LIBRARY cublasDestroy_v2(Library *library) {
  delete library;
  return done;
}

LIBRARY cublasSetStream_v2(Library *library, CUstream stream) {
  library->stream = stream;
  library->has_workspace = false;
  return done;
}

LIBRARY cublasSetWorkspace_v2(Library *library, CUdeviceptr workspace, size_t bytes) {
  REQUIRE(memory().holds(workspace, bytes), wrong);
  library->has_workspace = true;
  return done;
}

LIBRARY cublasGemmEx(Library *library, int turned_a, int turned_b, int m, int n, int k,
                     const void *alpha, CUdeviceptr a, int type_a, int leading_a, CUdeviceptr b,
                     int type_b, int leading_b, const void *beta, CUdeviceptr c, int type_c,
                     int leading_c, int compute, int) {
  const Operand left{a, type_a, leading_a, turned_a != 0}, right{b, type_b, leading_b, turned_b != 0};
  float one, zero;
  std::memcpy(&one, alpha, 4);
  std::memcpy(&zero, beta, 4);
  REQUIRE(one == 1 && zero == 0 && leading_c == m, wrong);
  REQUIRE(compute == compute_32f || compute == compute_32f_fast_tf32, wrong);
  REQUIRE(leading_a == (turned_a ? k : m) && leading_b == (turned_b ? n : k), wrong);
  REQUIRE(memory().holds(a, static_cast<size_t>(m) * k * left.size()), wrong);
  REQUIRE(memory().holds(b, static_cast<size_t>(k) * n * right.size()), wrong);
  REQUIRE(memory().holds(c, static_cast<size_t>(m) * n * (type_c == float32 ? 4 : 2)), wrong);
  // The real one allocates where it was given nothing, and loads a kernel when it first comes to it.
  if (!library->has_workspace) REQUIRE(refuse_in_capture() == success, failed);
  static auto &loaded = *new std::set<std::tuple<bool, bool, int, int>>;
  if (loaded.emplace(turned_a != 0, turned_b != 0, type_a, compute).second)
    REQUIRE(refuse_in_capture() == success, internal);
  const bool to_tf32 = compute == compute_32f_fast_tf32;
  return enqueue(library->stream, [=] {
    for (int column = 0; column < n; ++column)
      for (int row = 0; row < m; ++row) {
        float sum = 0;
        for (int i = 0; i < k; ++i)
          sum += left.at(row, i, to_tf32) * right.at(i, column, to_tf32);
        if (faults().wrong == "cublas" && m != n) sum *= 2;
        store(c, static_cast<size_t>(column) * leading_c + row, type_c, sum);
      }
    ticked += faults().tick;
    return success;
  });
}
