// The kernels as the double's driver finds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

struct EmulatedKernel {
  std::string_view name;
  size_t parameter_bytes;
  /// Where in the parameter the address of what the kernel makes is.
  size_t result_offset;
  void (*run)(const void *parameter);
};

/// The kernel called `name`, or nothing.
const EmulatedKernel *find_kernel(std::string_view name);
