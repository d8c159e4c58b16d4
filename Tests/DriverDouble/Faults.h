// What the environment asks of the double; include/DriverDouble.h lists it.
#pragma once

#include <cstdint>
#include <string>

struct Faults {
  int initialization = 0, failure = 0;
  std::string failing, crashing, hanging, wrong, name = "kiln test double";
  uint64_t delay = 0, tick = 0, memory = 1ull << 30, allocatable = UINT64_MAX, modules = UINT64_MAX;
  bool counts = false, integrated = false;
  int version = 12080, major = 9, minor = 0, devices = 1;
  // Slower than any GPU, as it is.
  int clock = 1'000;
  int cache = 1 << 20, unknown = 0;
};

/// The faults as the environment has them at the first call.
const Faults &faults();
